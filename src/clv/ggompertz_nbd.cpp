#include <rapport/clv/ggompertz_nbd.hpp>

#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "lifetime_panels.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"
#include "special_values.hpp"

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

// The log-likelihood of one row is, with n = r + x and D as above,
//
//   ln G(n) / G(r) + ln(e^A(T) + integral over (t_x, T] of hazard(y) e^A(y) dy),
//   A(y) = r ln alpha - n ln(alpha + y) + s ln(beta / D(y)),
//   hazard(y) = s b e^(b y) / D(y):
//
// the customer is active still, or has dropped out at y. Its gradient and Hessian are moments, over
// these two, of those of the logs of what is added up. With P the chance to have dropped out, and
// means and covariances over y, the Hessian is
//
//   (1 - P) A'' + P (E[h''] + Cov[h']) + P (1 - P) (E[h'] - A')^2,  h = ln(hazard(y) e^A(y)),
//
// in which no large part cancels, whatever P is.
class RowLikelihood {
 public:
  enum Parameter : std::size_t { R, Alpha, B, S, Beta };

  RowLikelihood(const GgompertzNbd& model, const CustomerHistory& c)
      : k_(model.params()),
        c_(c),
        life_{k_.b, k_.s, k_.beta},
        shape_(k_.r + c.frequency),
        last_(life_, c.recency),
        log_last_(life_.log_survival(c.recency)),
        time_last_(std::log1p(c.recency / k_.alpha)) {}

  [[nodiscard]] math::Jet<5> operator()() const {
    const double idle = c_.age - c_.recency;
    const double rate = k_.alpha + c_.recency;
    const GompertzLifetime left = life_.after(c_.recency);
    const double survival = left.log_survival(idle);
    const double time = std::log1p(idle / rate);
    const Age end(life_, last_, idle);
    math::Jet<5> result = active_until(end, LogD(life_, end), c_.age, survival, time);
    if (idle > 0) add_dropped(result, left, idle, survival - shape_ * time);

    const double x = c_.frequency;
    const double rises = k_.r * math::digamma_shift(k_.r, x);
    result.value += math::log_rising(k_.r, x) - x * std::log(k_.alpha);
    result.gradient[R] += rises;
    result.second(R, R) += rises + k_.r * k_.r * math::trigamma_shift(k_.r, x);
    result.gradient[Alpha] -= x;
    return result;
  }

 private:
  // A(y) but for -x ln alpha, from the logs of survival and of (alpha + y) since the last purchase.
  [[nodiscard]] math::Jet<5> active_until(const Age& age, const LogD& d, double y, double survival,
                                          double time) const {
    math::Jet<5> result;
    const double log_survival = log_last_ + survival;
    const double length = time_last_ + time;
    const double share = y / (k_.alpha + y);
    result.value = log_survival - shape_ * length;
    result.gradient[R] = result.second(R, R) = -k_.r * length;
    result.gradient[Alpha] = shape_ * share;
    result.second(R, Alpha) = k_.r * share;
    result.second(Alpha, Alpha) = -shape_ * share * (k_.alpha / (k_.alpha + y));
    result.gradient[B] = result.second(B, S) = -k_.s * d.b;
    result.gradient[S] = result.second(S, S) = log_survival;
    result.gradient[Beta] = result.second(S, Beta) = k_.s * (age.lost / age.shrunk);
    result.second(B, B) = -k_.s * d.bb;
    result.second(B, Beta) = -k_.s * d.b_beta;
    result.second(Beta, Beta) = -k_.s * d.beta_beta;
    return result;
  }

  // The derivatives of h at y: those of ln hazard = ln(s b) + b y - ln D more.
  [[nodiscard]] math::Jet<5> dropped_at(const Age& age, double y, double survival,
                                        double time) const {
    const LogD d(life_, age);
    math::Jet<5> result = active_until(age, d, y, survival, time);
    result.gradient[B] += 1 + d.rest;
    result.gradient[S] += 1;
    result.gradient[Beta] -= d.beta;
    result.second(B, B) += d.rest - d.b * d.rest;
    result.second(B, Beta) -= d.b_beta;
    result.second(Beta, Beta) -= d.beta_beta;
    return result;
  }

  // From A(T) to the log of the sum; `log_silent` is A(T) - A(t_x).
  void add_dropped(math::Jet<5>& total, const GompertzLifetime& left, double idle,
                   double log_silent) const {
    const double rate = k_.alpha + c_.recency;
    // Moments are about where the last purchase was.
    const math::Jet<5> origin = dropped_at(last_, c_.recency, 0, 0);
    double active = 1;  // e^(A(y) - A(t_x)) at the last node

    math::Jet<5> sum;    // of weights, of weighted moments,
    math::Jet<5> bends;  // and of weighted second derivatives
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
          math::Jet<5> h = dropped_at(age, c_.recency + u, survival, time);
          for (std::size_t i = 0; i < 5; ++i) h.gradient[i] -= origin.gradient[i];
          sum.value += w;
          for (std::size_t i = 0, place = 0; i < 5; ++i) {
            sum.gradient[i] += w * h.gradient[i];
            for (std::size_t j = i; j < 5; ++j, ++place) {
              sum.hessian[place] += w * h.gradient[i] * h.gradient[j];
              bends.hessian[place] += w * h.hessian[place];
            }
          }
        },
        [&](double) { return active < negligible * sum.value; });

    const double log_odds = std::log(sum.value) - log_silent;
    const double dropped = math::complement_of_log_odds(-log_odds);
    const double stayed = math::complement_of_log_odds(log_odds);
    const double share = 1 / sum.value;
    std::array<double, 5> moved, apart;
    total.value += math::log1p_exp(log_odds);
    for (std::size_t i = 0; i < 5; ++i) {
      moved[i] = share * sum.gradient[i];
      apart[i] = origin.gradient[i] - total.gradient[i] + moved[i];
      total.gradient[i] = stayed * total.gradient[i] + dropped * (origin.gradient[i] + moved[i]);
    }
    for (std::size_t i = 0, place = 0; i < 5; ++i) {
      for (std::size_t j = i; j < 5; ++j, ++place) {
        const double covariance = share * sum.hessian[place] - moved[i] * moved[j];
        total.hessian[place] =
            stayed * total.hessian[place] +
            dropped * (share * bends.hessian[place] + covariance + stayed * apart[i] * apart[j]);
      }
    }
  }

  const GgompertzNbd::Params& k_;
  const CustomerHistory& c_;
  GompertzLifetime life_;
  double shape_;
  Age last_;                     // at the last purchase,
  double log_last_, time_last_;  // and the logs of survival and of 1 + t_x / alpha there
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
