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

// Purchases per period of all customers together. Summed in ascending order of the values, so that
// the order of the rows does not show.
double mean_rate(const clv::Histories& histories) {
  std::vector<std::pair<double, double>> each;
  each.reserve(histories.size());
  double purchases = 0;  // exact up to 2^53
  for (std::size_t i = 0; i < histories.size(); ++i) {
    each.emplace_back(histories[i].age, histories.customers(i));
    purchases += histories[i].frequency * histories.customers(i);
  }
  std::sort(each.begin(), each.end());
  double time = 0;
  for (const auto& [age, customers] : each) time += age * customers;
  return time > 0 ? purchases / time : 0;
}

}  // namespace

std::vector<Baseline> purchase_baselines(const clv::Histories& histories,
                                         const BaselineOptions& options) {
  const auto [horizon, hiatus] = spans_of(histories, options, "purchase_baselines");
  const double everybody = mean_rate(histories) * horizon;
  const auto own = [&, horizon = horizon](std::size_t i) {
    const clv::CustomerHistory c = histories[i];
    return c.age > 0 ? c.frequency / c.age * horizon : everybody;
  };
  std::vector<Baseline> result;
  result.push_back(
      baseline("own rate", "x / T a period, as so far; the mean rate where T = 0", histories, own));
  result.push_back(baseline("mean rate", "sum of x / sum of T a period, for everybody", histories,
                            [&](std::size_t) { return everybody; }));
  const auto& age = histories.columns().age;
  if (!options.recent.empty()) {
    result.push_back(baseline("as lately", "repeat purchases of the last horizon once more",
                              histories, [&](std::size_t i) { return options.recent[i]; }));
  } else if (std::all_of(age.begin(), age.end(),
                         [horizon = horizon](double t) { return t <= horizon; })) {
    result.push_back(baseline("as lately", "x once more: nobody is older than the horizon",
                              histories, [&](std::size_t i) { return histories[i].frequency; }));
  }
  result.push_back(baseline(
      "hiatus", "own rate; nothing from whoever was silent for longer", histories,
      [&, hiatus = hiatus](std::size_t i) { return silence(histories[i]) > hiatus ? 0 : own(i); }));
  return result;
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
