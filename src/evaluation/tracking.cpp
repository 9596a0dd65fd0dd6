#include <rapport/evaluation/tracking.hpp>

#include <rapport/core/format.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/math/normal.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace rapport::evaluation {
namespace {

constexpr std::uint32_t customers_at_a_time = 65'536;

// All purchase days of a customer, ascending.
struct DayList {
  struct State {
    std::vector<fold::DayNumber> days;
  };
  void absorb(State& state, const fold::Entry& entry) const {
    if (!entry.is_purchase()) return;
    if (state.days.empty() || state.days.back() != entry.day) state.days.push_back(entry.day);
  }
};

std::size_t index_of(core::Day day, const PurchaseCalendar& calendar) {
  return static_cast<std::size_t>((day - calendar.first).count());
}

}  // namespace

double PurchaseCalendar::customers() const noexcept {
  return std::accumulate(births.begin(), births.end(), 0.0);
}

PurchaseCalendar purchase_calendar(const record::LedgerView& ledger,
                                   const CalendarOptions& options) {
  const fold::Window window = fold::until(options.last);
  const auto born_by = fold::day_number(options.born_by.value_or(options.last).day());
  std::vector<std::uint32_t> customers;
  const std::uint32_t all = ledger.customers();
  fold::DayNumber origin = window.end;
  // Two ways through the customers: when was the first birth, and what happened from then on.
  const auto [bought] = fold::each_customer(
      ledger, {.window = window, .threads = options.threads, .watch = options.watch},
      fold::PurchaseDays{});
  for (const auto& each : bought) {
    if (each.days > 0 && each.first_day <= born_by) origin = std::min(origin, each.first_day);
  }
  PurchaseCalendar calendar;
  if (origin == window.end) return calendar;
  calendar.first = fold::day_of(origin);
  calendar.births.assign(static_cast<std::size_t>(window.end - origin), 0);
  calendar.repeats = calendar.births;
  for (std::uint32_t begin = 0; begin < all; begin += customers_at_a_time) {
    const std::uint32_t count = std::min(customers_at_a_time, all - begin);
    customers.resize(count);
    std::iota(customers.begin(), customers.end(), begin);
    const auto [lists] = fold::these_customers(
        ledger, customers, {.window = window, .threads = options.threads, .watch = options.watch},
        DayList{});
    for (const auto& [days] : lists) {
      if (days.empty() || days.front() > born_by) continue;
      ++calendar.births[static_cast<std::size_t>(days.front() - origin)];
      for (std::size_t i = 1; i < days.size(); ++i) {
        ++calendar.repeats[static_cast<std::size_t>(days[i] - origin)];
      }
    }
  }
  return calendar;
}

namespace detail {

std::vector<TrackingRow> actual_rows(const PurchaseCalendar& calendar,
                                     const TrackingOptions& options) {
  std::vector<TrackingRow> rows;
  double total = 0;
  std::size_t day = 0;
  for (int k = 1; day < calendar.days(); ++k) {
    const auto end =
        std::min(static_cast<std::size_t>(std::floor(k * options.step.days())), calendar.days());
    double actual = 0;
    for (; day < end; ++day) actual += calendar.repeats[day];
    total += actual;
    const core::Day last = calendar.first + std::chrono::days{static_cast<int>(end) - 1};
    rows.push_back({.last = last,
                    .calibration = last <= options.calibration_end.day(),
                    .actual = actual,
                    .expected = {},
                    .predicted = {},
                    .cumulative_actual = total,
                    .cumulative_expected = {},
                    .cumulative_predicted = {}});
  }
  return rows;
}

std::vector<double> ages(const PurchaseCalendar& calendar, core::Period period,
                         const TrackingOptions& options) {
  std::vector<double> result(calendar.days());
  for (std::size_t d = 0; d < result.size(); ++d) {
    result[d] = static_cast<double>(d + (options.first_day_counts ? 1 : 0)) / period.days();
  }
  return result;
}

std::vector<double> cumulative(const PurchaseCalendar& calendar, std::span<const TrackingRow> rows,
                               std::span<const double> by_age) {
  std::vector<double> result;
  result.reserve(rows.size());
  for (const TrackingRow& row : rows) {
    const std::size_t today = index_of(row.last, calendar);
    double sum = 0;
    for (std::size_t birth = 0; birth <= today; ++birth) {
      sum += calendar.births[birth] * by_age[today - birth];
    }
    result.push_back(sum);
  }
  return result;
}

Chance chance(const PurchaseCalendar& calendar, std::span<const TrackingRow> rows,
              std::span<const double> ages, const Simulated& simulated,
              const TrackingOptions& options) {
  // Births are known, so two customers of one birth differ by chance alone: the mean of half their
  // squared difference is the variance of a customer, averaged over births. Pair i is born where
  // the middle of the i-th of so many equal parts of the customers is.
  Chance variance{.incremental = std::vector<double>(rows.size()),
                  .cumulative = std::vector<double>(rows.size())};
  const double customers = calendar.customers();
  const auto pairs = static_cast<double>(options.pairs);
  std::vector<double> difference(rows.size());
  std::size_t birth = 0;
  double born = calendar.days() > 0 ? calendar.births[0] : 0;
  for (std::size_t i = 0; i < options.pairs && customers > 0; ++i) {
    while (born < (static_cast<double>(i) + 0.5) / pairs * customers) {
      born += calendar.births[++birth];
    }
    std::fill(difference.begin(), difference.end(), 0.0);
    const double age = ages[calendar.days() - 1 - birth];
    for (const double sign : {1.0, -1.0}) {
      math::RandomStream stream(options.seed, 2 * i + (sign > 0 ? 0 : 1));
      std::size_t row = 0;
      for (const double time : simulated(age, stream)) {
        // A row whose last day is before the birth has no age yet.
        while (row + 1 < rows.size() && (index_of(rows[row].last, calendar) < birth ||
                                         ages[index_of(rows[row].last, calendar) - birth] < time)) {
          ++row;
        }
        difference[row] += sign;
      }
    }
    double sum = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      sum += difference[row];
      variance.incremental[row] += difference[row] * difference[row] / 2 * customers / pairs;
      variance.cumulative[row] += sum * sum / 2 * customers / pairs;
    }
  }
  return variance;
}

core::Estimate prediction(double mean, double parameter_error, double variance, double level) {
  core::Estimate result;
  result.level = level;
  result.covers = core::Covers::prediction;
  result.value = mean;
  result.status = core::Status::estimated;
  const double reach =
      math::two_sided_quantile(level) * std::sqrt(parameter_error * parameter_error + variance);
  if (std::isnan(reach)) return result;  // the fit is not usable
  result.low = std::max(0.0, mean - reach);
  result.high = mean + reach;
  return result;
}

}  // namespace detail

std::vector<TrackingRow> track(const PurchaseCalendar& calendar, const ExpectedPurchases& expected,
                               const TrackingOptions& options) {
  (void)math::two_sided_quantile(options.level);  // checks it
  std::vector<TrackingRow> rows = detail::actual_rows(calendar, options);
  std::vector<double> by_age = detail::ages(calendar, options.period, options);
  for (double& each : by_age) each = expected(each);
  const std::vector<double> totals = detail::cumulative(calendar, rows, by_age);
  const auto estimate = [&](double value) {
    core::Estimate result;
    result.level = options.level;
    result.value = value;
    result.status = std::isnan(value) ? core::Status::undefined : core::Status::estimated;
    return result;
  };
  for (std::size_t row = 0; row < rows.size(); ++row) {
    rows[row].cumulative_expected = estimate(totals[row]);
    rows[row].expected = estimate(row > 0 ? totals[row] - totals[row - 1] : totals[row]);
    rows[row].predicted.level = rows[row].cumulative_predicted.level = options.level;
    rows[row].predicted.covers = rows[row].cumulative_predicted.covers = core::Covers::prediction;
  }
  return rows;
}

std::string to_text(std::span<const TrackingRow> rows) {
  std::string text =
      "                      actual   expected  from      to          total  expected\n";
  const auto number = [](double value, int width) {
    return core::padded(core::grouped_text(value, 1), -width);
  };
  for (const TrackingRow& row : rows) {
    text += core::to_text(row.last) + (row.calibration ? " seen    " : " held out") +
            number(row.actual, 10) + number(row.expected.value, 11) +
            number(row.predicted.low, 10) + number(row.predicted.high, 10) +
            number(row.cumulative_actual, 12) + number(row.cumulative_expected.value, 12) + '\n';
  }
  return text;
}

}  // namespace rapport::evaluation
