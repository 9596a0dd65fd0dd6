/// \file
/// Fits as JSON: refused with a place, or read, written and read back as the same; taken for a
/// model, refused or one.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/uncertainty.hpp>
#include <rapport/io/fit.hpp>

#include "fuzz/require.hpp"

#include <cmath>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapport;
  try {
    const auto fit = io::read_fit(fuzz::text_of(data, size));
    const auto json = io::write_fit(fit);
    const auto again = io::read_fit(json);
    fuzz::require(again.names == fit.names && again.report.parameters == fit.report.parameters,
                  "a fit reads back");
    fuzz::require(io::write_fit(again) == json, "and is written alike");
    fuzz::require(fit.report.covariance().size() == fit.names.size() * fit.names.size(),
                  "a covariance is square");
    const auto model = io::fit_of<clv::BgNbd>(fit);
    const auto rate = clv::Neighbourhood<clv::BgNbd>(model).positive(
        [](const clv::BgNbd& m) { return m.params().r; });
    fuzz::require(!(rate.low > rate.value) && !(rate.high < rate.value),
                  "an interval holds its value");
  } catch (const io::FitError& error) {
    fuzz::require(error.place().empty() || error.place().front() == '/', "a place is a pointer");
  }
  return 0;
}
