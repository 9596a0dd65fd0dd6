#ifndef RAPPORT_TESTS_SUPPORT_SIMULATED_BASE_HPP
#define RAPPORT_TESTS_SUPPORT_SIMULATED_BASE_HPP

/// \file
/// A base of customers made up by a model, as columns that a fit takes.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/simulate.hpp>
#include <rapport/clv/spends.hpp>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace rapport::tests {

/// Customers first seen over a quarter of a year of weeks, observed for 27 to 39 weeks, as CDNOW's.
struct SimulatedBase {
  std::vector<double> frequency, recency, age;

  template <class Model>
  SimulatedBase(const Model& model, std::size_t customers, std::uint64_t seed) {
    for (std::size_t i = 0; i < customers; ++i) {
      age.push_back(27 + static_cast<double>(i % 85) / 7);
    }
    const clv::CustomerValues times = clv::simulate_purchases(model, age, seed);
    for (std::size_t i = 0; i < customers; ++i) {
      const clv::CustomerHistory c = clv::history_at(times.of(i), age[i]);
      frequency.push_back(c.frequency);
      recency.push_back(c.recency);
    }
  }

  [[nodiscard]] clv::Histories histories(core::Period period = core::weeks) const {
    return {{.frequency = frequency, .recency = recency, .age = age}, period};
  }

  /// Mean amounts of the repeat purchases by the spend model.
  [[nodiscard]] std::vector<double> mean_amounts(const clv::GammaGamma& model,
                                                 std::uint64_t seed) const {
    std::vector<std::size_t> purchases;
    for (const double x : frequency) purchases.push_back(static_cast<std::size_t>(x));
    const clv::CustomerValues amounts = clv::simulate_spends(model, purchases, seed);
    std::vector<double> means;
    for (std::size_t i = 0; i < purchases.size(); ++i) {
      const auto of = amounts.of(i);
      means.push_back(of.empty() ? std::nan("")
                                 : std::accumulate(of.begin(), of.end(), 0.0) /
                                       static_cast<double>(of.size()));
    }
    return means;
  }
};

/// The estimates that Fader, Hardie and Lee (2005) report for CDNOW, in weeks, and the ones of
/// MBG/NBD and Gamma-Gamma on the same customers.
inline const clv::BgNbd cdnow_bg_nbd({.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426});
inline const clv::MbgNbd cdnow_mbg_nbd({.r = 0.525, .alpha = 6.183, .a = 0.891, .b = 1.614});
inline const clv::GammaGamma cdnow_gamma_gamma({.p = 6.25, .q = 3.74, .gamma = 15.44});

/// CDNOW-like customers of MBG/NBD with their distinct histories and their fit.
struct FittedBase {
  SimulatedBase base;
  clv::Patterns patterns;
  clv::Fit<clv::MbgNbd> fitted;

  FittedBase(std::size_t customers, std::uint64_t seed)
      : base(cdnow_mbg_nbd, customers, seed),
        patterns(base.histories()),
        fitted(clv::fit<clv::MbgNbd>(patterns)) {}
};

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_SIMULATED_BASE_HPP
