#include <rapport/evaluation/forecast_errors.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/math/normal.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <string_view>
#include <tuple>

namespace rapport::evaluation {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A customer, by what it is sorted by, what was forecast and what came.
struct Pair {
  double key, forecast, actual;
};

bool before(const Pair& a, const Pair& b) {
  return std::tie(a.key, a.forecast, a.actual) < std::tie(b.key, b.forecast, b.actual);
}

void check_not_infinite(double value, std::string_view place, std::string_view name) {
  if (std::isinf(value)) core::throw_domain_error(place, name, value, "finite or nan");
}

// The rows without NaN in an order of their values, never of the rows: all sums follow it.
std::vector<Pair> sorted_pairs(std::span<const double> key, std::span<const double> forecast,
                               std::span<const double> actual, std::string_view place) {
  core::check_same_size(forecast.size(), key.size(), place, "forecast");
  core::check_same_size(actual.size(), key.size(), place, "actual");
  std::vector<Pair> pairs;
  pairs.reserve(key.size());
  for (std::size_t i = 0; i < key.size(); ++i) {
    check_not_infinite(key[i], place, "frequency");
    check_not_infinite(forecast[i], place, "forecast");
    check_not_infinite(actual[i], place, "actual");
    if (std::isnan(key[i]) || std::isnan(forecast[i]) || std::isnan(actual[i])) continue;
    pairs.push_back({key[i], forecast[i], actual[i]});
  }
  std::sort(pairs.begin(), pairs.end(), before);
  return pairs;
}

// The mean of something and its standard error.
struct Mean {
  double value = nan, error = nan;
};

template <class Quantity>
Mean mean_of(std::span<const Pair> pairs, const Quantity& quantity) {
  const auto n = static_cast<double>(pairs.size());
  double sum = 0;
  for (const Pair& pair : pairs) sum += quantity(pair);
  Mean mean{.value = sum / n};
  double squares = 0;
  for (const Pair& pair : pairs) {
    const double off = quantity(pair) - mean.value;
    squares += off * off;
  }
  if (pairs.size() > 1) mean.error = std::sqrt(squares / (n - 1) / n);
  return mean;
}

// The standard error of a statistic from its influence on each customer, whose mean is 0.
double error_of(std::span<const double> influence) {
  const auto n = static_cast<double>(influence.size());
  double squares = 0;
  for (const double each : influence) squares += each * each;
  return influence.size() > 1 ? std::sqrt(squares / (n - 1) / n) : nan;
}

// Makes estimates of one level from so many customers.
class Estimates {
 public:
  Estimates(double level, std::size_t customers)
      : level_(level), reach_(math::two_sided_quantile(level)), customers_(customers) {}

  [[nodiscard]] core::Estimate undefined() const {
    core::Estimate result;
    result.level = level_;
    result.n = customers_;
    result.status = customers_ > 0 ? core::Status::undefined : core::Status::abstained;
    return result;
  }
  [[nodiscard]] core::Estimate plain(const Mean& mean) const {
    core::Estimate result = point(mean.value);
    result.low = mean.value - reach_ * mean.error;
    result.high = mean.value + reach_ * mean.error;
    return result;
  }
  // A number >= 0, with an interval in its logarithm.
  [[nodiscard]] core::Estimate positive(const Mean& mean) const {
    if (!(mean.value > 0)) return plain(mean);
    core::Estimate result = point(mean.value);
    const double factor = std::exp(reach_ * mean.error / mean.value);
    result.low = mean.value / factor;
    result.high = mean.value * factor;
    return result;
  }
  [[nodiscard]] core::Estimate within(const Mean& mean, double least, double most) const {
    core::Estimate result = plain(mean);
    if (std::isnan(mean.error)) return result;
    result.low = std::max(least, result.low);
    result.high = std::min(most, result.high);
    return result;
  }
  [[nodiscard]] core::Estimate correlation(const Mean& mean) const {
    if (!(std::abs(mean.value) < 1)) return plain({mean.value, 0});
    core::Estimate result = point(mean.value);
    const double half = reach_ * mean.error / (1 - mean.value * mean.value);
    result.low = std::tanh(std::atanh(mean.value) - half);
    result.high = std::tanh(std::atanh(mean.value) + half);
    return result;
  }

 private:
  [[nodiscard]] core::Estimate point(double value) const {
    core::Estimate result = undefined();
    if (customers_ == 0) return result;
    result.value = value;
    result.status = core::Status::estimated;
    return result;
  }

  double level_, reach_;
  std::size_t customers_;
};

// True if the customers do not all have the same; a sum of squares that rounds cannot tell.
template <class Quantity>
bool spread(std::span<const Pair> pairs, const Quantity& quantity) {
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const Pair& pair) { return quantity(pair) != quantity(pairs.front()); });
}

core::Estimate correlation(std::span<const Pair> pairs, const Estimates& estimates) {
  if (!spread(pairs, [](const Pair& p) { return p.forecast; }) ||
      !spread(pairs, [](const Pair& p) { return p.actual; })) {
    return estimates.undefined();
  }
  const auto n = static_cast<double>(pairs.size());
  const double f = mean_of(pairs, [](const Pair& p) { return p.forecast; }).value;
  const double a = mean_of(pairs, [](const Pair& p) { return p.actual; }).value;
  double ff = 0, aa = 0, fa = 0;
  for (const Pair& p : pairs) {
    ff += (p.forecast - f) * (p.forecast - f) / n;
    aa += (p.actual - a) * (p.actual - a) / n;
    fa += (p.forecast - f) * (p.actual - a) / n;
  }
  const double r = std::clamp(fa / std::sqrt(ff) / std::sqrt(aa), -1.0, 1.0);
  std::vector<double> influence;
  influence.reserve(pairs.size());
  for (const Pair& p : pairs) {
    const double u = (p.forecast - f) / std::sqrt(ff);
    const double v = (p.actual - a) / std::sqrt(aa);
    influence.push_back(u * v - r * (u * u + v * v) / 2);
  }
  return estimates.correlation({r, error_of(influence)});
}

// The mean of value x (share of customers with a lower key, equal ones counting half), and the
// influence of each customer on it: half of the Gini coefficient's numerator.
struct Concentration {
  double mean = 0;
  std::vector<double> influence;
};

template <class Key>
Concentration concentration(std::span<const Pair> pairs, const Key& key) {
  const std::size_t size = pairs.size();
  const auto n = static_cast<double>(size);
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return key(pairs[i]) < key(pairs[j]); });
  Concentration result;
  result.influence.resize(size);
  double above = 0;  // sum of the values of customers not gone through yet
  for (const std::size_t i : order) above += pairs[i].actual;
  for (std::size_t begin = 0; begin < size;) {
    std::size_t end = begin;
    double tied = 0;
    while (end < size && key(pairs[order[end]]) == key(pairs[order[begin]])) {
      tied += pairs[order[end++]].actual;
    }
    above -= tied;
    const double lower = (static_cast<double>(begin) + static_cast<double>(end)) / (2 * n);
    for (; begin < end; ++begin) {
      const double own = pairs[order[begin]].actual * lower;
      result.mean += own / n;
      result.influence[order[begin]] = own + (above + tied / 2) / n;
    }
  }
  for (double& each : result.influence) each -= 2 * result.mean;
  return result;
}

core::Estimate normalised_gini(std::span<const Pair> pairs, const Estimates& estimates) {
  if (!spread(pairs, [](const Pair& p) { return p.actual; })) return estimates.undefined();
  const double mean = mean_of(pairs, [](const Pair& p) { return p.actual; }).value;
  const Concentration found = concentration(pairs, [](const Pair& p) { return p.forecast; });
  const Concentration best = concentration(pairs, [](const Pair& p) { return p.actual; });
  const double spread = 2 * best.mean - mean;
  const double gini = (2 * found.mean - mean) / spread;
  std::vector<double> influence(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double off = pairs[i].actual - mean;
    influence[i] = ((2 * found.influence[i] - off) - gini * (2 * best.influence[i] - off)) / spread;
  }
  return estimates.within({gini, error_of(influence)}, -1, 1);
}

CalibrationGroup group_of(std::span<const Pair> pairs, double level) {
  CalibrationGroup group{.least = pairs.front().key,
                         .most = pairs.back().key,
                         .customers = pairs.size(),
                         .forecast = mean_of(pairs, [](const Pair& p) { return p.forecast; }).value,
                         .actual = {}};
  group.actual =
      Estimates(level, pairs.size()).plain(mean_of(pairs, [](const Pair& p) { return p.actual; }));
  return group;
}

// Consecutive customers for whom `number` gives the same; it never falls.
template <class Number>
std::vector<CalibrationGroup> grouped(std::span<const Pair> pairs, double level,
                                      const Number& number) {
  std::vector<CalibrationGroup> groups;
  for (std::size_t begin = 0; begin < pairs.size();) {
    std::size_t end = begin + 1;
    while (end < pairs.size() && number(end) == number(begin)) ++end;
    groups.push_back(group_of(pairs.subspan(begin, end - begin), level));
    begin = end;
  }
  return groups;
}

std::vector<CalibrationGroup> by_forecast(std::span<const Pair> pairs, int groups, double level) {
  // Equal forecasts go where the middle one of them belongs.
  std::vector<std::uint64_t> number(pairs.size());
  for (std::size_t begin = 0; begin < pairs.size();) {
    std::size_t end = begin + 1;
    while (end < pairs.size() && pairs[end].key == pairs[begin].key) ++end;
    const std::uint64_t place = std::uint64_t{begin + end} * static_cast<std::uint64_t>(groups);
    for (; begin < end; ++begin) number[begin] = place / (2 * pairs.size());
  }
  return grouped(pairs, level, [&](std::size_t i) { return number[i]; });
}

}  // namespace

ForecastErrors forecast_errors(std::span<const double> forecast, std::span<const double> actual,
                               double level) {
  const std::vector<Pair> pairs = sorted_pairs(forecast, forecast, actual, "forecast_errors");
  const Estimates estimates(level, pairs.size());
  ForecastErrors errors{.customers = pairs.size(), .left_out = forecast.size() - pairs.size()};
  for (const Pair& p : pairs) {
    errors.forecast += p.forecast;
    errors.actual += p.actual;
  }
  const auto off = [](const Pair& p) { return p.forecast - p.actual; };
  errors.bias = estimates.plain(mean_of(pairs, off));
  errors.mean_absolute_error =
      estimates.positive(mean_of(pairs, [&](const Pair& p) { return std::abs(off(p)); }));
  core::Estimate& root = errors.root_mean_squared_error;
  root = estimates.positive(mean_of(pairs, [&](const Pair& p) { return off(p) * off(p); }));
  for (double* each : {&root.value, &root.low, &root.high}) *each = std::sqrt(*each);
  const bool logs = std::all_of(pairs.begin(), pairs.end(),
                                [](const Pair& p) { return p.forecast > -1 && p.actual > -1; });
  errors.mean_squared_log_error =
      logs ? estimates.positive(mean_of(pairs,
                                        [](const Pair& p) {
                                          const double ratio =
                                              std::log1p(p.forecast) - std::log1p(p.actual);
                                          return ratio * ratio;
                                        }))
           : estimates.undefined();
  errors.correlation = correlation(pairs, estimates);
  errors.gini = normalised_gini(pairs, estimates);
  double tenths = 0;
  for (const CalibrationGroup& group : by_forecast(pairs, 10, level)) {
    tenths += static_cast<double>(group.customers) * std::abs(group.forecast - group.actual.value);
  }
  errors.decile_error = errors.actual > 0 ? tenths / errors.actual : nan;
  return errors;
}

ProbabilityErrors probability_errors(std::span<const double> probability,
                                     std::span<const double> outcome, double level) {
  for (const double p : probability) {
    if (!std::isnan(p)) core::check_fraction(p, "probability_errors", "probability");
  }
  std::vector<Pair> pairs = sorted_pairs(probability, probability, outcome, "probability_errors");
  for (Pair& p : pairs) p.actual = p.actual > 0 ? 1 : 0;
  std::sort(pairs.begin(), pairs.end(), before);
  const Estimates estimates(level, pairs.size());
  ProbabilityErrors errors{.customers = pairs.size(),
                           .left_out = probability.size() - pairs.size()};
  const auto right = [](const Pair& p) {
    return p.forecast == 0.5 ? 0.5 : (p.forecast > 0.5) == (p.actual > 0) ? 1.0 : 0.0;
  };
  double right_of_those_who_did = 0, right_of_the_others = 0;
  for (const Pair& p : pairs) {
    errors.expected += p.forecast;
    errors.actual += p.actual;
    (p.actual > 0 ? right_of_those_who_did : right_of_the_others) += right(p);
  }
  const double others = static_cast<double>(pairs.size()) - errors.actual;
  errors.sensitivity = right_of_those_who_did / errors.actual;
  errors.specificity = right_of_the_others / others;
  errors.accuracy = estimates.within(mean_of(pairs, right), 0, 1);
  errors.brier = estimates.positive(mean_of(
      pairs, [](const Pair& p) { return (p.forecast - p.actual) * (p.forecast - p.actual); }));
  // For outcomes 0 and 1 the normalised Gini coefficient is 2 AUC - 1 (Somers' D).
  errors.area_under_curve = normalised_gini(pairs, estimates);
  core::Estimate& area = errors.area_under_curve;
  for (double* each : {&area.value, &area.low, &area.high}) *each = (1 + *each) / 2;
  return errors;
}

std::vector<CalibrationGroup> calibration_by_forecast(std::span<const double> forecast,
                                                      std::span<const double> actual, int groups,
                                                      double level) {
  if (groups < 1) core::throw_domain_error("calibration_by_forecast", "groups", groups, "> 0");
  return by_forecast(sorted_pairs(forecast, forecast, actual, "calibration_by_forecast"), groups,
                     level);
}

std::vector<CalibrationGroup> calibration_by_frequency(std::span<const double> frequency,
                                                       std::span<const double> forecast,
                                                       std::span<const double> actual, int last,
                                                       double level) {
  if (last < 0) core::throw_domain_error("calibration_by_frequency", "last", last, ">= 0");
  const auto pairs = sorted_pairs(frequency, forecast, actual, "calibration_by_frequency");
  return grouped(pairs, level, [&](std::size_t i) { return std::min<double>(pairs[i].key, last); });
}

std::string to_text(std::span<const CalibrationGroup> groups) {
  std::string text = "      from        to  customers   forecast     actual   interval\n";
  const auto number = [](double value, int width) {
    return core::padded(core::fixed_text(value, 3), -width);
  };
  for (const CalibrationGroup& group : groups) {
    text += number(group.least, 10) + number(group.most, 10) +
            core::padded(core::grouped_text(group.customers), -11) + number(group.forecast, 11) +
            number(group.actual.value, 11) + "   " + core::fixed_text(group.actual.low, 3) +
            " to " + core::fixed_text(group.actual.high, 3) + '\n';
  }
  return text;
}

}  // namespace rapport::evaluation
