#include <rapport/clv/pareto_nbd_sarmanov.hpp>

#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/jet.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace rapport::clv {
namespace {

using Jet = math::Jet<5>;
enum Parameter : std::size_t { R, Alpha, S, Beta, Dependence };

// The joint density is positive if its factor 1 + m (exp(-lambda) - L_a) (exp(-mu) - L_b) is at
// the four ends of (lambda, mu). Each of them limits m on one side, at 1 over a product.
enum class End {
  rare_and_faithful,  // lambda = mu = 0: m >= -1 / ((1 - L_a) (1 - L_b))
  rare_and_fleeting,  // lambda = 0, mu = infinity: m <= 1 / ((1 - L_a) L_b)
  keen_and_faithful,  // lambda = infinity, mu = 0: m <= 1 / (L_a (1 - L_b))
  keen_and_fleeting,  // both infinite: m >= -1 / (L_a L_b)
};

// 1 - e^-u and ln of it.
double complement(double u) { return -std::expm1(-u); }
Jet log_complement(const Jet& u) { return log(-expm1(-u)); }
double log_complement(double u) { return std::log(complement(u)); }

// -ln L_a and -ln L_b.
double exposure(double shape, double rate) { return shape * std::log1p(1 / rate); }
Jet exposure(const Jet& shape, const Jet& rate) { return shape * log1p(Jet(1) / rate); }

// ln of the product that an end of the density limits m by.
template <class Number>
Number log_product(End end, const Number& a, const Number& b) {
  switch (end) {
    case End::rare_and_faithful: return log_complement(a) + log_complement(b);
    case End::rare_and_fleeting: return log_complement(a) - b;
    case End::keen_and_faithful: return log_complement(b) - a;
    case End::keen_and_fleeting: break;
  }
  return -1.0 * (a + b);
}

// The end that limits m on that side: the one with the larger product.
End limiting_end(const ParetoNbdSarmanov::Params& p) {
  const double a = exposure(p.r, p.alpha);
  const double b = exposure(p.s, p.beta);
  const End rare = p.dependence < 0 ? End::rare_and_faithful : End::rare_and_fleeting;
  const End keen = p.dependence < 0 ? End::keen_and_fleeting : End::keen_and_faithful;
  return log_product(rare, a, b) > log_product(keen, a, b) ? rare : keen;
}

// Where A, B and D are the log-likelihoods with alpha + 1, with beta + 1 and with both, less that
// with neither: 1 + e^D - e^A - e^B without cancellation.
template <class Number>
Number contrast(const Number& a, const Number& b, const Number& d) {
  using std::exp;
  using std::expm1;
  return expm1(a) * expm1(b) + exp(a + b) * expm1(d - a - b);
}

// The four derivatives of a Pareto/NBD by ln(alpha + up) and ln(beta + up) as derivatives by
// ln alpha and ln beta, among five.
Jet row(const ParetoNbdSarmanov::Params& p, double alpha_up, double beta_up,
        const CustomerHistory& c) {
  const math::Jet<4> own =
      row_log_likelihood(ParetoNbd({p.r, p.alpha + alpha_up, p.s, p.beta + beta_up}), c);
  const double slopes[4] = {1, p.alpha / (p.alpha + alpha_up), 1, p.beta / (p.beta + beta_up)};
  Jet result(own.value);
  for (std::size_t i = 0; i < 4; ++i) {
    result.gradient[i] = slopes[i] * own.gradient[i];
    for (std::size_t j = i; j < 4; ++j) {
      result.second(i, j) = slopes[i] * slopes[j] * own.second(i, j);
    }
    result.second(i, i) += slopes[i] * (1 - slopes[i]) * own.gradient[i];
  }
  return result;
}

// The sum over the customers, with m as that end limits it: on the boundary between two ends the
// likelihood has a kink, on both sides of which it is smooth.
math::Derivatives derivatives(const ParetoNbdSarmanov::Params& p, End end, const Patterns& patterns,
                              const core::Threads& threads) {
  const Jet a = exposure(Jet::positive(p.r, R), Jet::positive(p.alpha, Alpha));
  const Jet b = exposure(Jet::positive(p.s, S), Jet::positive(p.beta, Beta));
  const Jet weight =
      Jet::variable(p.dependence, Dependence) * exp(-(log_product(end, a, b) + a + b));
  return sum_over<5>(patterns, threads, [&](const CustomerHistory& c) {
    const Jet plain = row(p, 0, 0, c);
    const Jet ratio =
        contrast(row(p, 1, 0, c) - plain, row(p, 0, 1, c) - plain, row(p, 1, 1, c) - plain);
    return plain + log1p(weight * ratio);
  });
}

// -- The fit -------------------------------------------------------------------------------------

// With dependence at its limit, the likelihood has a kink where two ends limit m alike: L_a = L_b,
// or L_a + L_b = 1 on the negative side. It can be highest there. On the kink s follows from r,
// alpha and beta.
struct Kink {
  double dependence;  // 1 or -1

  [[nodiscard]] math::Jet<3> log_s(double r, double alpha, double beta) const {
    using Jet3 = math::Jet<3>;
    const Jet3 a = Jet3::positive(r, 0) * log1p(Jet3(1) / Jet3::positive(alpha, 1));
    const Jet3 b = dependence > 0 ? a : -log(-expm1(-a));
    return log(b / log1p(Jet3(1) / Jet3::positive(beta, 2)));
  }
  [[nodiscard]] std::array<End, 2> ends() const {
    if (dependence > 0) return {End::rare_and_fleeting, End::keen_and_faithful};
    return {End::keen_and_fleeting, End::rare_and_faithful};
  }
};

// Place of each of the kink's three parameters among the five.
constexpr std::size_t on_kink[] = {R, Alpha, Beta};

std::array<std::array<double, 3>, 4> kink_slopes(const math::Jet<3>& log_s) {
  std::array<std::array<double, 3>, 4> slopes{};
  for (std::size_t i = 0; i < 3; ++i) {
    slopes[on_kink[i]][i] = 1;
    slopes[S][i] = log_s.gradient[i];
  }
  return slopes;
}

math::Derivatives along_kink(const Kink& kink, std::span<const double> p, const Patterns& patterns,
                             const core::Threads& threads) {
  const math::Jet<3> log_s = kink.log_s(p[0], p[1], p[2]);
  const math::Derivatives all =
      derivatives({p[0], p[1], std::exp(log_s.value), p[2], kink.dependence}, kink.ends()[0],
                  patterns, threads);
  const auto slopes = kink_slopes(log_s);
  math::Derivatives result{all.value, std::vector<double>(3), std::vector<double>(9)};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 4; ++k) result.gradient[i] += all.gradient[k] * slopes[k][i];
    for (std::size_t j = 0; j < 3; ++j) {
      double& bend = result.hessian[3 * i + j];
      bend = all.gradient[S] * log_s.second(std::min(i, j), std::max(i, j));
      for (std::size_t k = 0; k < 4; ++k) {
        for (std::size_t l = 0; l < 4; ++l) {
          bend += slopes[k][i] * all.hessian[5 * k + l] * slopes[l][j];
        }
      }
    }
  }
  return result;
}

// True if the likelihood falls to both sides of the kink and inwards: a maximum.
bool highest_on_kink(const Kink& kink, const ParetoNbdSarmanov::Params& p, const Patterns& patterns,
                     const core::Threads& threads) {
  // A larger s makes L_b smaller: then the second end limits m.
  const auto below = derivatives(p, kink.ends()[0], patterns, threads);
  const auto above = derivatives(p, kink.ends()[1], patterns, threads);
  const double noise = 1e-9 * patterns.customers();
  return below.gradient[S] >= -noise && above.gradient[S] <= noise &&
         kink.dependence * below.gradient[Dependence] >= -noise;
}

// A maximum on the kink, if there is one that is as high as what was found.
void try_kink(Fit<ParetoNbdSarmanov>& found, const Patterns& patterns, const FitOptions& options) {
  const Kink kink{found.params.dependence > 0 ? 1.0 : -1.0};
  LikelihoodProblem problem = repeat_buying_problem<ParetoNbdSarmanov>(patterns);
  const TypicalTimes typical(patterns);
  problem.names = {"r", "alpha", "beta"};
  problem.units = {1, typical.age, typical.age};
  problem.starts = {{found.params.r, found.params.alpha, found.params.beta}};
  problem.log_likelihood = [&](std::span<const double> p) {
    return along_kink(kink, p, patterns, options.threads);
  };
  FitOptions inner = options;
  inner.start.clear();
  const FitReport on = maximise_likelihood(problem, inner);
  found.iterations += on.iterations;
  found.evaluations += on.evaluations;
  const double margin = 1e-9 * (1 + std::abs(found.log_likelihood));
  if (!on.usable() || !(on.log_likelihood >= found.log_likelihood - margin)) return;
  const math::Jet<3> log_s = kink.log_s(on.parameters[0], on.parameters[1], on.parameters[2]);
  const ParetoNbdSarmanov::Params p{on.parameters[0], on.parameters[1], std::exp(log_s.value),
                                    on.parameters[2], kink.dependence};
  if (!(std::isfinite(p.s) && p.s > 0) || !highest_on_kink(kink, p, patterns, options.threads)) {
    return;
  }
  found.params = p;
  found.parameters = {p.r, p.alpha, p.s, p.beta, p.dependence};
  found.log_likelihood = on.log_likelihood;
  found.gradient_norm = on.gradient_norm;
  found.status = FitStatus::at_boundary;
  found.held = {false, false, false, false, true};
  found.message =
      "converged on the boundary: dependence is at its limit " +
      std::string(kink.dependence > 0 ? "1" : "-1") +
      ", and s is tied to the other parameters, where that limit is the same for keen and for rare "
      "buyers";
  const auto slopes = kink_slopes(log_s);
  found.working_covariance.assign(25, 0);
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t l = 0; l < 4; ++l) {
      double& covariance = found.working_covariance[5 * k + l];
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
          covariance += slopes[k][i] * on.working_covariance[3 * i + j] * slopes[l][j];
        }
      }
    }
  }
}

}  // namespace

ParetoNbdSarmanov::ParetoNbdSarmanov(const Params& params)
    : params_(params),
      plain_({params.r, params.alpha, params.s, params.beta}),
      alpha_up_({params.r, params.alpha + 1, params.s, params.beta}),
      beta_up_({params.r, params.alpha, params.s, params.beta + 1}),
      both_up_({params.r, params.alpha + 1, params.s, params.beta + 1}) {
  if (!(std::abs(params.dependence) <= 1)) {
    core::throw_domain_error("ParetoNbdSarmanov", "dependence", params.dependence, "in [-1, 1]");
  }
  const double a = exposure(params.r, params.alpha);
  const double b = exposure(params.s, params.beta);
  const double log_limit = log_product(limiting_end(params), a, b);
  m_ = params.dependence * std::exp(-log_limit);
  weight_ = params.dependence * std::exp(-(log_limit + a + b));
}

double ParetoNbdSarmanov::correlation() const noexcept {
  const auto& [r, alpha, s, beta, dependence] = params_;
  return weight_ * std::sqrt(r * s) / ((1 + alpha) * (1 + beta));
}

double ParetoNbdSarmanov::log_likelihood(const CustomerHistory& c) const noexcept {
  const double plain = plain_.log_likelihood(c);
  return plain + std::log1p(weight_ * contrast(alpha_up_.log_likelihood(c) - plain,
                                               beta_up_.log_likelihood(c) - plain,
                                               both_up_.log_likelihood(c) - plain));
}

double ParetoNbdSarmanov::log_odds_dropped(const CustomerHistory& c) const noexcept {
  const double plain_odds = plain_.log_odds_dropped(c);
  if (std::isinf(plain_odds)) return plain_odds;
  // By how much dependence multiplies the likelihood of one of the cases: `log_part` is the log of
  // the chance of that case.
  const auto factor = [&](const auto& log_part) {
    const auto of = [&](const ParetoNbd& model) {
      return model.log_likelihood(c) + log_part(model.log_odds_dropped(c));
    };
    const double plain = of(plain_);
    return std::log1p(weight_ *
                      contrast(of(alpha_up_) - plain, of(beta_up_) - plain, of(both_up_) - plain));
  };
  return plain_odds + factor([](double odds) { return -math::log1p_exp(-odds); }) -
         factor([](double odds) { return -math::log1p_exp(odds); });
}

template <class Answer>
double ParetoNbdSarmanov::mean(const CustomerHistory& c, const Answer& answer) const {
  const double of_plain = answer(plain_);
  if (weight_ == 0) return of_plain;
  const double plain = plain_.log_likelihood(c);
  const double a = alpha_up_.log_likelihood(c) - plain;
  const double b = beta_up_.log_likelihood(c) - plain;
  const double d = both_up_.log_likelihood(c) - plain;
  const double all = 1 + weight_ * contrast(a, b, d);
  const double part = of_plain + std::exp(d) * answer(both_up_) - std::exp(a) * answer(alpha_up_) -
                      std::exp(b) * answer(beta_up_);
  return (of_plain + weight_ * part) / all;
}

double ParetoNbdSarmanov::probability_alive(const CustomerHistory& c, double t) const {
  // Parts of either sign, rounded apart, may leave [0, 1] by some ulp.
  const double value =
      mean(c, [&](const ParetoNbd& model) { return model.probability_alive(c, t); });
  return std::clamp(value, 0.0, 1.0);
}

double ParetoNbdSarmanov::expected_purchases(const CustomerHistory& c, double t) const {
  return mean(c, [&](const ParetoNbd& model) { return model.expected_purchases(c, t); });
}

double ParetoNbdSarmanov::expected_purchases(const CustomerHistory& c, double from,
                                             double to) const {
  return mean(c, [&](const ParetoNbd& model) { return model.expected_purchases(c, from, to); });
}

double ParetoNbdSarmanov::probability_of_no_purchase(const CustomerHistory& c, double t) const {
  const double value =
      mean(c, [&](const ParetoNbd& model) { return model.probability_of_no_purchase(c, t); });
  return std::clamp(value, 0.0, 1.0);
}

double ParetoNbdSarmanov::probability_of_purchases(const CustomerHistory& c, unsigned n,
                                                   double t) const {
  if (n == 0) return probability_of_no_purchase(c, t);
  const double value =
      mean(c, [&](const ParetoNbd& model) { return model.probability_of_purchases(c, n, t); });
  return std::clamp(value, 0.0, 1.0);
}

double ParetoNbdSarmanov::discounted_purchases(const CustomerHistory& c, double t,
                                               double delta) const {
  return mean(c, [&](const ParetoNbd& model) { return model.discounted_purchases(c, t, delta); });
}

double ParetoNbdSarmanov::discounted_purchases(const CustomerHistory& c, double delta) const {
  return mean(c, [&](const ParetoNbd& model) { return model.discounted_purchases(c, delta); });
}

double ParetoNbdSarmanov::pairs_ever(const CustomerHistory& c) const {
  return mean(c, [&](const ParetoNbd& model) { return model.pairs_ever(c); });
}

double ParetoNbdSarmanov::purchase_rate(const CustomerHistory& c) const noexcept {
  return mean(c, [&](const ParetoNbd& model) { return model.purchase_rate(c); });
}

double ParetoNbdSarmanov::dropout_rate(const CustomerHistory& c) const noexcept {
  return mean(c, [&](const ParetoNbd& model) { return model.dropout_rate(c); });
}

math::Derivatives log_likelihood_derivatives(const ParetoNbdSarmanov& model,
                                             const Patterns& patterns,
                                             const core::Threads& threads) {
  return derivatives(model.params(), limiting_end(model.params()), patterns, threads);
}

template <>
Fit<ParetoNbdSarmanov> fit<ParetoNbdSarmanov>(const Patterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem = repeat_buying_problem<ParetoNbdSarmanov>(patterns);
  const TypicalTimes typical(patterns);
  problem.coordinates = {Coordinate::logarithm, Coordinate::logarithm, Coordinate::logarithm,
                         Coordinate::logarithm, Coordinate::linear};
  problem.units = {1, typical.age, 1, typical.age, 1};
  constexpr double infinity = std::numeric_limits<double>::infinity();
  problem.limits.assign(4, {0, infinity});
  problem.limits.push_back({-1, 1});
  // Independent rates are where to begin.
  FitOptions plain = options;
  plain.start.clear();
  plain.held.clear();
  const Fit<ParetoNbd> independent = fit<ParetoNbd>(patterns, plain);
  const auto& [r, alpha, s, beta] = independent.params;
  problem.starts = {{r, alpha, s, beta, 0}, {r, alpha, s, beta, 0.5}, {r, alpha, s, beta, -0.5}};
  auto found = fit_with<ParetoNbdSarmanov>(std::move(problem), patterns, options);
  found.iterations += independent.iterations;
  found.evaluations += independent.evaluations;
  const bool searched = found.status != FitStatus::cancelled &&
                        found.status != FitStatus::too_little_data && options.held.empty();
  if (searched && std::abs(found.params.dependence) > 0.999) try_kink(found, patterns, options);
  return found;
}

std::vector<double> draw_purchases(const ParetoNbdSarmanov& model, double age,
                                   math::RandomStream& stream) {
  const auto& [r, alpha, s, beta, dependence] = model.params();
  const double l_a = std::exp(-exposure(r, alpha));
  const double l_b = std::exp(-exposure(s, beta));
  // The factor of the density is linear in p = exp(-lambda) and in q = exp(-mu): a mixture of
  // p q, p (1 - q), (1 - p) q and (1 - p) (1 - q), weighted with its values at the ends.
  const double m = model.m();
  const auto chance = [&](bool p, bool q) {
    return (p ? l_a : 1 - l_a) * (q ? l_b : 1 - l_b) *
           std::max(0.0, 1 + m * ((p ? 1 : 0) - l_a) * ((q ? 1 : 0) - l_b));
  };
  double u = math::draw_uniform(stream);
  bool p = true;
  bool q = true;
  for (const auto& [next_p, next_q] : {std::pair(false, false), {false, true}, {true, false}}) {
    const double part = chance(next_p, next_q);
    if (u < part) {
      p = next_p;
      q = next_q;
      break;
    }
    u -= part;
  }
  // A rate with density ~ g(rate) exp(-rate) is Gamma(shape, scale + 1). One with density
  // ~ g(rate) (1 - exp(-rate)) is the mixture of Gamma(shape + 1, scale + v) over v in [0, 1] with
  // density ~ (scale + v)^-(shape + 1).
  const auto draw_rate = [&](bool low, double shape, double scale) {
    if (low) return math::draw_gamma(stream, shape, scale + 1);
    const double share = math::draw_uniform(stream) * complement(exposure(shape, scale));
    const double v = scale * std::expm1(-std::log1p(-share) / shape);
    return math::draw_gamma(stream, shape + 1, scale + v);
  };
  const double rate = draw_rate(p, r, alpha);
  const double end = std::min(age, math::draw_exponential(stream) / draw_rate(q, s, beta));
  std::vector<double> times;
  for (double now = math::draw_exponential(stream) / rate; now < end;
       now += math::draw_exponential(stream) / rate) {
    times.push_back(now);
  }
  return times;
}

template Forecast forecast(const Fit<ParetoNbdSarmanov>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

}  // namespace rapport::clv
