#ifndef RAPPORT_SRC_CLV_COVARIATES_OF_HPP
#define RAPPORT_SRC_CLV_COVARIATES_OF_HPP

/// \file
/// The bodies of covariates.hpp, to be instantiated for each model.

#include "covariate_search.hpp"
#include "fit_model.hpp"
#include "row_likelihood.hpp"

#include <rapport/clv/covariates.hpp>
#include <rapport/clv/sbg.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/jet.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rapport::clv {

/// \throws std::invalid_argument if names and values differ in number; std::domain_error for a
/// coefficient that is not finite.
void check_coefficients(std::string_view place, const Coefficients& coefficients);

/// \throws std::invalid_argument for covariates of another number of rows, or of a process that is
/// not among `processes`.
void check_sets(std::string_view place, const CovariateSets& covariates,
                std::span<const Process> processes, std::size_t rows);

/// \throws std::invalid_argument unless the covariates have the names of the coefficients.
void check_same_names(std::string_view place, const Coefficients& coefficients,
                      const Covariates& covariates);

/// Rows that are equal in all columns, as one of them with the weight of all.
struct DistinctRow {
  std::size_t row;
  double weight;
};

/// Distinct rows in the order of their values: the same for any order of the rows. Rows of weight 0
/// are left out.
[[nodiscard]] std::vector<DistinctRow> distinct_covariate_rows(
    std::vector<std::vector<double>> keys, const std::vector<double>& weights);

// How each kind of data is looked at by row.
template <class Model, class Data>
[[nodiscard]] auto row_jet(const Model& model, const Data& data, std::size_t row) {
  return row_log_likelihood(model, data[row]);
}
template <class Model>
[[nodiscard]] auto row_jet(const Model& model, const Spends& data, std::size_t row) {
  return row_log_likelihood(model, data.columns().frequency[row],
                            data.columns().monetary_value[row]);
}
[[nodiscard]] inline auto row_jet(const Sbg& model, const Tenures& data, std::size_t row) {
  return row_log_likelihood(model, data.columns().tenure[row], data.columns().churned[row] == 1);
}

template <class Model, class Data>
[[nodiscard]] double row_value(const Model& model, const Data& data, std::size_t row) {
  return model.log_likelihood(data[row]);
}
template <class Model>
[[nodiscard]] double row_value(const Model& model, const Spends& data, std::size_t row) {
  return model.log_likelihood(data.columns().frequency[row], data.columns().monetary_value[row]);
}
[[nodiscard]] inline double row_value(const Sbg& model, const Tenures& data, std::size_t row) {
  return row_jet(model, data, row).value;
}

template <class Data>
[[nodiscard]] bool counts(const Data& /*data*/, std::size_t /*row*/) {
  return true;
}
[[nodiscard]] inline bool counts(const Spends& data, std::size_t row) {
  return data.informative(row);
}

[[nodiscard]] inline std::vector<double> row_key(const Histories& data, std::size_t row) {
  const CustomerHistory c = data[row];
  return {c.frequency, c.recency, c.age};
}
[[nodiscard]] inline std::vector<double> row_key(const Opportunities& data, std::size_t row) {
  const OpportunityHistory c = data[row];
  return {c.frequency, c.recency, c.opportunities};
}
[[nodiscard]] inline std::vector<double> row_key(const Tenures& data, std::size_t row) {
  return {data.columns().tenure[row], data.columns().churned[row]};
}
[[nodiscard]] inline std::vector<double> row_key(const Spends& data, std::size_t row) {
  return {data.columns().frequency[row], data.columns().monetary_value[row]};
}

// The fit without covariates, where the search begins.
template <class Model, class Data>
[[nodiscard]] Fit<Model> plain_fit(const Data& data, const FitOptions& options) {
  return fit<Model>(data, options);
}
template <class Model>
[[nodiscard]] Fit<Model> plain_fit(const Tenures& data, const FitOptions& options) {
  return fit<Model>(Retention(data.columns()), options);
}

/// Moves the logarithms of a model's parameters by c'x of each process.
template <class Model>
[[nodiscard]] typename Model::Params moved(
    const typename Model::Params& base,
    const std::array<double, CovariateRule<Model>::processes.size()>& predictors,
    BetaEffect effect) {
  constexpr std::size_t k = Model::parameter_names.size();
  auto values = std::bit_cast<std::array<double, k>>(base);
  for (std::size_t p = 0; p < predictors.size(); ++p) {
    const auto signs = CovariateRule<Model>::signs(CovariateRule<Model>::processes[p], effect);
    for (std::size_t i = 0; i < k; ++i) {
      if (signs[i] != 0) values[i] *= std::exp(signs[i] * predictors[p]);
    }
  }
  return std::bit_cast<typename Model::Params>(values);
}

template <class Model>
WithCovariates<Model>::WithCovariates(Params params) : params_(std::move(params)) {
  (void)Model(params_.base);  // checks them
  const auto& processes = CovariateRule<Model>::processes;
  for (const Process process : {Process::purchase, Process::dropout, Process::spend}) {
    const Coefficients& coefficients = params_.of(process);
    check_coefficients(Model::name, coefficients);
    if (std::find(processes.begin(), processes.end(), process) == processes.end()) {
      core::check_same_size(coefficients.values.size(), 0, Model::name,
                            std::string("coefficients of ").append(to_text(process)));
    }
  }
}

template <class Model>
Model WithCovariates<Model>::model_of(const CovariateValues& values) const {
  constexpr auto processes = CovariateRule<Model>::processes;
  std::array<double, processes.size()> predictors{};
  for (std::size_t p = 0; p < processes.size(); ++p) {
    const auto& c = params_.of(processes[p]).values;
    const auto x = values.of(processes[p]);
    core::check_same_size(x.size(), c.size(), Model::name, to_text(processes[p]));
    predictors[p] = std::inner_product(c.begin(), c.end(), x.begin(), 0.0);
  }
  return Model(moved<Model>(params_.base, predictors, params_.beta_effect));
}

template <class Model>
Model WithCovariates<Model>::model_of(const CovariateSets& covariates, std::size_t row) const {
  constexpr auto processes = CovariateRule<Model>::processes;
  std::array<double, processes.size()> predictors{};
  for (std::size_t p = 0; p < processes.size(); ++p) {
    const Covariates& x = covariates.of(processes[p]);
    check_same_names(Model::name, params_.of(processes[p]), x);
    for (std::size_t j = 0; j < x.size(); ++j) {
      predictors[p] += params_.of(processes[p]).values[j] * x.value(row, j);
    }
  }
  return Model(moved<Model>(params_.base, predictors, params_.beta_effect));
}

template <class Model, class Data>
double log_likelihood(const WithCovariates<Model>& model, const Data& data,
                      const CovariateSets& covariates) {
  check_sets(Model::name, covariates, CovariateRule<Model>::processes, data.size());
  double sum = 0;
  for (std::size_t row = 0; row < data.size(); ++row) {
    const double customers = data.customers(row);
    if (customers == 0 || !counts(data, row)) continue;
    sum += customers * row_value(model.model_of(covariates, row), data, row);
  }
  return sum;
}

/// The log-likelihood of distinct rows over the base parameters and all coefficients.
template <class Model, class Data>
class CovariateLikelihood {
 public:
  CovariateLikelihood(const Data& data, const CovariateSets& covariates, BetaEffect effect)
      : data_(data), covariates_(covariates), effect_(effect) {
    std::vector<std::vector<double>> keys(data.size());
    std::vector<double> weights(data.size());
    for (std::size_t row = 0; row < data.size(); ++row) {
      weights[row] = counts(data, row) ? data.customers(row) : 0;
      keys[row] = row_key(data, row);
      for (const Process process : processes) {
        const Covariates& x = covariates.of(process);
        for (std::size_t j = 0; j < x.size(); ++j) keys[row].push_back(x.value(row, j));
      }
    }
    rows_ = distinct_covariate_rows(std::move(keys), weights);
    for (const Process process : processes) coefficients_ += covariates.of(process).size();
  }

  [[nodiscard]] const std::vector<DistinctRow>& rows() const noexcept { return rows_; }

  [[nodiscard]] math::Derivatives operator()(std::span<const double> all,
                                             const core::Threads& threads) const {
    const std::size_t size = all.size();
    math::Derivatives total{0, std::vector<double>(size), std::vector<double>(size * size)};
    for (const auto& part : core::map_blocks(
             threads, rows_.size(), grain,
             [&](std::size_t begin, std::size_t end) { return sum(all, begin, end); })) {
      total.value += part.value;
      for (std::size_t i = 0; i < size; ++i) total.gradient[i] += part.gradient[i];
      for (std::size_t i = 0; i < size * size; ++i) total.hessian[i] += part.hessian[i];
    }
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < i; ++j) total.hessian[i * size + j] = total.hessian[j * size + i];
    }
    return total;
  }

 private:
  static constexpr auto processes = CovariateRule<Model>::processes;
  static constexpr std::size_t k = Model::parameter_names.size();
  static constexpr std::size_t grain = 512;

  // Upper half of the Hessian alone.
  [[nodiscard]] math::Derivatives sum(std::span<const double> all, std::size_t begin,
                                      std::size_t end) const {
    const std::size_t size = all.size();
    math::Derivatives total{0, std::vector<double>(size), std::vector<double>(size * size)};
    const auto base = params_of<Model>(all.first(k));
    std::array<std::array<double, k>, processes.size()> signs;
    for (std::size_t p = 0; p < processes.size(); ++p) {
      signs[p] = CovariateRule<Model>::signs(processes[p], effect_);
    }
    std::vector<double> x(coefficients_);
    std::vector<std::size_t> process_of(coefficients_);
    for (std::size_t i = begin; i < end; ++i) {
      const auto [row, weight] = rows_[i];
      std::array<double, processes.size()> predictors{};
      for (std::size_t p = 0, c = 0; p < processes.size(); ++p) {
        const Covariates& set = covariates_.of(processes[p]);
        for (std::size_t j = 0; j < set.size(); ++j, ++c) {
          x[c] = set.value(row, j);
          process_of[c] = p;
          predictors[p] += all[k + c] * x[c];
        }
      }
      const auto params = moved<Model>(base, predictors, effect_);
      const auto values = std::bit_cast<std::array<double, k>>(params);
      if (!std::all_of(values.begin(), values.end(),
                       [](double v) { return v > 0 && std::isfinite(v); })) {
        total.value = std::numeric_limits<double>::quiet_NaN();
        return total;
      }
      const math::Jet<k> jet = row_jet(Model(params), data_, row);
      add(jet, weight, signs, x, process_of, total);
    }
    return total;
  }

  // The chain rule: a coefficient moves the logarithms by sign times covariate.
  static void add(const math::Jet<k>& jet, double weight,
                  const std::array<std::array<double, k>, processes.size()>& signs,
                  const std::vector<double>& x, const std::vector<std::size_t>& process_of,
                  math::Derivatives& total) {
    const std::size_t size = k + x.size();
    const auto second = [&](std::size_t i, std::size_t j) {
      return i <= j ? jet.second(i, j) : jet.second(j, i);
    };
    // Derivatives by the predictors of the processes.
    std::array<double, processes.size()> slope{};
    std::array<std::array<double, k>, processes.size()> cross{};
    std::array<std::array<double, processes.size()>, processes.size()> bend{};
    for (std::size_t p = 0; p < processes.size(); ++p) {
      for (std::size_t i = 0; i < k; ++i) {
        slope[p] += signs[p][i] * jet.gradient[i];
        for (std::size_t j = 0; j < k; ++j) cross[p][j] += signs[p][i] * second(i, j);
      }
      for (std::size_t q = 0; q < processes.size(); ++q) {
        for (std::size_t j = 0; j < k; ++j) bend[p][q] += cross[p][j] * signs[q][j];
      }
    }
    total.value += weight * jet.value;
    for (std::size_t i = 0; i < k; ++i) {
      total.gradient[i] += weight * jet.gradient[i];
      for (std::size_t j = i; j < k; ++j) total.hessian[i * size + j] += weight * second(i, j);
      for (std::size_t c = 0; c < x.size(); ++c) {
        total.hessian[i * size + k + c] += weight * cross[process_of[c]][i] * x[c];
      }
    }
    for (std::size_t c = 0; c < x.size(); ++c) {
      total.gradient[k + c] += weight * slope[process_of[c]] * x[c];
      for (std::size_t d = c; d < x.size(); ++d) {
        total.hessian[(k + c) * size + k + d] +=
            weight * bend[process_of[c]][process_of[d]] * x[c] * x[d];
      }
    }
  }

  const Data& data_;
  const CovariateSets& covariates_;
  BetaEffect effect_;
  std::vector<DistinctRow> rows_;
  std::size_t coefficients_ = 0;
};

template <class Model, class Data>
CovariateFit<Model> fit_with_covariates(const Data& data, const CovariateSets& covariates,
                                        const CovariateOptions& options) {
  constexpr auto processes = CovariateRule<Model>::processes;
  const std::string place = std::string("fit ").append(Model::name).append(" with covariates");
  check_sets(place, covariates, processes, data.size());
  FitOptions fit_options;
  fit_options.threads = options.threads;
  fit_options.max_iterations = options.max_iterations;
  fit_options.watch = options.watch;
  const Fit<Model> plain = plain_fit<Model>(data, fit_options);

  const CovariateLikelihood<Model, Data> likelihood(data, covariates, options.beta_effect);
  CovariateSearch search;
  search.equal = options.equal;
  LikelihoodProblem& problem = search.problem;
  problem.place = place;
  problem.names.assign(Model::parameter_names.begin(), Model::parameter_names.end());
  problem.units = plain.parameters;
  problem.starts = {plain.parameters};
  problem.customers = plain.customers;
  problem.patterns = likelihood.rows().size();
  double events = 0;
  for (const auto& [row, weight] : likelihood.rows()) events += weight * row_key(data, row).front();
  problem.value_noise = likelihood_rounding * (plain.customers + events);
  if (plain.status == FitStatus::too_little_data) problem.too_little_data = plain.message;
  problem.log_likelihood = [&](std::span<const double> all) {
    return likelihood(all, options.threads);
  };
  for (const Process process : processes) {
    const Covariates& x = covariates.of(process);
    const auto signs = CovariateRule<Model>::signs(process, options.beta_effect);
    CovariateProcess& moved = search.processes.emplace_back();
    moved.label = to_text(process);
    moved.names = x.names();
    moved.signs.assign(signs.begin(), signs.end());
    moved.penalty = process == Process::purchase  ? options.purchase_penalty
                    : process == Process::dropout ? options.dropout_penalty
                                                  : options.spend_penalty;
    moved.sample = [&](const CovariateProcess::Visit& visit) {
      std::vector<double> values(x.size());
      for (const auto& [row, weight] : likelihood.rows()) {
        for (std::size_t j = 0; j < x.size(); ++j) values[j] = x.value(row, j);
        visit(weight, values);
      }
    };
  }

  CovariateSearchResult found = search_with_covariates(search, fit_options);
  CovariateFit<Model> result{std::move(found.report), {}};
  result.iterations += plain.iterations;
  result.evaluations += plain.evaluations;
  result.left_out = plain.left_out;
  result.period = plain.period;
  result.params.base =
      params_of<Model>(std::span(result.parameters).first(Model::parameter_names.size()));
  result.params.beta_effect = options.beta_effect;
  for (std::size_t p = 0; p < processes.size(); ++p) {
    Coefficients& coefficients = processes[p] == Process::purchase  ? result.params.purchase
                                 : processes[p] == Process::dropout ? result.params.dropout
                                                                    : result.params.spend;
    coefficients = {covariates.of(processes[p]).names(), std::move(found.coefficients[p])};
  }
  return result;
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_COVARIATES_OF_HPP
