#ifndef RAPPORT_RECORD_NAMES_HPP
#define RAPPORT_RECORD_NAMES_HPP

/// \file
/// Texts interned to dense numbers: customer keys, channels, categories.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rapport::record {

/// A set of distinct texts, numbered 0, 1, 2, ... in the order in which they came.
/// Bytes are compared as they are: fold case and spelling before, where that is wanted.
class Names {
 public:
  /// The number of `text`, which is copied on its first appearance. Amortised O(size of text).
  /// \throws std::length_error beyond 2^32 - 1 texts.
  std::uint32_t intern(std::string_view text);

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text) const noexcept;

  /// \pre number < size(). The view lives until the next intern().
  [[nodiscard]] std::string_view operator[](std::uint32_t number) const noexcept {
    return {bytes_.data() + begins_[number], begins_[number + 1] - begins_[number]};
  }

  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(begins_.size() - 1);
  }

  /// Renumbers the texts in ascending order of their bytes, so that numbers no longer depend on
  /// the order of the input. \return for each old number the new one.
  std::vector<std::uint32_t> sort();

 private:
  [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint64_t hash) const noexcept;
  void rehash(std::size_t size);  // a power of two, more than the texts

  std::vector<char> bytes_;
  std::vector<std::size_t> begins_ = {0};
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint32_t> slots_;  // number + 1, 0 where free; a power of two, half full at most
};

/// Makes one set of names of several, numbered in the order of the texts, in `all`; the parts are
/// empty then. \return for each part, what its own numbers became.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> join_names(const std::vector<Names*>& parts,
                                                                 Names& all);

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_NAMES_HPP
