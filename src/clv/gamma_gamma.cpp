#include <rapport/clv/gamma_gamma.hpp>

#include "fit_model.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"

#include <rapport/math/polygamma.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

// Gamma-Gamma, eq. (1) of Fader, Hardie and Lee (2005, JMR) as a density of the mean: with
// y = x z / gamma,
//   ll = ln G(p x + q) - ln G(p x) - ln G(q) - ln z - p x ln(1 + 1 / y) - q ln(1 + y).
class SpendLikelihood {
 public:
  enum Parameter : std::size_t { P, Q, Gamma };

  explicit SpendLikelihood(const GammaGamma::Params& params)
      : p_(params.p), q_(params.q), gamma_(params.gamma) {}

  [[nodiscard]] math::Derivatives operator()(const SpendPatterns& patterns,
                                             const core::Threads& threads) const {
    const auto classes = patterns.by_frequency();
    math::Jet<3> total =
        sum_blocks<3>(threads, classes.size(), [&](std::size_t begin, std::size_t end) {
          return constants(classes.subspan(begin, end - begin));
        });
    total += sum_blocks<3>(threads, patterns.size(), [&](std::size_t begin, std::size_t end) {
      return means(patterns, begin, end);
    });
    return derivatives_of(total);
  }

  [[nodiscard]] math::Jet<3> row(double x, double zbar) const {
    const SpendPatterns::FrequencyClass only{.frequency = x, .customers = 1, .begin = 0, .end = 1};
    math::Jet<3> total = constants({&only, 1});
    const double log_z = std::log(zbar);
    const double one = 1;
    add_means({&zbar, 1}, &log_z, &one, x, total);
    return total;
  }

 private:
  // The gamma functions, which depend on the frequency alone.
  [[nodiscard]] math::Jet<3> constants(
      std::span<const SpendPatterns::FrequencyClass> classes) const {
    math::Jet<3> total;
    for (const auto& c : classes) {
      const double shape = p_ * c.frequency;
      const double larger = std::max(shape, q_);
      const double smaller = std::min(shape, q_);
      const double slope_p = shape * math::digamma_shift(shape, q_);
      const double slope_q = q_ * math::digamma_shift(q_, shape);
      const double n = c.customers;
      total.value += n * (math::log_rising(larger, smaller) - math::log_gamma(smaller));
      total.gradient[P] += n * slope_p;
      total.gradient[Q] += n * slope_q;
      total.second(P, P) += n * (slope_p + shape * shape * math::trigamma_shift(shape, q_));
      total.second(P, Q) += n * shape * q_ * math::trigamma(shape + q_);
      total.second(Q, Q) += n * (slope_q + q_ * q_ * math::trigamma_shift(q_, shape));
    }
    return total;
  }

  [[nodiscard]] math::Jet<3> means(const SpendPatterns& patterns, std::size_t begin,
                                   std::size_t end) const {
    math::Jet<3> total;
    const auto classes = patterns.by_frequency();
    auto c = std::upper_bound(classes.begin(), classes.end(), begin,
                              [](std::size_t i, const auto& later) { return i < later.end; });
    for (; begin < end; ++c) {
      const std::size_t stop = std::min(end, c->end);
      add_means(patterns.mean().subspan(begin, stop - begin), &patterns.log_mean()[begin],
                &patterns.count()[begin], c->frequency, total);
      begin = stop;
    }
    return total;
  }

  // Of means that belong to one frequency; log_z and n have as many elements as z.
  void add_means(std::span<const double> z, const double* log_z, const double* n, double x,
                 math::Jet<3>& total) const {
    const double shape = p_ * x;
    const double inverse = x / gamma_;
    const double log_inverse = std::log(inverse);
    // prior = gamma / (gamma + x z), own = 1 - prior.
    double logs = 0, above = 0, below = 0, priors = 0, owns = 0, products = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const double y = z[i] * inverse;
      const double prior = 1 / (1 + y);
      const double own = y * prior;
      // ln(1 + y) and ln(1 + 1 / y) through the smaller of y and 1 / y.
      const double log_y = log_z[i] + log_inverse;
      const double near = std::log1p(y < 1 ? y : 1 / y);
      logs += n[i] * log_z[i];
      above += n[i] * (near + (y < 1 ? 0 : log_y));
      below += n[i] * (near - (y < 1 ? log_y : 0));
      priors += n[i] * prior;
      owns += n[i] * own;
      products += n[i] * own * prior;
    }
    total.value -= logs + shape * below + q_ * above;
    total.gradient[P] -= shape * below;
    total.gradient[Q] -= q_ * above;
    total.gradient[Gamma] += q_ * owns - shape * priors;
    total.second(P, P) -= shape * below;
    total.second(P, Gamma) -= shape * priors;
    total.second(Q, Q) -= q_ * above;
    total.second(Q, Gamma) += q_ * owns;
    total.second(Gamma, Gamma) -= (shape + q_) * products;
  }

  double p_, q_, gamma_;
};

// ln G(p x) - x ln G(p) - (p - 1) x ln x: with it, (p - 1) times the sum of ln(amount / mean) is
// the log-density of x shares that are Dirichlet(p, ..., p).
double log_dirichlet(double p, double x) noexcept {
  return math::log_gamma(p * x) - x * math::log_gamma(p) - (p - 1) * x * std::log(x);
}

}  // namespace

double GammaGamma::log_likelihood(double x, double zbar) const noexcept {
  const auto& [p, q, gamma] = params_;
  const double shape = p * x;
  const double total = x * zbar;
  // Powers of the shares that gamma and the total have of their sum, over the beta function: each
  // part stays moderate where the logs of amounts as such would cancel.
  return math::log_rising(shape, q) - math::log_gamma(q) - q * std::log1p(total / gamma) -
         shape * std::log1p(gamma / total) - std::log(zbar);
}

math::Jet<3> row_log_likelihood(const GammaGamma& model, double x, double zbar) {
  math::Jet<3> result = SpendLikelihood(model.params()).row(x, zbar);
  result.value = model.log_likelihood(x, zbar);
  return result;
}

math::Derivatives log_likelihood_derivatives(const GammaGamma& model, const SpendPatterns& patterns,
                                             const core::Threads& threads) {
  return SpendLikelihood(model.params())(patterns, threads);
}

double GammaGamma::log_likelihood(double x, double zbar, double sum_log_amounts) const noexcept {
  // The density of the total is that of the mean over x; given it, the shares are
  // Dirichlet(p, ..., p), and each amount is a share of the total.
  return log_likelihood(x, zbar) - std::log(x) - (x - 1) * std::log(x * zbar) +
         log_dirichlet(params_.p, x) + (params_.p - 1) * (sum_log_amounts - x * std::log(zbar));
}

math::Derivatives log_likelihood_derivatives(const GammaGamma& model,
                                             const AmountPatterns& patterns,
                                             const core::Threads& threads) {
  math::Derivatives result = log_likelihood_derivatives(model, patterns.means(), threads);
  const double p = model.params().p;
  double value = (p - 1) * patterns.spread();
  double slope = patterns.spread();
  double bend = 0;
  for (const auto& c : patterns.means().by_frequency()) {
    const double x = c.frequency;
    double logs = 0;
    for (std::size_t i = c.begin; i < c.end; ++i) {
      logs += patterns.means().count()[i] * patterns.means().log_mean()[i];
    }
    value += c.customers * (log_dirichlet(p, x) - x * std::log(x)) - (x - 1) * logs;
    slope += c.customers * x * (math::digamma_shift(p, p * (x - 1)) - std::log(x));
    bend += c.customers * x * (x * math::trigamma(p * x) - math::trigamma(p));
  }
  result.value += value;
  result.gradient[0] += p * slope;
  result.hessian[0] += p * slope + p * p * bend;
  return result;
}

namespace {

// Starts and limits are the same whatever of the amounts is known.
LikelihoodProblem spend_problem(const SpendPatterns& patterns) {
  LikelihoodProblem problem;
  problem.place = "fit Gamma-Gamma";
  problem.customers = patterns.customers();
  problem.patterns = patterns.size();
  if (patterns.customers() == 0) {
    problem.too_little_data = "no customer has purchases with a positive mean amount";
  } else if (patterns.customers() < 3) {
    problem.too_little_data = "three parameters cannot be told from fewer than three customers";
  }

  problem.value_noise = likelihood_rounding * patterns.customers();

  // The geometric mean: one large customer does not move it far.
  double logs = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    logs += patterns.count()[i] * patterns.log_mean()[i];
  }
  const double typical =
      patterns.customers() > 0 ? search_scale(std::exp(logs / patterns.customers())) : 1;
  problem.units = {1, 1, typical};
  // The population's mean is p gamma / (q - 1).
  problem.starts = {{4, 4, typical * 3 / 4}, {1, 2, typical}, {20, 10, typical * 9 / 20}};
  problem.try_all_starts = patterns.size() <= few_patterns;

  return problem;
}

template <class Data>
Fit<GammaGamma> fit_spending(LikelihoodProblem problem, const Data& data,
                             const FitOptions& options) {
  Fit<GammaGamma> result = fit_with<GammaGamma>(std::move(problem), data, options);
  result.left_out = data.left_out();
  return result;
}

}  // namespace

template <>
Fit<GammaGamma> fit<GammaGamma>(const SpendPatterns& patterns, const FitOptions& options) {
  return fit_spending(spend_problem(patterns), patterns, options);
}

template <>
Fit<GammaGamma> fit<GammaGamma>(const AmountPatterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem = spend_problem(patterns.means());
  problem.patterns = patterns.size();
  for (const auto& c : patterns.means().by_frequency()) {
    problem.value_noise += likelihood_rounding * c.customers * c.frequency;
  }
  return fit_spending(std::move(problem), patterns, options);
}

std::vector<double> draw_spends(const GammaGamma& model, std::size_t purchases,
                                math::RandomStream& stream) {
  const auto& [p, q, gamma] = model.params();
  const double rate = math::draw_gamma(stream, q, gamma);
  std::vector<double> amounts(purchases);
  for (double& amount : amounts) amount = math::draw_gamma(stream, p, rate);
  return amounts;
}

}  // namespace rapport::clv
