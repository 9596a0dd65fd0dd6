#include <rapport/core/wide.hpp>
#include <rapport/record/names.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace rapport::record {
namespace {

// A multiply-and-fold hash of eight bytes at a time. The numbers of the texts do not depend on it,
// only the time to find them.
std::uint64_t hash_of(std::string_view text) noexcept {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    const auto product = static_cast<core::Uint128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t hash = odd ^ text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = mix(hash ^ word, odd);
    text.remove_prefix(8);
  }
  std::uint64_t word = 0;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  return mix(hash ^ word, 0xd6e8feb86659fd93);
}

}  // namespace

std::size_t Names::slot_of(std::string_view text, std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (slots_[slot] != 0) {
    const std::uint32_t number = slots_[slot] - 1;
    if (hashes_[number] == hash && (*this)[number] == text) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

void Names::rehash(std::size_t size) {
  slots_.assign(size, 0);
  for (std::uint32_t number = 0; number < hashes_.size(); ++number) {
    std::size_t slot = hashes_[number] & (size - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (size - 1);
    slots_[slot] = number + 1;
  }
}

std::uint32_t Names::intern(std::string_view text) {
  if (2 * (hashes_.size() + 1) > slots_.size()) {
    rehash(std::max<std::size_t>(16, 2 * slots_.size()));
  }
  const std::uint64_t hash = hash_of(text);
  const std::size_t slot = slot_of(text, hash);
  if (slots_[slot] != 0) return slots_[slot] - 1;
  if (hashes_.size() == std::numeric_limits<std::uint32_t>::max() - 1) {
    throw std::length_error("Names: more than 2^32 - 2 distinct texts");
  }
  bytes_.insert(bytes_.end(), text.begin(), text.end());
  begins_.push_back(bytes_.size());
  hashes_.push_back(hash);
  slots_[slot] = static_cast<std::uint32_t>(hashes_.size());
  return slots_[slot] - 1;
}

std::optional<std::uint32_t> Names::find(std::string_view text) const noexcept {
  if (slots_.empty()) return std::nullopt;
  const std::uint32_t number = slots_[slot_of(text, hash_of(text))];
  return number == 0 ? std::nullopt : std::optional(number - 1);
}

std::vector<std::uint32_t> Names::sort() {
  std::vector<std::uint32_t> order(size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return (*this)[a] < (*this)[b]; });
  std::vector<std::uint32_t> renumbered(size());
  Names sorted;
  sorted.bytes_.reserve(bytes_.size());
  sorted.begins_.reserve(begins_.size());
  sorted.hashes_.reserve(hashes_.size());
  for (std::uint32_t number = 0; number < order.size(); ++number) {
    const std::string_view text = (*this)[order[number]];
    renumbered[order[number]] = number;
    sorted.bytes_.insert(sorted.bytes_.end(), text.begin(), text.end());
    sorted.begins_.push_back(sorted.bytes_.size());
    sorted.hashes_.push_back(hashes_[order[number]]);
  }
  if (!slots_.empty()) sorted.rehash(slots_.size());
  *this = std::move(sorted);
  return renumbered;
}

std::vector<std::vector<std::uint32_t>> join_names(const std::vector<Names*>& parts, Names& all) {
  std::vector<std::vector<std::uint32_t>> numbering(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    numbering[i].reserve(parts[i]->size());
    for (std::uint32_t number = 0; number < parts[i]->size(); ++number) {
      numbering[i].push_back(all.intern((*parts[i])[number]));
    }
    *parts[i] = {};
  }
  const std::vector<std::uint32_t> sorted = all.sort();
  for (auto& part : numbering) {
    for (std::uint32_t& number : part) number = sorted[number];
  }
  return numbering;
}

}  // namespace rapport::record
