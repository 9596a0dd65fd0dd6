#ifndef RAPPORT_IO_UTF8_HPP
#define RAPPORT_IO_UTF8_HPP

/// \file
/// Is a text well-formed UTF-8? (The Unicode Standard 15.0, Table 3-7.)

#include <cstddef>
#include <string>
#include <string_view>

namespace rapport::io {

/// The offset of the first byte that belongs to no well-formed UTF-8 sequence, or is a NUL;
/// text.size() if there is none. Overlong forms, surrogates and numbers above U+10FFFF are not
/// well formed. O(n); eight bytes at a time while they are ASCII.
[[nodiscard]] std::size_t first_malformed(std::string_view text) noexcept;

/// `text` fit for a message: at most `limit` bytes, cut between code points and then ended by
/// "...", with '?' for control characters and malformed bytes.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t limit = 40);

}  // namespace rapport::io

#endif  // RAPPORT_IO_UTF8_HPP
