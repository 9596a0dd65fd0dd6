#ifndef RAPPORT_SRC_CLV_VARYING_MODEL_HPP
#define RAPPORT_SRC_CLV_VARYING_MODEL_HPP

/// \file
/// The bodies of varying_answers.hpp and of the fit, for the kernel file of each model to
/// instantiate; the file specialises VaryingKernel.

#include "covariate_walk.hpp"
#include "varying_problem.hpp"

#include <rapport/clv/varying_answers.hpp>
#include <rapport/clv/varying_fit.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/quadrature.hpp>
#include <rapport/math/special.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// What a kernel file says of its model:
///
///   static VaryingProblem problem(const VaryingTimes&);
///   struct Past;        // of a customer: Past(const Params&, const Processes&, const Seen&)
///     double log_likelihood, log_odds_dropped;       // the latter may be -infinity
///     double purchase_rate;                          // where the multiplier is 1
///     double dropout_rate(double multiplier) const;
///   class Future;       // if active: Future(const Params&, const Past&, std::span<const Ahead>)
///     double alive() const, none() const, count(unsigned n) const, purchases(double delta) const;
///   class Customer;     // Customer(const Params&, const Processes&)
///     void add(data, row, value, gradient, hessian) const;
///   static std::vector<double> draw(params, processes, data, row, until, stream);
template <class Model>
struct VaryingKernel;

/// The two processes with the columns that the data have for them.
struct Processes {
  Effects purchase, dropout;

  template <class Params>
  Processes(const Params& params, const VaryingHistories& data)
      : purchase(effects_of(params.purchase, data)), dropout(effects_of(params.dropout, data)) {}
};

/// What was known of a customer at some time up to the end of observation.
struct Seen {
  const VaryingHistories& data;
  std::size_t row;
  double age;
  std::span<const double> purchases;

  Seen(const VaryingHistories& all, std::size_t which)
      : data(all), row(which), age(all.age(which)), purchases(all.purchases(which)) {}
  Seen(const VaryingHistories& all, std::size_t which, double until)
      : data(all), row(which), age(until), purchases(all.purchases(which)) {
    const auto later = std::upper_bound(purchases.begin(), purchases.end(), until);
    purchases = purchases.first(static_cast<std::size_t>(later - purchases.begin()));
  }

  [[nodiscard]] double frequency() const noexcept { return static_cast<double>(purchases.size()); }
  [[nodiscard]] double recency() const noexcept { return purchases.empty() ? 0 : purchases.back(); }

  /// The covariates at the end, of the last step that is known if they are not known then.
  [[nodiscard]] std::span<const double> now() const { return values_before(age); }

  /// The covariates of the last step that is known.
  [[nodiscard]] std::span<const double> last_known() const {
    return values_before(std::numeric_limits<double>::infinity());
  }

 private:
  [[nodiscard]] std::span<const double> values_before(double time) const {
    std::span<const double> values = data.piece(row, 0).values;
    for (std::size_t i = 1; i < data.pieces(row); ++i) {
      const auto piece = data.piece(row, i);
      const bool known = std::all_of(piece.values.begin(), piece.values.end(),
                                     [](double v) { return std::isfinite(v); });
      if (!known || piece.begin > time) break;
      values = piece.values;
    }
    return values;
  }
};

/// A piece of the time ahead, in which both multipliers are constant.
struct Ahead {
  double begin, length;  ///< time from the end of observation; infinite for the last piece of all
  double purchase_rate, log_dropout;  ///< multiplier, and the logarithm of the other one
  bool counts = true;                 ///< false where purchases are not asked for

  [[nodiscard]] double end() const noexcept { return begin + length; }
};

/// The pieces of (age, age + t]. Purchases count from `from` on.
/// \throws std::domain_error where they are not known.
[[nodiscard]] std::vector<Ahead> pieces_ahead(std::string_view place, const Processes& processes,
                                              const Seen& seen, double from, double t);

/// The pieces of all time to come: after what is known the last covariates hold for ever.
[[nodiscard]] std::vector<Ahead> pieces_for_ever(const Processes& processes, const Seen& seen);

/// Visits the nodes of panels that cover [from, to], the panel that begins at y no wider than
/// reach(y): visit(y, weight).
template <class Reach, class Visit>
void visit_panel_nodes(double from, double to, const Reach& reach, const Visit& visit) {
  for (double y = from; y < to;) {
    const double width = std::min(reach(y), to - y);
    for (const auto& [at, weight] : math::gauss_legendre<16>) visit(y + width * at, width * weight);
    if (!(y + width > y)) break;
    y += width;
  }
}

/// A power of time up to this one is well within the rule of a panel that begins at 0.
inline constexpr double few_purchases = 6;

/// Where in (0, length] a density that grows from 0 as the power n of time begins to matter: what
/// is before adds less than e^-40 of the integral. 0 for few purchases.
template <class LogDensity>
[[nodiscard]] double where_counts_begin(double n, double length, const LogDensity& log_density) {
  if (n <= few_purchases) return 0;
  double largest = -std::numeric_limits<double>::infinity();
  double before = largest;
  for (double y = length; y > 0; y /= 2) {
    const double here = std::log(y) + log_density(y);
    if (here < before && here < largest - 45) return y;
    largest = std::max(largest, here);
    before = here;
  }
  return 0;
}

/// ln of the negative binomial probability of n purchases by clock time `at` at a rate that is
/// Gamma(shape, rate).
[[nodiscard]] inline double log_count_probability(double shape, double rate, double n, double at) {
  return math::log_rising(shape, n) - math::log_rising(1, n) +
         (n > 0 ? n * std::log(at / (rate + at)) : 0) - shape * std::log1p(at / rate);
}

/// One customer under a model.
template <class Model>
struct VaryingCustomer {
  using Kernel = VaryingKernel<Model>;

  const typename Model::Params& params;
  Seen seen;
  Processes processes;
  typename Kernel::Past past;

  VaryingCustomer(const Model& model, const Seen& known)
      : params(model.params()),
        seen(known),
        processes(params, known.data),
        past(params, processes, seen) {}
  VaryingCustomer(const Model& model, const VaryingHistories& data, std::size_t row)
      : VaryingCustomer(model, Seen(data, row)) {}

  [[nodiscard]] double alive() const { return math::complement_of_log_odds(past.log_odds_dropped); }
  [[nodiscard]] double dropped() const {
    return math::complement_of_log_odds(-past.log_odds_dropped);
  }

  /// ask(future) for an active customer up to t.
  template <class Ask>
  [[nodiscard]] double until(double t, const Ask& ask, double from = 0) const {
    core::check_not_negative_finite(t, Model::name, "t");
    const auto pieces = pieces_ahead(Model::name, processes, seen, from, t);
    return ask(typename Kernel::Future(params, past, pieces));
  }
};

template <class Model>
double VaryingAnswers<Model>::log_likelihood(const VaryingHistories& data, std::size_t row) const {
  return VaryingCustomer<Model>(model(), data, row).past.log_likelihood;
}

template <class Model>
double VaryingAnswers<Model>::probability_alive(const VaryingHistories& data,
                                                std::size_t row) const {
  return VaryingCustomer<Model>(model(), data, row).alive();
}

template <class Model>
double VaryingAnswers<Model>::log_probability_alive(const VaryingHistories& data,
                                                    std::size_t row) const {
  return 0 - math::log1p_exp(VaryingCustomer<Model>(model(), data, row).past.log_odds_dropped);
}

template <class Model>
double VaryingAnswers<Model>::probability_alive(const VaryingHistories& data, std::size_t row,
                                                double t) const {
  const VaryingCustomer<Model> customer(model(), data, row);
  return customer.alive() * customer.until(t, [](const auto& future) { return future.alive(); });
}

template <class Model>
std::vector<double> VaryingAnswers<Model>::alive_path(const VaryingHistories& data, std::size_t row,
                                                      std::span<const double> at) const {
  std::vector<double> path;
  path.reserve(at.size());
  for (const double time : at) {
    core::check_not_negative_finite(time, Model::name, "at");
    path.push_back(time <= data.age(row)
                       ? VaryingCustomer<Model>(model(), Seen(data, row, time)).alive()
                       : probability_alive(data, row, time - data.age(row)));
  }
  return path;
}

template <class Model>
double VaryingAnswers<Model>::expected_purchases(const VaryingHistories& data, std::size_t row,
                                                 double t) const {
  return discounted_purchases(data, row, t, 0);
}

template <class Model>
double VaryingAnswers<Model>::expected_purchases(const VaryingHistories& data, std::size_t row,
                                                 double from, double to) const {
  core::check_not_negative_finite(from, Model::name, "from");
  core::check_not_negative_finite(to, Model::name, "to");
  if (!(from <= to)) core::throw_domain_error(Model::name, "to", to, "no earlier than from");
  const VaryingCustomer<Model> customer(model(), data, row);
  return customer.alive() * customer.until(
                                to, [](const auto& future) { return future.purchases(0); }, from);
}

template <class Model>
double VaryingAnswers<Model>::probability_of_no_purchase(const VaryingHistories& data,
                                                         std::size_t row, double t) const {
  const VaryingCustomer<Model> customer(model(), data, row);
  // The two parts are rounded apart and may add up to an ulp more than certainty.
  return std::min(1.0, customer.dropped() +
                           customer.alive() *
                               customer.until(t, [](const auto& future) { return future.none(); }));
}

template <class Model>
double VaryingAnswers<Model>::probability_of_purchases(const VaryingHistories& data,
                                                       std::size_t row, unsigned n,
                                                       double t) const {
  if (n == 0) return probability_of_no_purchase(data, row, t);
  const VaryingCustomer<Model> customer(model(), data, row);
  return customer.alive() * customer.until(t, [n](const auto& future) { return future.count(n); });
}

template <class Model>
double VaryingAnswers<Model>::discounted_purchases(const VaryingHistories& data, std::size_t row,
                                                   double t, double delta) const {
  core::check_not_negative_finite(delta, Model::name, "delta");
  const VaryingCustomer<Model> customer(model(), data, row);
  return customer.alive() *
         customer.until(t, [delta](const auto& future) { return future.purchases(delta); });
}

template <class Model>
double VaryingAnswers<Model>::discounted_purchases(const VaryingHistories& data, std::size_t row,
                                                   double delta) const {
  core::check_not_negative_finite(delta, Model::name, "delta");
  const VaryingCustomer<Model> customer(model(), data, row);
  const auto pieces = pieces_for_ever(customer.processes, customer.seen);
  return customer.alive() *
         typename VaryingKernel<Model>::Future(model().params(), customer.past, pieces)
             .purchases(delta);
}

template <class Model>
double VaryingAnswers<Model>::purchase_rate(const VaryingHistories& data, std::size_t row) const {
  const VaryingCustomer<Model> customer(model(), data, row);
  return std::exp(customer.processes.purchase.log_multiplier(customer.seen.now())) *
         customer.past.purchase_rate;
}

template <class Model>
double VaryingAnswers<Model>::dropout_rate(const VaryingHistories& data, std::size_t row) const {
  const VaryingCustomer<Model> customer(model(), data, row);
  return customer.past.dropout_rate(
      std::exp(customer.processes.dropout.log_multiplier(customer.seen.now())));
}

template <class Model>
math::Derivatives log_likelihood_derivatives(const VaryingAnswers<Model>& answers,
                                             const VaryingHistories& data,
                                             const core::Threads& threads) {
  const auto& params = static_cast<const Model&>(answers).params();
  const Processes processes(params, data);
  const typename VaryingKernel<Model>::Customer customer(params, processes);
  return sum_customers(
      4 + processes.purchase.size() + processes.dropout.size(), data, threads,
      [&](std::size_t row, double& value, Eigen::VectorXd& gradient, Eigen::MatrixXd& hessian) {
        customer.add(data, row, value, gradient, hessian);
      });
}

template <class Model>
std::vector<double> draw_purchases(const VaryingAnswers<Model>& answers,
                                   const VaryingHistories& data, std::size_t row, double until,
                                   math::RandomStream& stream) {
  const auto& params = static_cast<const Model&>(answers).params();
  return VaryingKernel<Model>::draw(params, Processes(params, data), data, row, until, stream);
}

template <class Model>
VaryingFit<Model> fit_varying(const VaryingHistories& data, const CovariateNames& names,
                              const CovariateOptions& options) {
  VaryingProblem problem = VaryingKernel<Model>::problem(VaryingTimes(data));
  problem.place = Model::name;
  problem.base_names = {Model::parameter_names.begin(), Model::parameter_names.end()};
  return fit_varying_model<Model>(problem, data, names, options);
}

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_VARYING_MODEL_HPP
