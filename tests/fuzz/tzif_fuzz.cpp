/// \file
/// Time zone files: refused with invalid_argument, or a zone whose days begin where they should.

#include <rapport/io/zone.hpp>

#include "fuzz/require.hpp"

#include <span>
#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapport;
  try {
    const auto zone = io::parse_tzif(std::as_bytes(std::span(data, size)), "fuzz");
    core::Instant before = core::Instant::min();
    for (const auto& change : zone.changes()) {
      fuzz::require(before == core::Instant::min() || before < change.since, "changes ascend");
      before = change.since;
      fuzz::require(zone.offset_at(change.since) == change.offset, "a change holds at once");
    }
    for (int year = 1930; year < 2067; year += 3) {
      const core::Day day{std::chrono::year{year} / 7 / 1};
      fuzz::require(zone.day_of(zone.begin_of(day)) >= day, "a day does not begin before itself");
    }
  } catch (const std::invalid_argument&) {
  }
  try {
    static_cast<void>(io::read_zone(fuzz::text_of(data, size), "/nowhere"));
  } catch (const std::invalid_argument&) {
  }
  return 0;
}
