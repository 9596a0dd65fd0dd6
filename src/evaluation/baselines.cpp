#include <rapport/evaluation/baselines.hpp>

#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace rapport::evaluation {
namespace {

// Options in the unit of the histories, checked.
struct Spans {
  double horizon, hiatus;
};

Spans spans_of(const clv::Histories& histories, const BaselineOptions& options,
               std::string_view place) {
  const Spans spans{options.horizon.in(histories.period()), options.hiatus.in(histories.period())};
  core::check_not_negative_finite(spans.horizon, place, "horizon");
  core::check_not_negative_finite(spans.hiatus, place, "hiatus");
  if (!options.recent.empty()) {
    core::check_same_size(options.recent.size(), histories.size(), place, "recent");
  }
  return spans;
}

template <class Rule>
Baseline baseline(std::string_view name, std::string_view text, const clv::Histories& histories,
                  const Rule& rule) {
  Baseline result{.name = name, .rule = text, .values = {}};
  result.values.reserve(histories.size());
  for (std::size_t i = 0; i < histories.size(); ++i) result.values.push_back(rule(i));
  return result;
}

double silence(const clv::CustomerHistory& c) { return c.age - c.recency; }

// What customers did so far, row by row: repeat purchases, or what they spent on them.
struct SoFar {
  std::vector<double> quantity;
  double mean_rate = 0;  // of all customers together, per period
};

// Summed in ascending order of the values, so that the order of the rows does not show.
double ordered_sum(std::vector<std::pair<double, double>> terms) {
  std::sort(terms.begin(), terms.end());
  double sum = 0;
  for (const auto& [value, customers] : terms) sum += value * customers;
  return sum;
}

template <class Quantity>
SoFar so_far(const clv::Histories& histories, const Quantity& quantity) {
  SoFar result;
  std::vector<std::pair<double, double>> quantities, ages;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    result.quantity.push_back(quantity(i));
    quantities.emplace_back(result.quantity.back(), histories.customers(i));
    ages.emplace_back(histories[i].age, histories.customers(i));
  }
  const double time = ordered_sum(std::move(ages));
  if (time > 0) result.mean_rate = ordered_sum(std::move(quantities)) / time;
  return result;
}

std::vector<Baseline> baselines(const clv::Histories& histories, const SoFar& so_far,
                                const BaselineOptions& options, const Spans& spans) {
  const double everybody = so_far.mean_rate * spans.horizon;
  const auto own = [&](std::size_t i) {
    const double age = histories[i].age;
    return age > 0 ? so_far.quantity[i] / age * spans.horizon : everybody;
  };
  std::vector<Baseline> result;
  result.push_back(baseline("own rate", "as much a period as so far; the mean rate where T = 0",
                            histories, own));
  result.push_back(baseline("mean rate", "as much as all together so far, for everybody", histories,
                            [&](std::size_t) { return everybody; }));
  const auto& age = histories.columns().age;
  if (!options.recent.empty()) {
    result.push_back(baseline("as lately", "what was repeated in the last horizon once more",
                              histories, [&](std::size_t i) { return options.recent[i]; }));
  } else if (std::all_of(age.begin(), age.end(), [&](double t) { return t <= spans.horizon; })) {
    result.push_back(baseline("as lately", "all repeated so far once more: nobody is older",
                              histories, [&](std::size_t i) { return so_far.quantity[i]; }));
  }
  result.push_back(
      baseline("hiatus", "own rate; nothing from whoever was silent for longer", histories,
               [&](std::size_t i) { return silence(histories[i]) > spans.hiatus ? 0 : own(i); }));
  return result;
}

}  // namespace

std::vector<Baseline> purchase_baselines(const clv::Histories& histories,
                                         const BaselineOptions& options) {
  const Spans spans = spans_of(histories, options, "purchase_baselines");
  return baselines(histories,
                   so_far(histories, [&](std::size_t i) { return histories[i].frequency; }),
                   options, spans);
}

std::vector<Baseline> spend_baselines(const clv::Histories& histories,
                                      std::span<const double> mean_amount,
                                      const BaselineOptions& options) {
  constexpr std::string_view place = "spend_baselines";
  const Spans spans = spans_of(histories, options, place);
  core::check_same_size(mean_amount.size(), histories.size(), place, "mean_amount");
  std::vector<std::pair<double, double>> amounts, purchases;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    if (std::isinf(mean_amount[i])) {
      core::throw_domain_error(place, "mean_amount", mean_amount[i], "finite or nan");
    }
    if (std::isnan(mean_amount[i])) continue;
    const double x = histories[i].frequency * histories.customers(i);
    amounts.emplace_back(mean_amount[i], x);
    purchases.emplace_back(x, 1);
  }
  const double bought = ordered_sum(std::move(purchases));
  const double mean = bought > 0 ? ordered_sum(std::move(amounts)) / bought : 0;
  return baselines(histories,
                   so_far(histories,
                          [&](std::size_t i) {
                            const double own = mean_amount[i];
                            return histories[i].frequency * (std::isnan(own) ? mean : own);
                          }),
                   options, spans);
}

std::vector<Baseline> activity_baselines(const clv::Histories& histories,
                                         const BaselineOptions& options) {
  const double hiatus = spans_of(histories, options, "activity_baselines").hiatus;
  std::vector<Baseline> result;
  result.push_back(
      baseline("hiatus", "active unless silent for longer", histories,
               [&](std::size_t i) { return silence(histories[i]) > hiatus ? 0.0 : 1.0; }));
  result.push_back(
      baseline("everybody", "all are active", histories, [](std::size_t) { return 1.0; }));
  result.push_back(baseline("nobody", "all are lost", histories, [](std::size_t) { return 0.0; }));
  return result;
}

Hiatus best_hiatus(const clv::Histories& histories, std::span<const double> outcome) {
  core::check_same_size(outcome.size(), histories.size(), "best_hiatus", "outcome");
  struct Row {
    double silence, active, lost;  // customers who bought again, and who did not
  };
  std::vector<Row> rows;
  double customers = 0, right = 0;  // right: if all are taken for lost
  for (std::size_t i = 0; i < histories.size(); ++i) {
    if (std::isnan(outcome[i])) continue;
    const double n = histories.customers(i);
    const bool active = outcome[i] > 0;
    rows.push_back({silence(histories[i]), active ? n : 0, active ? 0 : n});
    customers += n;
    right += active ? 0 : n;
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.silence < b.silence; });
  Hiatus best{.share_right = std::numeric_limits<double>::quiet_NaN()};
  double most = -1;
  for (std::size_t i = 0; i < rows.size();) {
    const double at = rows[i].silence;
    for (; i < rows.size() && rows[i].silence == at; ++i) right += rows[i].active - rows[i].lost;
    if (right >= most) {
      most = right;
      best = {.periods = at, .share_right = right / customers};
    }
  }
  return best;
}

}  // namespace rapport::evaluation
