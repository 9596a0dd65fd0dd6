#ifndef RAPPORT_BENCHMARKS_SUPPORT_CUSTOMERS_HPP
#define RAPPORT_BENCHMARKS_SUPPORT_CUSTOMERS_HPP

// The customers that benchmarks of models share: first seen over a quarter, observed for 27 to 39
// weeks by the day, with the Pareto/NBD parameters of CDNOW. 2,357 of them are that study's sample.

#ifndef NDEBUG
#error "benchmarks measure what is shipped: build them with the preset release"
#endif

#include <rapport/clv/histories.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/simulate.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rapport::benchmarks {

inline const clv::ParetoNbd cdnow({.r = .5533, .alpha = 10.578, .s = .6062, .beta = 11.669});

struct Customers {
  std::vector<double> frequency, recency, age, sum_log_intervals, mean_spend;

  [[nodiscard]] clv::Histories histories() const {
    return {{.frequency = frequency,
             .recency = recency,
             .age = age,
             .sum_log_intervals = sum_log_intervals},
            core::weeks};
  }
};

// Purchases count by the day, days are sevenths of a week; mean spends are Gamma-Gamma amounts.
inline Customers customers_like_cdnow(std::int64_t count) {
  Customers base;
  for (std::int64_t i = 0; i < count; ++i) {
    base.age.push_back(static_cast<double>(189 + i % 85) / 7);
  }
  const clv::CustomerValues times = clv::simulate_purchases(cdnow, base.age, 5);
  std::vector<std::size_t> purchases;
  for (std::size_t i = 0; i < base.age.size(); ++i) {
    const auto last_day = static_cast<int>(std::round(base.age[i] * 7));
    std::vector<double> days;
    int before = 0;
    double logs = 0;
    for (const double time : times.of(i)) {
      const int day = std::min(static_cast<int>(std::ceil(7 * time)), last_day);
      if (day == before) continue;
      days.push_back(static_cast<double>(day) / 7);
      logs += std::log(static_cast<double>(day - before) / 7);
      before = day;
    }
    const clv::CustomerHistory c = clv::history_at(days, base.age[i]);
    base.frequency.push_back(c.frequency);
    base.recency.push_back(c.recency);
    base.sum_log_intervals.push_back(logs);
    purchases.push_back(days.size());
  }
  const clv::GammaGamma spending({.p = 6.25, .q = 3.74, .gamma = 15.44});
  const clv::CustomerValues amounts = clv::simulate_spends(spending, purchases, 5);
  for (std::size_t i = 0; i < purchases.size(); ++i) {
    double sum = 0;
    for (const double amount : amounts.of(i)) sum += std::round(100 * amount) / 100;
    base.mean_spend.push_back(purchases[i] == 0 ? 0 : sum / static_cast<double>(purchases[i]));
  }
  return base;
}

}  // namespace rapport::benchmarks

#endif  // RAPPORT_BENCHMARKS_SUPPORT_CUSTOMERS_HPP
