#include <rapport/clv/equity.hpp>

#include <rapport/math/normal.hpp>

#include "special_values.hpp"

#include <stdexcept>
#include <string_view>

namespace rapport::clv {
namespace {

constexpr std::string_view equity_place = "customer_equity";

core::Estimate estimate(double value, double relative_error, double level, core::Covers covers,
                        std::size_t rows) {
  core::Estimate result;
  result.value = value;
  result.level = level;
  result.covers = covers;
  result.n = rows;
  result.status = std::isnan(value) ? core::Status::undefined : core::Status::estimated;
  if (!result.usable()) return result;
  // What is worth nothing for certain has no relative error.
  const double factor = value > 0 ? std::exp(math::two_sided_quantile(level) * relative_error) : 1;
  result.low = value / factor;
  result.high = value * factor;
  return result;
}

}  // namespace

AmountMoments AmountMoments::of(const SpendLaw& law) noexcept {
  const auto& [p, degrees, rate] = law;
  const double mean = degrees > 1 ? p * (rate / (degrees - 1)) : nan;
  // E[1 / nu^2] over nu ~ Gamma(degrees, rate).
  const double inverse_square = degrees > 2 ? (rate / (degrees - 1)) * (rate / (degrees - 2)) : nan;
  return {mean, p * (p + 1) * inverse_square, p * p * inverse_square};
}

void settle_equity(Equity& equity, double value, double relative_error, double chance_variance,
                   double level, std::size_t rows) {
  equity.parameter_error = value == 0 ? 0 : value * relative_error;
  equity.chance_error = std::sqrt(chance_variance);
  equity.infinite_variance = std::isfinite(value) && std::isnan(chance_variance);
  const double by_chance = value > 0 ? equity.chance_error / value : 0;
  equity.parameters = estimate(value, relative_error, level, core::Covers::parameter, rows);
  equity.chance = estimate(value, by_chance, level, core::Covers::prediction, rows);
  equity.together =
      estimate(value, std::hypot(relative_error, by_chance), level, core::Covers::prediction, rows);
}

EquityRequest::EquityRequest(const EquityOptions& options, const FitReport& fit,
                             const Histories& histories, std::size_t amounts) {
  check_same_period(fit, histories, equity_place);
  const core::Period period = histories.period();
  set(
      options, histories.size(), amounts,
      [&](const core::TimeSpan& horizon) { return horizon.in(period); },
      [&](const core::DiscountRate& rate) { return rate.continuous_per(period); });
}

EquityRequest::EquityRequest(const EquityOptions& options, core::TimeSpan apart, std::size_t rows,
                             std::size_t amounts) {
  core::check_positive_finite(apart.count(), equity_place, "apart");
  set(
      options, rows, amounts,
      [&](const core::TimeSpan& horizon) { return whole_steps(horizon, apart, equity_place); },
      [&](const core::DiscountRate& rate) {
        return std::expm1(rate.continuous_per(apart.unit()) * apart.count());
      });
}

void EquityRequest::set(const EquityOptions& options, std::size_t rows, std::size_t amounts,
                        const std::function<double(core::TimeSpan)>& horizon_of,
                        const std::function<double(const core::DiscountRate&)>& rate_of) {
  core::check_same_size(amounts, rows, equity_place, "amounts");
  core::check_not_negative_finite(options.margin, equity_place, "margin");
  static_cast<void>(math::two_sided_quantile(options.level));  // throws for a level that is none
  if (options.horizons.empty()) {
    throw std::invalid_argument("customer_equity: there is no horizon");
  }
  for (const core::TimeSpan& horizon : options.horizons) {
    if (!(horizon.count() >= 0)) {
      core::throw_domain_error(equity_place, "horizon", horizon.count(), ">= 0");
    }
    horizons.push_back(horizon_of(horizon));
  }
  if (!options.discounts.empty()) {
    core::check_same_size(options.discounts.size(), rows, equity_place, "discounts");
    for (const core::DiscountRate& rate : options.discounts) deltas.push_back(rate_of(rate));
  }
  // Also where there are rates but no rows.
  if (deltas.empty()) deltas = {rate_of(options.discount)};
  for (const double delta : deltas)
    core::check_not_negative_finite(delta, equity_place, "discount");
}

std::vector<Equity> detail::abstained_equity(const EquityOptions& options, std::size_t rows) {
  std::vector<Equity> result(options.horizons.size());
  for (std::size_t h = 0; h < result.size(); ++h) {
    Equity& equity = result[h];
    equity.horizon = options.horizons[h];
    equity.parameters.level = equity.chance.level = equity.together.level = options.level;
    equity.chance.covers = equity.together.covers = core::Covers::prediction;
    equity.parameter_error = equity.chance_error = nan;
    equity.left_out = rows;
    equity.value.assign(rows, nan);
    equity.deviation.assign(rows, nan);
  }
  return result;
}

}  // namespace rapport::clv
