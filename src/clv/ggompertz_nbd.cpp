#include <rapport/clv/ggompertz_nbd.hpp>

#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "lifetime_panels.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"

#include <rapport/math/jet.hpp>
#include <rapport/math/polygamma.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

enum Parameter : std::size_t { R, Alpha, B, S, Beta };

// An age y, with D(y) = beta + exp(b y) - 1, of which survival is (beta / D)^s: what follows from
// b y without a difference and without overflow.
struct Age {
  double growth;  // b y
  double shrink;  // exp(-b y)
  double lost;    // 1 - exp(-b y)
  double shrunk;  // D exp(-b y)

  Age(const GompertzLifetime& life, double y)
      : growth(life.b * y),
        shrink(std::exp(-growth)),
        lost(-std::expm1(-growth)),
        shrunk(life.beta * shrink + lost) {}

  // The age `more` later.
  Age(const GompertzLifetime& life, const Age& from, double more)
      : growth(from.growth + life.b * more) {
    // Both are needed: 1 - rises would lose what is left after long.
    const double falls = std::exp(-life.b * more);
    const double rises = -std::expm1(-life.b * more);
    shrink = from.shrink * falls;
    lost = from.lost + from.shrink * rises;
    shrunk = from.shrunk * falls + rises;
  }
};

// The derivatives of ln D with respect to ln b and ln beta.
struct LogD {
  double b, beta;
  double bb, b_beta, beta_beta;
  double rest;  // growth - b

  LogD(const GompertzLifetime& life, const Age& age) {
    b = age.growth / age.shrunk;
    beta = life.beta * age.shrink / age.shrunk;
    rest = age.growth * ((life.beta - 1) * age.shrink / age.shrunk);
    bb = b + b * rest;
    b_beta = -b * beta;
    beta_beta = beta * (age.lost / age.shrunk);
  }
};

// The log-likelihood of one row is, with n = r + x and g = ln(beta / D),
//
//   ln G(n) / G(r) + r ln alpha - n ln(alpha + T) + s g(T) + ln(1 + W),
//   W = integral over (t_x, T] of exp(rho(y)),
//   rho(y) = ln hazard(y) + s (g(y) - g(T)) + n ln((alpha + T) / (alpha + y)).
//
// Gradient and Hessian of ln(1 + W) are moments of those of rho under weights exp(rho): with P =
// W / (1 + W), P E[rho'] and P (E[rho''] + Cov[rho'] + (1 - P) E[rho'] E[rho']), in which no large
// part cancels.
class RowLikelihood {
 public:
  RowLikelihood(const GgompertzNbd& model, const CustomerHistory& c)
      : k_(model.params()),
        c_(c),
        life_{k_.b, k_.s, k_.beta},
        shape_(k_.r + c.frequency),
        last_(life_, c.recency),
        end_(life_, last_, c.age - c.recency),
        at_end_(life_, end_) {}

  [[nodiscard]] math::Jet<5> operator()() const {
    math::Jet<5> result = active();
    if (c_.age > c_.recency) add_dropped(result);
    return result;
  }

 private:
  // The log-likelihood but for ln(1 + W).
  [[nodiscard]] math::Jet<5> active() const {
    const double x = c_.frequency;
    math::Jet<5> result;
    const double length = std::log1p(c_.age / k_.alpha);
    const double share = c_.age / (k_.alpha + c_.age);
    const double rises = k_.r * math::digamma_shift(k_.r, x);
    result.value = math::log_rising(k_.r, x) - shape_ * length - x * std::log(k_.alpha);
    result.gradient[R] = rises - k_.r * length;
    result.gradient[Alpha] = shape_ * share - x;
    result.second(R, R) = result.gradient[R] + k_.r * k_.r * math::trigamma_shift(k_.r, x);
    result.second(R, Alpha) = k_.r * share;
    result.second(Alpha, Alpha) = -shape_ * share * (k_.alpha / (k_.alpha + c_.age));

    const double survived = life_.log_survival(c_.age);
    result.value += survived;
    result.gradient[B] = -k_.s * at_end_.b;
    result.gradient[S] = survived;
    result.gradient[Beta] = k_.s * (end_.lost / end_.shrunk);
    result.second(B, B) = -k_.s * at_end_.bb;
    result.second(B, S) = result.gradient[B];
    result.second(B, Beta) = -k_.s * at_end_.b_beta;
    result.second(S, S) = survived;
    result.second(S, Beta) = result.gradient[Beta];
    result.second(Beta, Beta) = -k_.s * at_end_.beta_beta;
    return result;
  }

  // ln(1 + W).
  void add_dropped(math::Jet<5>& total) const {
    const GompertzLifetime left = life_.after(c_.recency);
    const double rate = k_.alpha + c_.recency;
    const double idle = c_.age - c_.recency;
    const double log_survival = left.log_survival(idle);
    const double log_time = std::log1p(idle / rate);
    // Moments are about the place where the last purchase was: W may be many times 1.
    const math::Jet<5> origin = rho_derivatives(last_, idle, -log_survival, log_time);
    double active = 1;  // chance to be active and silent still, at the last node

    math::Jet<5> sum;  // of weights, of weighted moments, and of weighted second derivatives
    math::Jet<5> bends;
    visit_panels(
        left, std::min(scale(left), rate), idle,
        [&](const GompertzLifetime& later, double u) {
          return later.hazard(0) + bend(later) + shape_ / (rate + u);
        },
        [&](double u, double weight) {
          const Age age(life_, last_, u);
          const double survival = left.log_survival(u);
          const double time = std::log1p(u / rate);
          active = std::exp(survival - shape_ * time);
          const double w = weight * (k_.b * k_.s / age.shrunk) * active;
          math::Jet<5> rho =
              rho_derivatives(age, idle - u, survival - log_survival, log_time - time);
          for (std::size_t i = 0; i < 5; ++i) rho.gradient[i] -= origin.gradient[i];
          sum.value += w;
          for (std::size_t i = 0, place = 0; i < 5; ++i) {
            sum.gradient[i] += w * rho.gradient[i];
            for (std::size_t j = i; j < 5; ++j, ++place) {
              sum.hessian[place] += w * rho.gradient[i] * rho.gradient[j];
              bends.hessian[place] += w * rho.hessian[place];
            }
          }
        },
        [&](double) { return active < negligible * sum.value; });

    // W is the sum over the chance to be active and silent at the end, which may underflow.
    const double log_w = std::log(sum.value) - log_survival + shape_ * log_time;
    const double dropped = math::complement_of_log_odds(-log_w);
    const double stayed = math::complement_of_log_odds(log_w);
    total.value += math::log1p_exp(log_w);
    const double share = 1 / sum.value;
    std::array<double, 5> moved, mean;
    for (std::size_t i = 0; i < 5; ++i) {
      moved[i] = share * sum.gradient[i];
      mean[i] = origin.gradient[i] + moved[i];
      total.gradient[i] += dropped * mean[i];
    }
    for (std::size_t i = 0, place = 0; i < 5; ++i) {
      for (std::size_t j = i; j < 5; ++j, ++place) {
        const double covariance = share * sum.hessian[place] - moved[i] * moved[j];
        total.hessian[place] +=
            dropped * (share * bends.hessian[place] + covariance + stayed * mean[i] * mean[j]);
      }
    }
  }

  // The derivatives of rho at an age `idle` before the end, with s (ln D(T) - ln D(y)) and
  // ln((alpha + T) / (alpha + y)).
  [[nodiscard]] math::Jet<5> rho_derivatives(const Age& age, double idle, double falls,
                                             double gap) const {
    const double to = 1 / (k_.alpha + c_.age);
    const double from = 1 / (k_.alpha + (c_.age - idle));
    const double slope = -k_.alpha * idle * from * to;  // of gap, with respect to ln alpha
    math::Jet<5> result;
    result.gradient[R] = result.second(R, R) = k_.r * gap;
    result.gradient[Alpha] = shape_ * slope;
    result.second(R, Alpha) = k_.r * slope;
    result.second(Alpha, Alpha) = shape_ * slope * (1 - k_.alpha * (from + to));
    // ln hazard is ln(s b) + b y - ln D(y).
    const LogD here(life_, age);
    result.gradient[B] = 1 + here.rest + k_.s * (at_end_.b - here.b);
    result.gradient[S] = 1 + falls;
    result.gradient[Beta] = -here.beta + k_.s * (at_end_.beta - here.beta);
    result.second(B, B) = here.rest - here.b * here.rest + k_.s * (at_end_.bb - here.bb);
    result.second(B, S) = k_.s * (at_end_.b - here.b);
    result.second(B, Beta) = -here.b_beta + k_.s * (at_end_.b_beta - here.b_beta);
    result.second(S, S) = falls;
    result.second(S, Beta) = k_.s * (at_end_.beta - here.beta);
    result.second(Beta, Beta) = -here.beta_beta + k_.s * (at_end_.beta_beta - here.beta_beta);
    return result;
  }

  const GgompertzNbd::Params& k_;
  const CustomerHistory& c_;
  GompertzLifetime life_;
  double shape_;
  Age last_, end_;  // at the last purchase, and at the end of observation
  LogD at_end_;
};

}  // namespace

double GgompertzNbd::log_likelihood(const CustomerHistory& c) const {
  const auto& [r, alpha, b, s, beta] = params_;
  const double x = c.frequency;
  const auto silence = future_from(c, c.recency);
  const double idle = c.age - c.recency;
  const double none = silence.none(idle);
  if (x == 0) return none > 0.5 ? std::log1p(-silence.some(idle)) : std::log(none);
  const double survived = GompertzLifetime{.b = b, .s = s, .beta = beta}.log_survival(c.recency);
  return math::log_rising(r, x) - r * std::log1p(c.recency / alpha) -
         x * std::log(alpha + c.recency) + survived + std::log(none);
}

double GgompertzNbd::log_odds_dropped(const CustomerHistory& c) const {
  const auto silence = future_from(c, c.recency);
  const auto& [shape, rate, life] = silence.params();
  const double idle = c.age - c.recency;
  return std::log(silence.lost(idle)) - life.log_survival(idle) + shape * std::log1p(idle / rate);
}

double GgompertzNbd::purchase_rate(const CustomerHistory& c) const {
  return future_from(c, c.recency).purchase_rate_after_none(c.age - c.recency);
}

double GgompertzNbd::dropout_rate(const CustomerHistory& c) const {
  return future_from(c, c.recency).hazard_after_none(c.age - c.recency);
}

math::Jet<5> row_log_likelihood(const GgompertzNbd& model, const CustomerHistory& c) {
  return RowLikelihood(model, c)();
}

math::Derivatives log_likelihood_derivatives(const GgompertzNbd& model, const Patterns& patterns,
                                             const core::Threads& threads) {
  return sum_over<5>(patterns, threads,
                     [&](const CustomerHistory& c) { return row_log_likelihood(model, c); });
}

template <>
Fit<GgompertzNbd> fit<GgompertzNbd>(const Patterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem = repeat_buying_problem<GgompertzNbd>(patterns);
  const TypicalTimes typical(patterns);
  problem.units = {1, typical.age, 1 / typical.age, 1, 1};
  // Hazards that fall a little, that grow out of nothing within the time seen, that are the same
  // for all, and that fall from a high level.
  const double alpha = typical.interval / 4;
  problem.starts = {{0.5, alpha, 0.3 / typical.age, 0.6, 0.1},
                    {0.5, alpha, 5 / typical.age, 1, 50},
                    {1, 2 * alpha, 1 / typical.age, 2, 2},
                    {0.5, alpha, 3 / typical.age, 0.3, 0.1}};
  auto result = fit_with<GgompertzNbd>(std::move(problem), patterns, options);
  if (result.status == FitStatus::not_identified && result.params.b * typical.age < 1e-3) {
    result.message += ". With b at 0 this is the Pareto/NBD: take that";
  }
  return result;
}

std::vector<double> draw_purchases(const GgompertzNbd& model, double age,
                                   math::RandomStream& stream) {
  const auto& [r, alpha, b, s, beta] = model.params();
  const double rate = math::draw_gamma(stream, r, alpha);
  const double eta = math::draw_gamma(stream, s, beta);
  // Survival of Gompertz is exp(-eta (exp(b t) - 1)).
  const double end = std::min(age, std::log1p(math::draw_exponential(stream) / eta) / b);
  std::vector<double> times;
  for (double now = 0;;) {
    now += math::draw_exponential(stream) / rate;
    if (!(now <= end)) return times;
    times.push_back(now);
  }
}

template Forecast forecast(const Fit<GgompertzNbd>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

}  // namespace rapport::clv
