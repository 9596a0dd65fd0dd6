#include "selection.hpp"

#include <rapport/core/check.hpp>

#include <boost/mpi/collectives/all_gather.hpp>
#include <boost/mpi/collectives/all_reduce.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

// A value at a place in the order of all is found from its leading bits on. Each round counts, of
// the values that share the bits found so far, how many have each next digit; the counts of all
// processes say which digit the wanted place has. A few rounds, for any number of values and
// processes.

namespace rapport::mpi {
namespace {

namespace bmpi = boost::mpi;

constexpr int counter_bits = 14;  // so many counters in all, or little more: 128 KiB a round
constexpr int least_digit_bits = 4;
constexpr std::size_t keys_per_block = 1 << 18;

// Ascends with the value; both zeros are one.
std::uint64_t ordered_key(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63);
}

double value_of(std::uint64_t key) {
  return std::bit_cast<double>((key >> 63) != 0 ? key & ~(std::uint64_t{1} << 63) : ~key);
}

// `key` without its last bits, of which there may be 64.
std::uint64_t leading(std::uint64_t key, int shift) { return shift < 64 ? key >> shift : 0; }

class SharedSelection {
 public:
  SharedSelection(const bmpi::communicator& processes, std::span<const double> values,
                  const core::Threads& threads)
      : processes_(processes), threads_(threads) {
    keys_.reserve(values.size());
    for (const double value : values) {
      if (!std::isnan(value)) keys_.push_back(ordered_key(value));
    }
    const auto [least, most] = std::minmax_element(keys_.begin(), keys_.end());
    // Gathered, since MPI_MIN of Open MPI 4.1 takes large unsigned numbers for negative ones.
    std::vector<std::vector<std::uint64_t>> extremes;
    bmpi::all_gather(processes_,
                     keys_.empty() ? std::vector<std::uint64_t>() : std::vector{*least, *most},
                     extremes);
    count_ = bmpi::all_reduce(processes_, std::uint64_t{keys_.size()}, std::plus<>());
    for (const auto& of_one : extremes) {
      if (of_one.empty()) continue;
      least_ = std::min(least_, of_one.front());
      most_ = std::max(most_, of_one.back());
    }
    if (count_ == 0) return;
    for (const double extreme : {value_of(least_), value_of(most_)}) {
      if (!std::isfinite(extreme)) {
        core::throw_domain_error("quantiles", "a value", extreme, "finite or NaN");
      }
    }
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  // The values at `places`, which ascend without repetition.
  [[nodiscard]] std::vector<double> at(const std::vector<std::uint64_t>& places) {
    if (places.empty()) return {};
    int shift = static_cast<int>(std::bit_width(least_ ^ most_));  // bits not yet known
    std::vector<Search> searches;
    for (const std::uint64_t place : places) searches.push_back({leading(least_, shift), place});
    while (shift > 0) {
      const std::vector<std::uint64_t> found = prefixes_of(searches);
      const int for_prefixes = static_cast<int>(std::bit_width(found.size() - 1));
      const int width = std::min(shift, std::max(counter_bits - for_prefixes, least_digit_bits));
      keep_candidates(found, shift);
      const std::vector<std::uint64_t> counts = count_digits(found, shift, width);
      shift -= width;
      for (Search& search : searches) {
        std::size_t slot = slot_of(found, search.prefix) << width;
        std::uint64_t digit = 0;
        for (; search.place >= counts[slot]; ++slot, ++digit) search.place -= counts[slot];
        search.prefix = (search.prefix << width) | digit;
      }
    }
    std::vector<double> values;
    for (const Search& search : searches) values.push_back(value_of(search.prefix));
    return values;
  }

 private:
  // The bits found so far, and the place among the values that begin with them.
  struct Search {
    std::uint64_t prefix, place;
  };

  static std::vector<std::uint64_t> prefixes_of(const std::vector<Search>& searches) {
    std::vector<std::uint64_t> prefixes;
    for (const Search& search : searches) {
      if (prefixes.empty() || prefixes.back() != search.prefix) prefixes.push_back(search.prefix);
    }
    return prefixes;
  }

  static std::size_t slot_of(const std::vector<std::uint64_t>& prefixes, std::uint64_t prefix) {
    return static_cast<std::size_t>(std::lower_bound(prefixes.begin(), prefixes.end(), prefix) -
                                    prefixes.begin());
  }

  void keep_candidates(const std::vector<std::uint64_t>& prefixes, int shift) {
    std::erase_if(keys_, [&](std::uint64_t key) {
      return !std::binary_search(prefixes.begin(), prefixes.end(), leading(key, shift));
    });
  }

  // How many values of all processes begin with each prefix and have each digit after it.
  [[nodiscard]] std::vector<std::uint64_t> count_digits(const std::vector<std::uint64_t>& prefixes,
                                                        int shift, int width) const {
    const std::size_t size = prefixes.size() << width;
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    const auto parts =
        core::map_blocks(threads_, keys_.size(), keys_per_block, [&](auto begin, auto end) {
          std::vector<std::uint64_t> counts(size);
          for (auto i = begin; i < end; ++i) {
            const std::size_t slot = slot_of(prefixes, leading(keys_[i], shift)) << width;
            ++counts[slot + ((keys_[i] >> (shift - width)) & mask)];
          }
          return counts;
        });
    std::vector<std::uint64_t> mine(size), all(size);
    for (const auto& part : parts) {
      std::transform(part.begin(), part.end(), mine.begin(), mine.begin(), std::plus<>());
    }
    bmpi::all_reduce(processes_, mine.data(), static_cast<int>(size), all.data(), std::plus<>());
    return all;
  }

  const bmpi::communicator& processes_;
  const core::Threads& threads_;
  std::vector<std::uint64_t> keys_;  // of this process, those that may still be wanted
  std::uint64_t count_ = 0, least_ = std::numeric_limits<std::uint64_t>::max(), most_ = 0;
};

}  // namespace

fold::Cuts shared_quantile_cuts(const bmpi::communicator& processes, std::span<const double> values,
                                int bins, const core::Threads& threads) {
  if (bins < 1 || bins > 255) {
    core::throw_domain_error("quantile_cuts", "bins", bins, "in [1, 255]");
  }
  SharedSelection selection(processes, values, threads);
  if (selection.count() == 0) return fold::Cuts();
  // Type 7: equal_parts() of fold/quantiles.hpp.
  const std::uint64_t last = selection.count() - 1;
  const auto parts = static_cast<std::uint64_t>(bins);
  std::vector<std::uint64_t> wanted;
  for (std::uint64_t k = 1; k < parts; ++k) {
    wanted.push_back(last * k / parts);
    wanted.push_back(std::min(last * k / parts + 1, last));
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  const std::vector<double> found = selection.at(wanted);
  const auto value_at = [&](std::uint64_t place) {
    return found[static_cast<std::size_t>(std::lower_bound(wanted.begin(), wanted.end(), place) -
                                          wanted.begin())];
  };
  std::vector<double> bounds;
  for (std::uint64_t k = 1; k < parts; ++k) {
    const std::uint64_t below = last * k / parts;
    const double fraction = static_cast<double>(last * k % parts) / static_cast<double>(parts);
    bounds.push_back(std::lerp(value_at(below), value_at(std::min(below + 1, last)), fraction));
  }
  return fold::Cuts(std::move(bounds));
}

}  // namespace rapport::mpi
