#ifndef RAPPORT_CLV_ALIVE_PATH_HPP
#define RAPPORT_CLV_ALIVE_PATH_HPP

/// \file
/// How alive a customer looked at each moment, by what was known at that moment, and will look if
/// nothing more is learned.
///
///   alive_path(model, {.purchases = {3.1, 9.4}, .age = 38.9}, weeks_to_plot)
///
/// P(alive) falls while a customer is silent and springs up with each purchase. Up to the end of
/// observation every moment is asked with the history as it was then; a moment after it is a
/// forecast, probability_alive(c, t), in which silence is not assumed. The parameters are those of
/// the model that is asked: as of today, unless the host fits one on what was known then.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>  // predicts
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/clv/simulate.hpp>  // history_at
#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/time.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// One customer in full: when the repeat purchases were, and how long was observed, both counted
/// from the first purchase in the model's period.
struct ObservedPurchases {
  std::vector<double> purchases;  ///< ascending, each in (0, age]
  double age = 0;                 ///< finite, >= 0
};

/// \throws std::domain_error that names the first time that is not as ObservedPurchases says.
void check(const ObservedPurchases& customer);

/// A customer's purchases by the day, in any order, some days more than once, as of the last day
/// that counts: what summaries make of a ledger, in that unit of time.
/// \throws std::invalid_argument without purchases up to that day: later ones do not count.
[[nodiscard]] ObservedPurchases observed_purchases(std::span<const core::Day> days,
                                                   core::AsOf as_of, core::Period period);

/// P(alive) at each of the times `at`, counted from the first purchase like the purchases.
/// \throws std::domain_error as check() does, and unless every time is finite and >= 0.
template <RepeatBuyingModel Model>
[[nodiscard]] std::vector<double> alive_path(const Model& model, const ObservedPurchases& customer,
                                             std::span<const double> at) {
  check(customer);
  std::vector<double> path;
  path.reserve(at.size());
  for (const double time : at) {
    core::check_not_negative_finite(time, "alive_path", "at");
    path.push_back(time <= customer.age
                       ? model.probability_alive(history_at(customer.purchases, time))
                       : model.probability_alive(history_at(customer.purchases, customer.age),
                                                 time - customer.age));
  }
  return path;
}

/// The same with the interval that the uncertainty of the parameters gives each. Abstained if the
/// fit predicts nothing; values without intervals if it is otherwise not usable().
/// \throws as above; std::domain_error unless level is in (0, 1).
template <RepeatBuyingModel Model>
[[nodiscard]] core::EstimateColumn alive_path(const Fit<Model>& fitted,
                                              const ObservedPurchases& customer,
                                              std::span<const double> at, double level = 0.90) {
  const Neighbourhood<Model> models(fitted, level);
  core::EstimateColumn path;
  path.level = level;
  path.resize(at.size());
  if (!predicts(fitted)) return path;
  const std::vector<double> values = alive_path(models.centre(), customer, at);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double time = at[i];
    const CustomerHistory known = history_at(customer.purchases, std::min(time, customer.age));
    path.set(i, models.probability(values[i], [&](const Model& model) {
      return time <= customer.age ? model.log_probability_alive(known)
                                  : std::log(model.probability_alive(known, time - customer.age));
    }));
  }
  return path;
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_ALIVE_PATH_HPP
