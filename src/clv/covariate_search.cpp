#include "covariate_search.hpp"
#include "special_values.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>

namespace rapport::clv {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A coefficient to be found, which may stand at two places.
struct Term {
  std::string name;
  std::vector<std::size_t> places;  // among all coefficients
  double penalty = 0;
  double centre = 0, scale = 1;  // the search sees (x - centre) / scale
  bool told_apart = true;        // from the other terms and from the model's own level
};

std::size_t count(const std::vector<CovariateProcess>& processes) {
  std::size_t sum = 0;
  for (const auto& process : processes) sum += process.names.size();
  return sum;
}

void check(const CovariateSearch& search) {
  const std::string place = search.problem.place;
  for (const auto& process : search.processes) {
    core::check_not_negative_finite(process.penalty, place,
                                    std::string(process.label) + "_penalty");
    for (auto name = process.names.begin(); name != process.names.end(); ++name) {
      if (name->empty()) throw std::invalid_argument(place + ": a covariate has no name");
      if (std::find(process.names.begin(), name, *name) != name) {
        throw std::invalid_argument(place + ": two covariates are named " + *name);
      }
    }
  }
  for (const auto& name : search.equal) {
    for (const auto& process : search.processes) {
      if (std::count(process.names.begin(), process.names.end(), name) == 0) {
        throw std::invalid_argument(std::string(place)
                                        .append(": ")
                                        .append(name)
                                        .append(" is to be equal in both processes, but is not "
                                                "among the covariates of ")
                                        .append(process.label));
      }
    }
    if (search.processes.size() != 2) {
      throw std::invalid_argument(place + ": only one process has covariates: none can be equal");
    }
  }
}

std::vector<Term> terms_of(const CovariateSearch& search) {
  std::vector<Term> terms;
  std::size_t place = 0;
  for (const auto& process : search.processes) {
    for (const auto& name : process.names) {
      const bool shared =
          std::find(search.equal.begin(), search.equal.end(), name) != search.equal.end();
      const std::string text = (shared ? "both" : std::string(process.label)) + "." + name;
      auto term = std::find_if(terms.begin(), terms.end(),
                               [&](const Term& t) { return shared && t.name == text; });
      if (term == terms.end()) term = terms.insert(terms.end(), Term{.name = text, .places = {}});
      term->places.push_back(place++);
      term->penalty += process.penalty;
    }
  }
  return terms;
}

// Centres far from zero and scales far from one make the search hard; and a term that is a
// combination of others, or constant, cannot be found at all.
void look_at_covariates(const CovariateSearch& search, std::vector<Term>& terms) {
  const std::size_t size = terms.size();
  std::vector<std::size_t> term_at(count(search.processes));
  for (std::size_t t = 0; t < size; ++t) {
    for (const std::size_t place : terms[t].places) term_at[place] = t;
  }
  // Means within each process: its level takes them up.
  std::vector<double> mean(term_at.size(), 0);
  std::vector<double> total(search.processes.size(), 0);
  std::size_t first = 0;
  for (std::size_t p = 0; p < search.processes.size(); ++p) {
    const auto& process = search.processes[p];
    process.sample([&](double weight, std::span<const double> values) {
      total[p] += weight;
      for (std::size_t j = 0; j < values.size(); ++j) mean[first + j] += weight * values[j];
    });
    for (std::size_t j = 0; j < process.names.size(); ++j) {
      if (total[p] > 0) mean[first + j] /= total[p];
    }
    first += process.names.size();
  }
  MatrixXd gram = MatrixXd::Zero(static_cast<Index>(size), static_cast<Index>(size));
  std::vector<double> largest(size, 0);
  first = 0;
  for (std::size_t p = 0; p < search.processes.size(); ++p) {
    const auto& process = search.processes[p];
    process.sample([&](double weight, std::span<const double> values) {
      VectorXd row = VectorXd::Zero(static_cast<Index>(size));
      for (std::size_t j = 0; j < values.size(); ++j) {
        const std::size_t t = term_at[first + j];
        row(static_cast<Index>(t)) = values[j] - mean[first + j];
        largest[t] = std::max(largest[t], std::abs(values[j]));
      }
      gram += weight / total[p] * row * row.transpose();
    });
    first += process.names.size();
  }
  // Gram-Schmidt in the order of the terms: what is left of each beside those before it.
  MatrixXd rest = gram;
  for (std::size_t t = 0; t < size; ++t) {
    const auto i = static_cast<Index>(t);
    const double variance = gram(i, i);
    // Rounding of the mean makes a constant column vary by some ulp of its largest value.
    const bool constant = !(variance > std::pow(1e-13 * largest[t], 2));
    Term& term = terms[t];
    if (!constant) {
      term.scale = std::sqrt(variance / static_cast<double>(term.places.size()));
      double centre = 0;
      for (const std::size_t place : term.places) centre += mean[place];
      centre /= static_cast<double>(term.places.size());
      if (std::abs(centre) > 5 * term.scale) term.centre = centre;
    } else if (largest[t] > 0) {
      term.scale = largest[t];
    }
    const bool dependent = constant || !(rest(i, i) > 1e-9 * variance);
    if (dependent) {
      term.told_apart = false;
    } else {
      const VectorXd column = rest.col(i);
      rest -= column * column.transpose() / column(i);
    }
  }
}

MatrixXd matrix_of(const std::vector<double>& values, Index size) {
  return Eigen::Map<const MatrixXd>(values.data(), size, size);
}

class Search {
 public:
  Search(const CovariateSearch& search, std::vector<Term> terms)
      : search_(search), terms_(std::move(terms)), base_(search.problem.names.size()) {
    const auto base = static_cast<Index>(base_);
    const auto coefficients = static_cast<Index>(count(search.processes));
    const auto size = base + static_cast<Index>(terms_.size());
    to_all_ = MatrixXd::Zero(base + coefficients, size);
    to_report_ = MatrixXd::Identity(size, size);
    to_all_.topLeftCorner(base, base).setIdentity();
    std::vector<const std::vector<double>*> signs;
    for (const auto& process : search.processes) {
      for (std::size_t j = 0; j < process.names.size(); ++j) signs.push_back(&process.signs);
    }
    for (std::size_t t = 0; t < terms_.size(); ++t) {
      const Term& term = terms_[t];
      const Index column = base + static_cast<Index>(t);
      for (const std::size_t place : term.places) {
        to_all_(base + static_cast<Index>(place), column) = 1 / term.scale;
        // A shift of x is a shift of the parameters' logarithms.
        for (Index k = 0; k < base; ++k) {
          to_all_(k, column) -=
              (*signs[place])[static_cast<std::size_t>(k)] * term.centre / term.scale;
        }
      }
      to_report_(column, column) = 1 / term.scale;
      to_report_.block(0, column, base, 1) = to_all_.block(0, column, base, 1);
    }
  }

  CovariateSearchResult run(const FitOptions& options) {
    auto texts = std::make_shared<std::vector<std::string>>(search_.problem.names.begin(),
                                                            search_.problem.names.end());
    LikelihoodProblem problem = search_.problem;
    problem.coordinates.assign(base_, Coordinate::logarithm);
    for (const Term& term : terms_) {
      texts->push_back(term.name);
      problem.coordinates.push_back(Coordinate::linear);
      problem.units.push_back(1);
      for (auto& start : problem.starts) start.push_back(0);
    }
    problem.names.assign(texts->begin(), texts->end());
    problem.held.assign(problem.names.size(), false);
    std::string held;
    for (std::size_t t = 0; t < terms_.size(); ++t) {
      if (terms_[t].told_apart || terms_[t].penalty > 0) continue;
      problem.held[base_ + t] = true;
      held += (held.empty() ? "" : ", ") + terms_[t].name;
    }
    problem.log_likelihood = [&](std::span<const double> parameters) {
      return penalised(working(parameters));
    };
    CovariateSearchResult result;
    CovariateReport& report = result.report;
    static_cast<FitReport&>(report) = maximise_likelihood(problem, options);
    report.texts = std::move(texts);
    finish(result);
    if (!held.empty() && report.usable()) {
      report.status = FitStatus::not_identified;
      report.message = held +
                       " held at 0: constant, or a combination of the covariates before; "
                       "not identified by these data";
      std::fill(report.working_covariance.begin(), report.working_covariance.end(), nan);
    }
    return result;
  }

 private:
  [[nodiscard]] VectorXd working(std::span<const double> parameters) const {
    VectorXd z =
        Eigen::Map<const VectorXd>(parameters.data(), static_cast<Index>(parameters.size()));
    z.head(static_cast<Index>(base_)) = z.head(static_cast<Index>(base_)).array().log();
    return z;
  }

  [[nodiscard]] std::vector<double> all_parameters(const VectorXd& z) const {
    const VectorXd all = to_all_ * z;
    std::vector<double> result(all.data(), all.data() + all.size());
    for (std::size_t k = 0; k < base_; ++k) result[k] = std::exp(result[k]);
    return result;
  }

  [[nodiscard]] math::Derivatives log_likelihood(const VectorXd& z) const {
    const std::vector<double> parameters = all_parameters(z);
    const Index size = z.size();
    const bool in_range =
        std::all_of(parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(base_),
                    [](double p) { return p > 0 && std::isfinite(p); });
    if (!in_range) {
      const auto n = static_cast<std::size_t>(size);
      return {nan, std::vector<double>(n, nan), std::vector<double>(n * n, nan)};
    }
    const math::Derivatives all = search_.problem.log_likelihood(parameters);
    const VectorXd gradient =
        to_all_.transpose() *
        Eigen::Map<const VectorXd>(all.gradient.data(), static_cast<Index>(all.gradient.size()));
    const MatrixXd hessian = to_all_.transpose() * matrix_of(all.hessian, to_all_.rows()) * to_all_;
    return {all.value,
            {gradient.data(), gradient.data() + size},
            {hessian.data(), hessian.data() + hessian.size()}};
  }

  // Times the number of customers, so that the curvature is that of a sum.
  [[nodiscard]] math::Derivatives penalised(const VectorXd& z) const {
    math::Derivatives d = log_likelihood(z);
    const auto size = static_cast<std::size_t>(z.size());
    for (std::size_t t = 0; t < terms_.size(); ++t) {
      const double weight =
          search_.problem.customers * terms_[t].penalty / (terms_[t].scale * terms_[t].scale);
      const std::size_t i = base_ + t;
      const double value = z(static_cast<Index>(i));
      d.value -= weight * value * value;
      d.gradient[i] -= 2 * weight * value;
      d.hessian[i * (size + 1)] -= 2 * weight;
    }
    return d;
  }

  // From the coordinates of the search to the parameters and coefficients people know.
  void finish(CovariateSearchResult& result) const {
    CovariateReport& report = result.report;
    const VectorXd z = working(report.parameters);
    const Index size = z.size();
    report.objective = -report.log_likelihood / search_.problem.customers;
    for (std::size_t t = 0; t < terms_.size(); ++t) {
      const double c = z(static_cast<Index>(base_ + t)) / terms_[t].scale;
      if (search_.problem.customers > 0) {
        report.log_likelihood += search_.problem.customers * terms_[t].penalty * c * c;
      }
    }
    const MatrixXd covariance =
        to_report_ * matrix_of(report.working_covariance, size) * to_report_.transpose();
    report.working_covariance.assign(covariance.data(), covariance.data() + covariance.size());
    const VectorXd named = to_report_ * z;
    report.parameters.assign(named.data(), named.data() + size);
    const std::vector<double> all = all_parameters(z);
    std::copy_n(all.begin(), base_, report.parameters.begin());
    auto next = all.begin() + static_cast<std::ptrdiff_t>(base_);
    for (const auto& process : search_.processes) {
      const auto end = next + static_cast<std::ptrdiff_t>(process.names.size());
      result.coefficients.emplace_back(next, end);
      next = end;
    }
  }

  const CovariateSearch& search_;
  std::vector<Term> terms_;
  std::size_t base_;
  MatrixXd to_all_;     // from the search's coordinates to the parameters and all coefficients
  MatrixXd to_report_;  // to the parameters and each term once
};

}  // namespace

core::Estimate delta_estimate(
    const CovariateReport& report, Quantity kind,
    const std::function<double(std::span<const double> parameters)>& function, double level) {
  // Relative change of a parameter, or share of a standard error: the slope is then right to 1e-8.
  constexpr double step = 1e-4;
  const double z = math::two_sided_quantile(level);
  core::Estimate result;
  result.level = level;
  result.n = static_cast<std::uint64_t>(report.customers);
  result.value = function(report.parameters);
  result.status = std::isnan(result.value) ? core::Status::undefined : core::Status::estimated;
  if (!result.usable() || !report.usable()) return result;
  const bool certain = result.value == 0 || (kind == Quantity::probability && result.value == 1);
  if (certain) {
    result.low = result.high = result.value;
    return result;
  }
  const auto coordinate = [&](double value) {
    return kind == Quantity::positive ? std::log(value) : std::log(value) - std::log1p(-value);
  };
  const auto size = static_cast<Index>(report.parameters.size());
  VectorXd slope(size);
  for (Index i = 0; i < size; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const bool log = report.coordinates[at] == Coordinate::logarithm;
    const double error = std::sqrt(report.working_covariance[at * (report.parameters.size() + 1)]);
    const double reach = log ? step : step * error;
    slope(i) = 0;
    if (!(reach > 0)) continue;
    for (const double sign : {-1.0, 1.0}) {
      auto moved = report.parameters;
      moved[at] = log ? moved[at] * std::exp(sign * reach) : moved[at] + sign * reach;
      slope(i) += sign * coordinate(function(moved)) / (2 * reach);
    }
  }
  const double variance = slope.dot(matrix_of(report.working_covariance, size) * slope);
  const double reach = z * std::sqrt(std::max(variance, 0.0));
  const double middle = coordinate(result.value);
  const auto back = [&](double y) {
    return kind == Quantity::positive ? std::exp(y) : 1 / (1 + std::exp(-y));
  };
  result.low = std::min(result.value, back(middle - reach));
  result.high = std::max(result.value, back(middle + reach));
  return result;
}

std::size_t coefficient_index(const FitReport& report, std::string_view process,
                              std::string_view name) {
  for (const std::string_view prefix : {process, std::string_view("both")}) {
    const std::string text = std::string(prefix).append(".").append(name);
    const auto found = std::find(report.names.begin(), report.names.end(), text);
    if (found != report.names.end()) {
      return static_cast<std::size_t>(found - report.names.begin());
    }
  }
  throw std::invalid_argument("CovariateReport: no coefficient of " + std::string(process) +
                              " is named " + std::string(name));
}

Coefficients coefficients_at(const FitReport& report, std::string_view process,
                             const std::vector<std::string>& names,
                             std::span<const double> parameters) {
  core::check_same_size(parameters.size(), report.parameters.size(), "coefficients_at",
                        "parameters");
  Coefficients result{names, {}};
  for (const auto& name : names) {
    result.values.push_back(parameters[coefficient_index(report, process, name)]);
  }
  return result;
}

CovariateSearchResult search_with_covariates(const CovariateSearch& search,
                                             const FitOptions& options) {
  check(search);
  std::vector<Term> terms = terms_of(search);
  look_at_covariates(search, terms);
  return Search(search, std::move(terms)).run(options);
}

}  // namespace rapport::clv
