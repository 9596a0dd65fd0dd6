#include <rapport/clv/prediction.hpp>

#include <rapport/math/beta.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <cmath>

namespace rapport::clv {
namespace {

void check_level(double level, std::string_view place) {
  if (!(level > 0 && level < 1)) core::throw_domain_error(place, "level", level, "in (0, 1)");
}

core::Estimate predicted(double mean, double level) {
  core::Estimate result;
  result.value = mean;
  result.level = level;
  result.covers = core::Covers::prediction;
  result.status = std::isfinite(mean) ? core::Status::estimated : core::Status::undefined;
  return result;
}

// The s with P(S <= s) = p, to six digits; 0 if that is the chance of no purchase or less.
double spend_quantile(std::span<const PurchaseAndSpendLaw> laws, double p) {
  if (spend_cdf(laws, 0) >= p) return 0;
  const SpendLaw& first = laws.front().spend;
  double high = first.shape * first.rate / first.degrees;
  double low = 0;
  while (spend_cdf(laws, high) < p) {
    low = high;
    high *= 4;
    if (!std::isfinite(high)) return infinity;
  }
  while (low == 0) {
    const double quarter = high / 4;
    if (quarter == 0 || spend_cdf(laws, quarter) < p) {
      low = quarter;
      break;
    }
    high = quarter;
  }
  // Bisection of the logarithm: 22 halvings of a factor of 4 leave 3e-7 of it.
  for (int i = 0; i < 22; ++i) {
    const double middle = std::sqrt(low) * std::sqrt(high);
    (spend_cdf(laws, middle) < p ? low : high) = middle;
  }
  return high;
}

}  // namespace

double CountLaw::quantile(double p) const noexcept {
  double sum = 0;
  for (std::size_t n = 0; n < probability.size(); ++n) {
    sum += probability[n];
    if (sum >= p) return static_cast<double>(n);
  }
  return infinity;
}

CountLaw count_law(const std::function<double(unsigned n)>& probability, double tail,
                   unsigned most) {
  CountLaw law;
  double sum = 0;
  double mean = 0;
  for (unsigned n = 0; n < most && 1 - sum > tail; ++n) {
    const double p = probability(n);
    law.probability.push_back(p);
    sum += p;
    mean += n * p;
    // Behind the bulk, and nothing that adds: what is missing is rounding.
    if (n > 2 * mean + 10 && p < 1e-3 * tail && n > 2 &&
        law.probability[n - 1] + law.probability[n - 2] < 1e-3 * tail) {
      break;
    }
  }
  law.beyond = std::max(0.0, 1 - sum);
  return law;
}

core::Estimate count_interval(const CountLaw& law, double mean, double level) {
  check_level(level, "count_interval");
  core::Estimate result = predicted(mean, level);
  result.low = law.quantile((1 - level) / 2);
  result.high = law.quantile((1 + level) / 2);
  return result;
}

SpendLaw SpendLaw::after(const GammaGamma& model, double x, double zbar) noexcept {
  const auto& [p, q, gamma] = model.params();
  return x > 0 ? SpendLaw{p, q + p * x, gamma + x * zbar} : SpendLaw{p, q, gamma};
}

double spend_cdf(std::span<const PurchaseAndSpendLaw> laws, double s) noexcept {
  double sum = 0;
  for (const auto& [count, spend] : laws) {
    const double share = s / (s + spend.rate);
    for (std::size_t n = 0; n < count->probability.size(); ++n) {
      sum +=
          count->probability[n] *
          (n == 0 ? 1 : math::beta_cdf(share, spend.shape * static_cast<double>(n), spend.degrees));
    }
  }
  return sum / static_cast<double>(laws.size());
}

core::Estimate spend_interval(std::span<const PurchaseAndSpendLaw> laws, double mean,
                              double level) {
  check_level(level, "spend_interval");
  core::Estimate result = predicted(mean, level);
  result.low = spend_quantile(laws, (1 - level) / 2);
  result.high = spend_quantile(laws, (1 + level) / 2);
  return result;
}

}  // namespace rapport::clv
