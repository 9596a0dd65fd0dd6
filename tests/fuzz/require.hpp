#ifndef RAPPORT_TESTS_FUZZ_REQUIRE_HPP
#define RAPPORT_TESTS_FUZZ_REQUIRE_HPP

/// \file
/// What the fuzz targets share.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace rapport::fuzz {

/// Ends the program, which libFuzzer takes for a finding, if a law does not hold.
inline void require(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "this does not hold: %s\n", law);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace rapport::fuzz

#endif  // RAPPORT_TESTS_FUZZ_REQUIRE_HPP
