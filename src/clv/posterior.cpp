#include "posterior_parts.hpp"
#include "special_values.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/convergence.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace rapport::clv::posterior {
namespace {

constexpr double greatest_r_hat = 1.01;
constexpr double least_ess_of_a_chain = 100;

[[noreturn]] void reject(const char* name, const char* requirement) {
  throw std::invalid_argument(
      std::string("posterior::sample: ").append(name).append(" must be ").append(requirement));
}

// How far a parameter is from being settled: above 1 it is not.
double unsettled(const Parameter& parameter, int chains) {
  const double wanted = least_ess_of_a_chain * chains;
  if (!std::isfinite(parameter.r_hat) || !(std::min(parameter.bulk_ess, parameter.tail_ess) > 0)) {
    return std::numeric_limits<double>::infinity();
  }
  return std::max({(parameter.r_hat - 1) / (greatest_r_hat - 1), wanted / parameter.bulk_ess,
                   wanted / parameter.tail_ess});
}

}  // namespace

std::string_view to_text(Status status) noexcept {
  switch (status) {
    case Status::converged: return "converged";
    case Status::not_converged: return "not_converged";
    case Status::too_little_data: break;
  }
  return "too_little_data";
}

void check(const Options& options) {
  if (options.chains < 1 || options.chains > 1024) reject("chains", "in [1, 1024]");
  if (options.warmup < 0) reject("warmup", ">= 0");
  if (options.draws < 4) reject("draws", "at least 4");
  if (options.thin < 1) reject("thin", "at least 1");
  const double sweeps = options.warmup + 1.0 * options.draws * options.thin;
  if (!(sweeps < 0x1p31)) reject("warmup + draws x thin", "below 2^31");
  if (options.forecast_draws < 1) reject("forecast_draws", "at least 1");
  if (!(options.level > 0 && options.level < 1)) reject("level", "in (0, 1)");
}

std::size_t forecast_draws_of_a_chain(const Options& options) noexcept {
  const int wanted = (options.forecast_draws + options.chains - 1) / options.chains;
  return static_cast<std::size_t>(std::min(wanted, options.draws));
}

std::size_t customer_bytes(const Options& options) noexcept {
  const std::size_t of_a_chain = sizeof(CustomerState) + sizeof(CustomerSums) +
                                 forecast_draws_of_a_chain(options) * sizeof(std::uint32_t);
  return static_cast<std::size_t>(options.chains) * of_a_chain;
}

double quantile(std::span<const double> ascending, double p) {
  const double place = p * static_cast<double>(ascending.size() - 1);
  const auto index = static_cast<std::size_t>(place);
  const std::size_t next = std::min(index + 1, ascending.size() - 1);
  return std::lerp(ascending[index], ascending[next], place - static_cast<double>(index));
}

core::Estimate between_quantiles(std::vector<double> draws, double value, double level) {
  std::sort(draws.begin(), draws.end());
  core::Estimate estimate;
  estimate.value = value;
  estimate.low = quantile(draws, (1 - level) / 2);
  estimate.high = quantile(draws, (1 + level) / 2);
  estimate.level = level;
  estimate.status = core::Status::estimated;
  return estimate;
}

std::uint32_t count_quantile(std::span<const std::uint32_t> ascending, double p) {
  const double place = std::ceil(p * static_cast<double>(ascending.size())) - 1;
  return ascending[static_cast<std::size_t>(std::max(0.0, place))];
}

std::vector<Parameter> summarise(const Draws& draws, double level) {
  std::vector<Parameter> result;
  for (std::size_t i = 0; i < draws.names.size(); ++i) {
    const auto values = draws.of(i);
    std::vector<double> ascending(values.begin(), values.end());
    std::sort(ascending.begin(), ascending.end());
    Parameter parameter;
    parameter.name = draws.names[i];
    parameter.estimate = between_quantiles(ascending, quantile(ascending, 0.5), level);
    const auto n = static_cast<double>(values.size());
    parameter.estimate.n = values.size();
    parameter.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values) {
      squares += (value - parameter.mean) * (value - parameter.mean);
    }
    parameter.standard_deviation = std::sqrt(squares / (n - 1));
    const auto convergence = math::convergence(values, draws.chains);
    parameter.r_hat = convergence.r_hat;
    parameter.bulk_ess = convergence.bulk_ess;
    parameter.tail_ess = convergence.tail_ess;
    result.push_back(std::move(parameter));
  }
  return result;
}

Report report_on(const Draws& draws, const Groups& groups, core::Period period, double level) {
  Report report;
  report.customers = groups.customers;
  report.patterns = groups.size();
  report.period = period;
  report.parameters = summarise(draws, level);
  const Parameter* worst = nullptr;
  double most = -1;
  for (const Parameter& parameter : report.parameters) {
    const double distance = unsettled(parameter, draws.chains);
    if (distance > most) {
      most = distance;
      worst = &parameter;
    }
  }
  report.status = most <= 1 ? Status::converged : Status::not_converged;
  const auto digits = [](double value) {
    return core::to_text(std::isfinite(value) ? std::round(value * 1000) / 1000 : value);
  };
  report.message = report.usable() ? "the chains agree; least settled is "
                                   : "the chains are not settled: draw more, above all of ";
  report.message.append(worst->name)
      .append(" (R-hat ")
      .append(digits(worst->r_hat))
      .append(", effective draws ")
      .append(digits(std::min(worst->bulk_ess, worst->tail_ess)))
      .append(")");
  return report;
}

Customers abstained(std::size_t rows, double level) {
  Customers result;
  for (core::EstimateColumn* column :
       {&result.probability_alive, &result.expected_purchases, &result.purchases}) {
    column->level = level;
    column->resize(rows);
  }
  result.purchases.covers = core::Covers::prediction;
  result.purchase_rate.assign(rows, nan);
  result.dropout_rate.assign(rows, nan);
  result.total.level = level;
  result.total.covers = core::Covers::prediction;
  return result;
}

double horizon_of(const Options& options, core::Period period) {
  const double horizon = options.horizon.in(period);
  core::check_not_negative_finite(horizon, "posterior::sample", "horizon");
  return horizon;
}

Posterior without_customers(const Histories& histories, const Options& options) {
  Posterior result;
  result.report.message = "there are no customers";
  result.report.period = histories.period();
  result.customers = abstained(histories.size(), options.level);
  return result;
}

Groups group_rows(std::span<const std::span<const double>> columns,
                  std::span<const double> customers) {
  const std::size_t rows = columns.front().size();
  const auto weight = [&](std::size_t row) { return customers.empty() ? 1 : customers[row]; };
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Rows of equal values in their order: any would do, nothing depends on it.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    for (const auto& column : columns) {
      if (column[a] != column[b]) return column[a] < column[b];
    }
    return false;
  });
  Groups groups;
  groups.of_row.resize(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = order[i];
    const bool same = !groups.first_row.empty() &&
                      std::all_of(columns.begin(), columns.end(), [&](const auto& column) {
                        return column[row] == column[groups.first_row.back()];
                      });
    if (!same) {
      groups.first_row.push_back(row);
      groups.count.push_back(0);
    }
    groups.of_row[row] = groups.size() - 1;
    groups.count.back() += weight(row);
    groups.customers += weight(row);
  }
  if (!(std::max(groups.customers, static_cast<double>(rows)) < 0x1p32)) {
    throw std::invalid_argument("posterior::sample: 2^32 rows or customers, or more");
  }
  return groups;
}

std::vector<std::size_t> first_customers(const Groups& groups) {
  std::vector<std::size_t> first{0};
  for (const double count : groups.count) {
    first.push_back(first.back() + static_cast<std::size_t>(count));
  }
  return first;
}

CustomerFold::CustomerFold(std::size_t customers, const Options& options)
    : draws_(static_cast<std::size_t>(options.draws)),
      slots_(forecast_draws_of_a_chain(options)),
      sums_(customers),
      counts_(customers * slots_) {}

bool CustomerFold::forecasts(std::size_t draw) const noexcept {
  return draw + 1 == draws_ || slot(draw) != slot(draw + 1);
}

void CustomerFold::add_count(std::size_t draw, std::size_t customer,
                             std::uint64_t purchases) noexcept {
  counts_[customer * slots_ + slot(draw)] = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(purchases, std::numeric_limits<std::uint32_t>::max()));
}

Customers customers_of(const Groups& groups, std::span<const CustomerFold* const> folds,
                       std::size_t draws, const Options& options, bool with_regularity) {
  const std::size_t slots = folds.front()->slots();
  const std::vector<std::size_t> first = first_customers(groups);
  std::vector<double> totals(folds.size() * slots, 0.0);
  double expected_in_all = 0;

  struct OfGroup {
    CustomerSums mean;
    core::Estimate purchases;
  };
  std::vector<OfGroup> found(groups.size());
  std::vector<std::uint32_t> counts;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (first[g] == first[g + 1]) continue;  // rows that stand for nobody
    CustomerSums& mean = found[g].mean;
    counts.clear();
    for (std::size_t c = 0; c < folds.size(); ++c) {
      for (std::size_t i = first[g]; i < first[g + 1]; ++i) {
        const CustomerSums& sums = folds[c]->sums(i);
        mean.alive += sums.alive;
        mean.expected += sums.expected;
        mean.rate += sums.rate;
        mean.dropout += sums.dropout;
        mean.regularity += sums.regularity;
        const auto drawn = folds[c]->counts(i);
        counts.insert(counts.end(), drawn.begin(), drawn.end());
        for (std::size_t slot = 0; slot < slots; ++slot) totals[c * slots + slot] += drawn[slot];
      }
    }
    expected_in_all += mean.expected / static_cast<double>(draws * folds.size());
    const double terms = groups.count[g] * static_cast<double>(draws * folds.size());
    for (double* sum : {&mean.alive, &mean.expected, &mean.rate, &mean.dropout, &mean.regularity}) {
      *sum /= terms;
    }
    std::sort(counts.begin(), counts.end());
    core::Estimate& purchases = found[g].purchases;
    purchases.value = mean.expected;
    purchases.low = count_quantile(counts, (1 - options.level) / 2);
    purchases.high = count_quantile(counts, (1 + options.level) / 2);
    purchases.level = options.level;
    purchases.status = core::Status::estimated;
  }

  Customers result = abstained(groups.of_row.size(), options.level);
  if (with_regularity) result.regularity = result.dropout_rate;  // all NaN
  const auto value_alone = [&](double value) {
    core::Estimate estimate;
    estimate.value = value;
    estimate.status = core::Status::estimated;
    return estimate;
  };
  for (std::size_t row = 0; row < groups.of_row.size(); ++row) {
    const OfGroup& group = found[groups.of_row[row]];
    if (!group.purchases.usable()) continue;
    result.probability_alive.set(row, value_alone(group.mean.alive));
    result.expected_purchases.set(row, value_alone(group.mean.expected));
    result.purchases.set(row, group.purchases);
    result.purchase_rate[row] = group.mean.rate;
    result.dropout_rate[row] = group.mean.dropout;
    if (with_regularity) result.regularity[row] = group.mean.regularity;
  }
  result.total = between_quantiles(totals, expected_in_all, options.level);
  result.total.covers = core::Covers::prediction;
  result.total.n = static_cast<std::uint64_t>(groups.customers);
  return result;
}

}  // namespace rapport::clv::posterior
