/// \file
/// Instants: what is taken lies in the years that can be written, and reads back as the same.

#include <rapport/io/parse.hpp>

#include "fuzz/require.hpp"

#include <chrono>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapport;
  if (size < 1) return 0;
  const io::Dialect dialect{.digits = data[0] % 2 == 0 ? io::Digits::ascii : io::Digits::native};
  const auto zone = core::Zone::fixed(std::chrono::minutes{15} * (data[0] / 2 % 93 - 46));
  const auto instant = io::parse_instant(fuzz::text_of(data + 1, size - 1), zone, dialect);
  if (!instant) return 0;
  // An offset of up to a day may lead out of the years 0 to 9999, which need a sign then.
  const auto first = core::Day{std::chrono::year{0} / 1 / 1};
  const auto last = core::Day{std::chrono::year{10'000} / 1 / 1};
  fuzz::require(
      instant.value > first - std::chrono::days{1} && instant.value < last + std::chrono::days{1},
      "instants are within the years");
  if (instant.value < first || instant.value >= last) return 0;
  const auto again = io::parse_instant(core::to_text(instant.value));
  fuzz::require(!again.refused && again.value == instant.value, "instants read back");
  return 0;
}
