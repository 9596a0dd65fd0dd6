#include <rapport/core/check.hpp>
#include <rapport/fold/quantiles.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

// Selection by one counting pass. Whole numbers of a small range, as days and purchases are, are
// counted each. Other values are counted by the leading bits of their order-preserving integer
// keys, and only those that share a bucket with a wanted place are gathered and searched.

namespace rapport::fold {
namespace {

constexpr std::size_t counted_per_block = 1 << 18;
constexpr int bucket_bits = 14;

// Ascends with the value; both zeros are one.
std::uint64_t key_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63);
}

// std::trunc is a call where the processor is not known to have the instruction.
bool is_whole(double value) {
  return std::abs(value) < 9e15 && static_cast<double>(static_cast<std::int64_t>(value)) == value;
}

// A place in the ordered values: `below` counted from 0, and how far towards the next one.
struct Place {
  std::uint64_t below;
  double fraction;
};

class Selection {
 public:
  Selection(std::span<const double> values, const core::Threads& threads)
      : values_(values), threads_(threads) {
    struct Survey {
      std::uint64_t count = 0;
      double least = std::numeric_limits<double>::infinity();
      double most = -std::numeric_limits<double>::infinity();
      bool whole = true;
    };
    const auto surveys =
        core::map_blocks(threads_, values_.size(), counted_per_block, [&](auto begin, auto end) {
          Survey survey;
          for (auto i = begin; i < end; ++i) {
            if (std::isnan(values_[i])) continue;
            ++survey.count;
            survey.least = std::min(survey.least, values_[i]);
            survey.most = std::max(survey.most, values_[i]);
            survey.whole = survey.whole && is_whole(values_[i]);
          }
          return survey;
        });
    Survey all;
    for (const Survey& survey : surveys) {
      all.count += survey.count;
      all.least = std::min(all.least, survey.least);
      all.most = std::max(all.most, survey.most);
      all.whole = all.whole && survey.whole;
    }
    count_ = all.count;
    if (count_ == 0) return;
    for (const double extreme : {all.least, all.most}) {
      if (!std::isfinite(extreme)) {
        core::throw_domain_error("quantiles", "a value", extreme, "finite or NaN");
      }
    }
    if (all.whole && all.most - all.least < (1 << bucket_bits)) {
      counted_each_ = true;
      least_value_ = all.least;
      buckets_ = static_cast<std::size_t>(all.most - all.least) + 1;
      return;
    }
    least_ = key_of(all.least);
    const std::uint64_t width = key_of(all.most) - least_;
    shift_ = std::max(0, static_cast<int>(std::bit_width(width)) - bucket_bits);
    buckets_ = static_cast<std::size_t>(width >> shift_) + 1;
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  [[nodiscard]] std::vector<double> at(const std::vector<Place>& places) const {
    if (count_ == 0) {
      return std::vector<double>(places.size(), std::numeric_limits<double>::quiet_NaN());
    }
    std::vector<std::uint64_t> wanted;
    for (const Place& place : places) {
      wanted.push_back(place.below);
      wanted.push_back(std::min(place.below + 1, count_ - 1));
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    const std::vector<double> found = select(wanted);
    const auto value_at = [&](std::uint64_t place) {
      return found[static_cast<std::size_t>(std::lower_bound(wanted.begin(), wanted.end(), place) -
                                            wanted.begin())];
    };
    std::vector<double> result;
    for (const Place& place : places) {
      const double below = value_at(place.below);
      const double above = value_at(std::min(place.below + 1, count_ - 1));
      result.push_back(std::lerp(below, above, place.fraction));
    }
    return result;
  }

 private:
  [[nodiscard]] std::size_t bucket(double value) const {
    if (counted_each_) return static_cast<std::size_t>(value - least_value_);
    return static_cast<std::size_t>((key_of(value) - least_) >> shift_);
  }

  // The values at the wanted places, which ascend.
  [[nodiscard]] std::vector<double> select(const std::vector<std::uint64_t>& wanted) const {
    const auto counts =
        core::map_blocks(threads_, values_.size(), counted_per_block, [&](auto begin, auto end) {
          std::vector<std::uint32_t> count(buckets_);
          for (auto i = begin; i < end; ++i) {
            if (!std::isnan(values_[i])) ++count[bucket(values_[i])];
          }
          return count;
        });
    // For each bucket that holds a wanted place: the number of values before it.
    std::vector<std::uint64_t> before;
    std::vector<std::uint32_t> group_of(buckets_);  // its number from 1; 0 for other buckets
    std::vector<double> found;
    std::uint64_t sum = 0;
    auto next = wanted.begin();
    for (std::size_t b = 0; b < buckets_; ++b) {
      std::uint64_t size = 0;
      for (const auto& count : counts) size += count[b];
      if (counted_each_) {
        for (; next != wanted.end() && *next < sum + size; ++next) {
          found.push_back(least_value_ + static_cast<double>(b));
        }
      } else if (next != wanted.end() && *next < sum + size) {
        before.push_back(sum);
        group_of[b] = static_cast<std::uint32_t>(before.size());
        while (next != wanted.end() && *next < sum + size) ++next;
      }
      sum += size;
    }
    if (counted_each_) return found;
    std::vector<std::vector<double>> groups(before.size());
    const auto gathered =
        core::map_blocks(threads_, values_.size(), counted_per_block, [&](auto begin, auto end) {
          std::vector<std::vector<double>> part(before.size());
          for (auto i = begin; i < end; ++i) {
            if (std::isnan(values_[i])) continue;
            if (const auto group = group_of[bucket(values_[i])]) {
              part[group - 1].push_back(values_[i]);
            }
          }
          return part;
        });
    for (const auto& part : gathered) {
      for (std::size_t g = 0; g < part.size(); ++g) {
        groups[g].insert(groups[g].end(), part[g].begin(), part[g].end());
      }
    }
    std::size_t g = 0;
    std::uint64_t searched = 0;  // values of this group that are in their place already
    for (const std::uint64_t place : wanted) {
      while (place >= before[g] + groups[g].size()) {
        ++g;
        searched = 0;
      }
      auto& group = groups[g];
      const std::uint64_t in_group = place - before[g];
      const auto at = group.begin() + static_cast<std::ptrdiff_t>(in_group);
      std::nth_element(group.begin() + static_cast<std::ptrdiff_t>(searched), at, group.end());
      searched = in_group;
      found.push_back(*at);
    }
    return found;
  }

  std::span<const double> values_;
  const core::Threads& threads_;
  std::uint64_t count_ = 0;
  bool counted_each_ = false;
  double least_value_ = 0;   // where each value is counted
  std::uint64_t least_ = 0;  // the least key where it is not
  int shift_ = 0;
  std::size_t buckets_ = 1;
};

}  // namespace

std::vector<double> quantiles(std::span<const double> values, std::span<const double> probabilities,
                              const core::Threads& threads) {
  for (const double p : probabilities) core::check_fraction(p, "quantiles", "a probability");
  const Selection selection(values, threads);
  std::vector<Place> places;
  for (const double p : probabilities) {
    const double last = selection.count() == 0 ? 0 : static_cast<double>(selection.count() - 1);
    const double below = std::floor(last * p);
    places.push_back({static_cast<std::uint64_t>(below), last * p - below});
  }
  return selection.at(places);
}

std::vector<double> equal_parts(std::span<const double> values, int parts,
                                const core::Threads& threads) {
  if (parts < 1) core::throw_domain_error("equal_parts", "parts", parts, ">= 1");
  const Selection selection(values, threads);
  const std::uint64_t last = selection.count() == 0 ? 0 : selection.count() - 1;
  const auto size = static_cast<std::uint64_t>(parts);
  std::vector<Place> places;
  for (std::uint64_t k = 1; k < size; ++k) {
    places.push_back(
        {last * k / size, static_cast<double>(last * k % size) / static_cast<double>(size)});
  }
  return selection.at(places);
}

}  // namespace rapport::fold
