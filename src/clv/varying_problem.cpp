#include "special_values.hpp"
#include "varying_model.hpp"

#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace rapport::clv {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Customers a block: each costs microseconds.
constexpr std::size_t varying_per_block = 32;

// Terms of the likelihood are of order one a customer and purchase, and are rounded as such.
constexpr double rounding = 16 * std::numeric_limits<double>::epsilon();

double typical(double value) { return value > 0 ? std::clamp(value, 1e-100, 1e100) : 1; }

// The cases in which a process looks at its covariates, while customers were observed.
CovariateProcess process_of(std::string_view label, const std::vector<std::string>& names,
                            const std::vector<double>& signs, double penalty, DropoutClock clock,
                            const VaryingHistories& data) {
  const Effects effects = effects_of({names, std::vector<double>(names.size(), 0)}, data);
  CovariateProcess process{label, names, signs, penalty, {}};
  process.sample = [&data, effects, clock](const CovariateProcess::Visit& visit) {
    std::vector<double> values(effects.size());
    const auto show = [&](double weight, std::span<const double> all) {
      for (std::size_t j = 0; j < values.size(); ++j) values[j] = all[effects.columns[j]];
      visit(weight, values);
    };
    for (const std::size_t row : data.order()) {
      if (clock == DropoutClock::purchases) {
        for (std::size_t i = 0; i <= data.purchases(row).size(); ++i) {
          show(1, data.at_purchase(row, i));
        }
      } else {
        walk(data, row, 0, data.age(row),
             [&](double begin, double end, std::span<const double> v) { show(end - begin, v); });
      }
    }
  };
  return process;
}

}  // namespace

Effects effects_of(const Coefficients& coefficients, const VaryingHistories& data) {
  Effects result;
  for (const auto& name : coefficients.names) result.columns.push_back(data.index(name));
  result.coefficients = coefficients.values;
  return result;
}

void check_coefficients(std::string_view place, const Coefficients& purchase,
                        const Coefficients& dropout) {
  for (const auto* process : {&purchase, &dropout}) {
    core::check_same_size(process->names.size(), process->values.size(), place,
                          process == &purchase ? "purchase names" : "dropout names");
    for (std::size_t j = 0; j < process->values.size(); ++j) {
      if (!std::isfinite(process->values[j])) {
        core::throw_domain_error(place, "the coefficient of " + process->names[j],
                                 process->values[j], "finite");
      }
    }
  }
}

std::vector<Ahead> pieces_ahead(std::string_view place, const Processes& processes,
                                const Seen& seen, double from, double t) {
  const double known = seen.data.known_ahead(seen.row);
  if (!(t <= known * (1 + 1e-12) + 1e-9)) {
    core::throw_domain_error(place, "t", t,
                             "<= " + core::to_text(known) + ": covariates of row " +
                                 std::to_string(seen.row) + " are not known further ahead");
  }
  std::vector<Ahead> result;
  const auto add = [&](double begin, double end, bool counts) {
    walk(seen.data, seen.row, begin, end,
         [&](double low, double high, std::span<const double> values) {
           result.push_back({low - seen.age, high - low,
                             std::exp(processes.purchase.log_multiplier(values)),
                             processes.dropout.log_multiplier(values), counts});
         });
  };
  if (from > 0) add(seen.age, seen.age + from, false);
  add(seen.age + from, seen.age + t, true);
  return result;
}

std::vector<Ahead> pieces_for_ever(const Processes& processes, const Seen& seen) {
  const auto last = seen.last_known();
  const Ahead after{0, infinity, std::exp(processes.purchase.log_multiplier(last)),
                    processes.dropout.log_multiplier(last)};
  // Pieces that are like the last one belong to it.
  const auto like_the_last = [&](const Ahead& piece) {
    return !std::isfinite(piece.length) ||
           (piece.purchase_rate == after.purchase_rate && piece.log_dropout == after.log_dropout);
  };
  std::vector<Ahead> result = pieces_ahead("", processes, seen, 0, seen.data.known_ahead(seen.row));
  while (!result.empty() && like_the_last(result.back())) result.pop_back();
  result.push_back(after);
  if (result.size() > 1) result.back().begin = result[result.size() - 2].end();
  return result;
}

math::Derivatives sum_customers(std::size_t parameters, const VaryingHistories& data,
                                const core::Threads& threads, const AddCustomer& add) {
  struct Part {
    double value = 0;
    VectorXd gradient;
    MatrixXd hessian;
  };
  const auto k = static_cast<Index>(parameters);
  Part total{0, VectorXd::Zero(k), MatrixXd::Zero(k, k)};
  const auto rows = data.order();
  for (const Part& part : core::map_blocks(threads, rows.size(), varying_per_block,
                                           [&](std::size_t begin, std::size_t end) {
                                             Part sum{0, VectorXd::Zero(k), MatrixXd::Zero(k, k)};
                                             for (std::size_t i = begin; i < end; ++i) {
                                               add(rows[i], sum.value, sum.gradient, sum.hessian);
                                             }
                                             return sum;
                                           })) {
    total.value += part.value;
    total.gradient += part.gradient;
    total.hessian += part.hessian;
  }
  const MatrixXd hessian = (total.hessian + total.hessian.transpose()) / 2;
  return {total.value,
          {total.gradient.data(), total.gradient.data() + k},
          {hessian.data(), hessian.data() + hessian.size()}};
}

VaryingTimes::VaryingTimes(const VaryingHistories& data) {
  double ages = 0;
  double purchases = 0;
  for (const std::size_t row : data.order()) {
    ages += data.age(row);
    purchases += data.history(row).frequency;
  }
  if (data.size() > 0) age = typical(ages / static_cast<double>(data.size()));
  interval = purchases > 0 ? typical(ages / purchases) : age;
}

CovariateSearchResult search_varying(const VaryingProblem& problem, const VaryingHistories& data,
                                     const CovariateNames& names, const CovariateOptions& options,
                                     const VaryingLikelihood& log_likelihood) {
  CovariateSearch search;
  search.equal = options.equal;
  search.processes = {process_of("purchase", names.purchase, problem.purchase_signs,
                                 options.purchase_penalty, DropoutClock::time, data),
                      process_of("dropout", names.dropout, problem.dropout_signs,
                                 options.dropout_penalty, problem.dropout_clock, data)};
  const auto base = problem.base_names.size();
  LikelihoodProblem& p = search.problem;
  p.place = std::string("fit ").append(problem.place);
  p.names = problem.base_names;
  p.units = problem.units;
  p.starts = problem.starts;
  double purchases = 0;
  for (std::size_t row = 0; row < data.size(); ++row) purchases += data.history(row).frequency;
  p.customers = static_cast<double>(data.size());
  p.patterns = data.size();
  p.value_noise = rounding * (p.customers + purchases);
  if (data.size() == 0) {
    p.too_little_data = "there are no customers";
  } else if (purchases == 0) {
    p.too_little_data =
        "no customer has a repeat purchase: the purchase rate runs to 0, and what is lost cannot "
        "be told";
  }
  p.log_likelihood = [&](std::span<const double> all) {
    const auto split = all.subspan(base);
    const auto purchase = split.first(names.purchase.size());
    const auto dropout = split.subspan(names.purchase.size());
    return log_likelihood(all.first(base), {names.purchase, {purchase.begin(), purchase.end()}},
                          {names.dropout, {dropout.begin(), dropout.end()}});
  };
  FitOptions fit;
  fit.max_iterations = options.max_iterations;
  fit.watch = options.watch;
  return search_with_covariates(search, fit);
}

}  // namespace rapport::clv
