#include <rapport/clv/pareto_nbd.hpp>

#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "pareto_parameters.hpp"
#include "power_integral.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"

#include <rapport/math/detail/elementary.hpp>
#include <rapport/math/detail/wide.hpp>
#include <rapport/math/jet.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace rapport::clv {
namespace {

using ParetoJet = math::Jet<4>;

// How the chance that a customer is lost by then is summed up. With W the odds of having dropped
// out, the likelihood of a history is
//
//   G(r + x) / G(r) alpha^r (alpha + T)^-(r + x) (beta / (beta + T))^s (1 + W),
//   W = s integral over u in [t_x, T] of
//         ((alpha + T) / (alpha + u))^(r + x) ((beta + T) / (beta + u))^s / (beta + u) du:
//
// u is the time at which the customer dropped out. W may overflow; its logarithm does not.
struct Dropout {
  Dropout(const ParetoNbd::Params& p, const CustomerHistory& c) noexcept
      : events(p.r + c.frequency),
        alpha_gap(std::log1p((c.age - c.recency) / (p.alpha + c.recency))),
        beta_gap(std::log1p((c.age - c.recency) / (p.beta + c.recency))),
        integral(p.alpha, events, p.beta, p.s + 1, c.recency, c.age - c.recency),
        length(integral.alpha_is_smaller() ? alpha_gap : beta_gap) {}

  // ln W, given J of the integral.
  [[nodiscard]] double log_odds(const ParetoNbd::Params& p, const CustomerHistory& c,
                                double j) const noexcept {
    return events * alpha_gap + p.s * beta_gap +
           std::log(p.s * integral.scale() / (p.beta + c.recency) * j);
  }

  double events;               // r + x
  double alpha_gap, beta_gap;  // ln((alpha + T) / (alpha + t_x)), and of beta
  PowerIntegral integral;
  double length;
};

// Without repeat purchases the likelihood is 1 - Q, with Q the chance of at least one: precise
// where the sum over W is a difference of large parts.
//
//   Q = r integral over u in [0, T] of (alpha / (alpha + u))^r (beta / (beta + u))^s / (alpha + u)
//   du
PowerIntegral first_purchase(const ParetoNbd::Params& p, double age) noexcept {
  return {p.alpha, p.r + 1, p.beta, p.s, 0, age};
}

// Means of functions of u under the weights of a PowerIntegral, and their products, with
//
//   e = ln((alpha + u) / (alpha + low)),  h = (u - low) / (alpha + u)
//
// and the same for beta. All start at 0 at u = low, around which steep integrands have their
// weight, so that variances do not cancel.
struct Moments {
  enum Function : std::size_t { LogAlpha, LogBeta, ShareAlpha, ShareBeta };

  double integral = 0;  // J
  std::array<double, 4> mean{};
  std::array<double, 10> product{};

  [[nodiscard]] double& mean_product(std::size_t i, std::size_t j) noexcept {
    return product[i * 4 - i * (i + 1) / 2 + j];
  }
  [[nodiscard]] double covariance(std::size_t i, std::size_t j) noexcept {
    return mean_product(i, j) - mean[i] * mean[j];
  }

  Moments(const PowerIntegral& power, double length) noexcept {
    const std::size_t own = power.alpha_is_smaller() ? 0 : 1;
    power.visit(length, [&](const PanelNodes& nodes, double v_before, double log_g_before) {
      for (std::size_t n = 0; n < nodes.size; ++n) {
        const double v = v_before + nodes.v[n];
        const double log_g = log_g_before + nodes.log_g[n];
        std::array<double, 4> f{};
        f[LogAlpha + own] = v;
        f[LogBeta - own] = log_g;
        f[ShareAlpha + own] = -std::expm1(-v);
        f[ShareBeta - own] = -std::expm1(-log_g);
        integral += nodes.weight[n];
        for (std::size_t i = 0, place = 0; i < 4; ++i) {
          const double weighted = nodes.weight[n] * f[i];
          mean[i] += weighted;
          for (std::size_t j = i; j < 4; ++j, ++place) product[place] += weighted * f[j];
        }
      }
      return integral;
    });
    if (!(integral > 0)) return;
    for (double& m : mean) m /= integral;
    for (double& p : product) p /= integral;
  }
};

// A log of a mixture of exp(psi) over u: its gradient is the mean of psi's, its Hessian the mean of
// psi's and the covariance of the gradient. `gradient` holds the part of psi's that is the same for
// all u, `moves` what multiplies the four functions of u: r's and s's gradients move with the logs,
// alpha's and beta's with the shares.
ParetoJet log_mixture(double value, const std::array<double, 4>& gradient,
                      const std::array<double, 4>& moves, Moments& m) noexcept {
  constexpr std::size_t function_of[4] = {Moments::LogAlpha, Moments::ShareAlpha, Moments::LogBeta,
                                          Moments::ShareBeta};
  ParetoJet result(value);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t f = function_of[i];
    result.gradient[i] = gradient[i] + moves[i] * m.mean[f];
    for (std::size_t j = i; j < 4; ++j) {
      const std::size_t g = function_of[j];
      result.second(i, j) = moves[i] * moves[j] * m.covariance(std::min(f, g), std::max(f, g));
    }
  }
  return result;
}

// The mean of (1 - share) share of alpha / (alpha + u), where alpha / (alpha + u) = a (1 - h).
double mean_variance(double a, double h, double h_squared) noexcept {
  return a * (1 - h) - a * a * (1 - 2 * h + h_squared);
}

// ln W with its derivatives.
ParetoJet log_odds_jet(const ParetoNbd::Params& p, const CustomerHistory& c) noexcept {
  const Dropout dropout(p, c);
  Moments m(dropout.integral, dropout.length);
  const double idle = c.age - c.recency;
  const double a = p.alpha / (p.alpha + c.recency);
  const double b = p.beta / (p.beta + c.recency);
  const double a_end = p.alpha / (p.alpha + c.age);
  const double b_end = p.beta / (p.beta + c.age);
  const double events = dropout.events;
  // psi = ln s + (r + x) ln((alpha + T) / (alpha + u)) + s ln((beta + T) / (beta + u))
  //       - ln(beta + u)
  ParetoJet result =
      log_mixture(dropout.log_odds(p, c, m.integral),
                  {p.r * dropout.alpha_gap, -events * a * (idle / (p.alpha + c.age)),
                   1 + p.s * dropout.beta_gap, -p.s * b * (idle / (p.beta + c.age)) - b},
                  {-p.r, events * a, -p.s, (p.s + 1) * b}, m);
  const double h_alpha = m.mean[Moments::ShareAlpha];
  const double h_beta = m.mean[Moments::ShareBeta];
  result.second(R, R) += result.gradient[R];
  result.second(R, Alpha) += p.r / events * result.gradient[Alpha];
  result.second(Alpha, Alpha) +=
      events *
      (a_end * (1 - a_end) -
       mean_variance(a, h_alpha, m.mean_product(Moments::ShareAlpha, Moments::ShareAlpha)));
  result.second(S, S) += result.gradient[S] - 1;
  result.second(S, Beta) += p.s * (b_end - b * (1 - h_beta));
  result.second(Beta, Beta) +=
      p.s * b_end * (1 - b_end) -
      (p.s + 1) * mean_variance(b, h_beta, m.mean_product(Moments::ShareBeta, Moments::ShareBeta));
  return result;
}

// ln Q with its derivatives.
ParetoJet log_first_purchase_jet(const ParetoNbd::Params& p, double age) noexcept {
  const PowerIntegral power = first_purchase(p, age);
  const double length = std::log1p(age / std::min(p.alpha, p.beta));
  Moments m(power, length);
  // psi = ln r + r ln(alpha / (alpha + u)) + s ln(beta / (beta + u)) - ln(alpha + u)
  ParetoJet result = log_mixture(std::log(p.r * power.scale() / p.alpha * m.integral),
                                 {1, -1, 0, 0}, {-p.r, p.r + 1, -p.s, p.s}, m);
  const double h_alpha = m.mean[Moments::ShareAlpha];
  const double h_beta = m.mean[Moments::ShareBeta];
  result.second(R, R) += result.gradient[R] - 1;
  result.second(R, Alpha) += p.r * h_alpha;
  result.second(Alpha, Alpha) -=
      (p.r + 1) *
      mean_variance(1, h_alpha, m.mean_product(Moments::ShareAlpha, Moments::ShareAlpha));
  result.second(S, S) += result.gradient[S];
  result.second(S, Beta) += p.s * h_beta;
  result.second(Beta, Beta) -=
      p.s * mean_variance(1, h_beta, m.mean_product(Moments::ShareBeta, Moments::ShareBeta));
  return result;
}

// What a history without repeat purchases is computed by. 1 - Q needs Q below 1/2 or so; it is so
// where even without dropping out a purchase is no more likely than that, or where the other form
// proves to cancel.
bool likely_silent(const ParetoNbd::Params& p, const CustomerHistory& c) noexcept {
  return c.frequency == 0 && p.r * c.age <= 0.69 * p.alpha;
}
bool cancels(double exposure, double log_likelihood) noexcept {
  return log_likelihood > -0.1 * exposure && log_likelihood > -0.69;
}

double log_silence(const ParetoNbd::Params& p, double age) noexcept {
  const PowerIntegral power = first_purchase(p, age);
  const double length = std::log1p(age / std::min(p.alpha, p.beta));
  return std::log1p(-p.r * power.scale() / p.alpha * power(length));
}

// The log-likelihood but for ln G(r + x) / G(r), which depends on r and x alone.
ParetoJet row_without_purchases(const ParetoNbd::Params& p, const CustomerHistory& c) noexcept {
  const auto silence = [&] {
    const ParetoJet log_q = log_first_purchase_jet(p, c.age);
    return log1p(-exp(log_q));
  };
  if (likely_silent(p, c)) return silence();
  const double log_alpha = std::log1p(c.age / p.alpha);
  const double log_beta = std::log1p(c.age / p.beta);
  const double share_alpha = c.age / (p.alpha + c.age);
  const double share_beta = c.age / (p.beta + c.age);
  const double events = p.r + c.frequency;
  ParetoJet result(-p.r * log_alpha - c.frequency * std::log(p.alpha + c.age) - p.s * log_beta);
  result.gradient[R] = result.second(R, R) = -p.r * log_alpha;
  result.gradient[Alpha] = p.r * share_alpha - c.frequency * (1 - share_alpha);
  result.second(R, Alpha) = p.r * share_alpha;
  result.second(Alpha, Alpha) = -events * share_alpha * (1 - share_alpha);
  result.gradient[S] = result.second(S, S) = -p.s * log_beta;
  result.gradient[Beta] = result.second(S, Beta) = p.s * share_beta;
  result.second(Beta, Beta) = -p.s * share_beta * (1 - share_beta);
  if (c.recency < c.age) result += log1p_exp(log_odds_jet(p, c));
  if (c.frequency == 0 && cancels(p.r * log_alpha + p.s * log_beta, result.value)) {
    return silence();
  }
  return result;
}

// Log-likelihoods of many customers with repeat purchases, in arrays: the steps of Dropout for all
// of them, one after the other, in loops without branches.
struct Rows {
  static constexpr std::size_t most = 256;

  std::size_t size = 0;
  double frequency[most], recency[most], age[most];
  double without_dropout[most];  // what ln(1 + W) is to be added to
  double length[most], fall[most], rate[most], power[most], share[most];
  double log_factor[most], factor[most];  // W = factor exp(log_factor) J
  double j[most];
  double log_likelihood[most];
};

template <bool alpha_is_smaller>
[[gnu::always_inline]] inline void prepare_for(Rows& rows, const ParetoNbd::Params& p) noexcept {
  const auto [r, alpha, s, beta] = p;
  const double smaller = alpha_is_smaller ? alpha : beta;
  const double larger = alpha_is_smaller ? beta : alpha;
  const double log_alpha = std::log(alpha);
  for (std::size_t i = 0; i < rows.size; ++i) {
    const double x = rows.frequency[i];
    const double events = r + x;
    const double age = rows.age[i];
    const double low = rows.recency[i];
    const double idle = age - low;
    rows.without_dropout[i] = -events * math::log1p_moderate(age / alpha) - x * log_alpha -
                              s * math::log1p_moderate(age / beta);
    const double smaller_gap = math::log1p_moderate(idle / (smaller + low));
    const double larger_gap = math::log1p_moderate(idle / (larger + low));
    const double share = (smaller + low) / (larger + low);
    const double end_share = (smaller + age) / (larger + age);
    const double rate = alpha_is_smaller ? events - 1 : s;
    const double power = alpha_is_smaller ? s + 1 : events;
    rows.log_factor[i] = alpha_is_smaller ? events * smaller_gap + s * larger_gap
                                          : s * smaller_gap + events * larger_gap;
    rows.factor[i] = alpha_is_smaller ? s * share : s;  // s (c + t_x) / (beta + t_x)
    rows.length[i] = smaller_gap;
    rows.rate[i] = rate;
    rows.power[i] = power;
    rows.share[i] = share;
    rows.fall[i] = smaller_gap * (std::abs(rate) + power * end_share);
  }
}

RAPPORT_WIDE void prepare(Rows& rows, const ParetoNbd::Params& p) noexcept {
  if (p.alpha <= p.beta) return prepare_for<true>(rows, p);
  prepare_for<false>(rows, p);
}

RAPPORT_WIDE void finish(Rows& rows) noexcept {
  for (std::size_t i = 0; i < rows.size; ++i) {
    const double odds = rows.factor[i] * rows.j[i] * math::exp_moderate(rows.log_factor[i]);
    rows.log_likelihood[i] = rows.without_dropout[i] + math::log1p_moderate(odds);
  }
}

// All but ln G(r + x) / G(r).
void evaluate(Rows& rows, const ParetoNbd& model) noexcept {
  prepare(rows, model.params());
  // Customers of one rule go together; those who need several panels, or whose W might overflow, go
  // alone.
  PowerIntegrals together{};
  std::array<std::size_t, PowerIntegrals::most> rows_of{};
  std::array<std::size_t, Rows::most> rule_of{};
  for (std::size_t i = 0; i < rows.size; ++i) {
    const bool fits = rows.log_factor[i] <= 600;
    rule_of[i] = fits ? single_rule(rows.fall[i], rows.length[i]) : 0;
    rows.j[i] = 0;
    if (!fits) rows.log_factor[i] = 0;
  }
  for (const std::size_t rule : {6U, 8U, 10U, 12U, 16U}) {
    std::size_t size = 0;
    const auto flush = [&] {
      if (size == 0) return;
      integrate(together, rule);
      for (std::size_t k = 0; k < size; ++k) rows.j[rows_of[k]] = together.result[k];
      size = 0;
    };
    for (std::size_t i = 0; i < rows.size; ++i) {
      if (rule_of[i] != rule) continue;
      rows_of[size] = i;
      together.length[size] = rows.length[i];
      together.rate[size] = rows.rate[i];
      together.power[size] = rows.power[i];
      together.share[size] = rows.share[i];
      if (++size == PowerIntegrals::most) flush();
    }
    flush();
  }
  finish(rows);
  for (std::size_t i = 0; i < rows.size; ++i) {
    if (rule_of[i] != 0) continue;
    const CustomerHistory c{rows.frequency[i], rows.recency[i], rows.age[i]};
    rows.log_likelihood[i] = rows.without_dropout[i] + math::log1p_exp(model.log_odds_dropped(c));
  }
}

ParetoJet log_rising_jet(double r, double x) noexcept {
  return log_rising(ParetoJet::positive(r, R), x);
}

}  // namespace

double ParetoNbd::log_odds_dropped(const CustomerHistory& c) const noexcept {
  if (!(c.recency < c.age)) return -std::numeric_limits<double>::infinity();
  const Dropout dropout(params_, c);
  return dropout.log_odds(params_, c, dropout.integral(dropout.length));
}

double ParetoNbd::log_likelihood(const CustomerHistory& c) const noexcept {
  const auto& [r, alpha, s, beta] = params_;
  if (likely_silent(params_, c)) return log_silence(params_, c.age);
  const double x = c.frequency;
  const double exposure = r * std::log1p(c.age / alpha) + s * std::log1p(c.age / beta);
  const double result = math::log_rising(r, x) - x * std::log(alpha + c.age) - exposure +
                        math::log1p_exp(log_odds_dropped(c));
  if (x == 0 && cancels(exposure, result)) return log_silence(params_, c.age);
  return result;
}

double ParetoNbd::purchase_rate(const CustomerHistory& c) const noexcept {
  const auto& [r, alpha, s, beta] = params_;
  const double events = r + c.frequency;
  const double if_active = events / (alpha + c.age);
  if (!(c.recency < c.age)) return if_active;
  const Dropout dropout(params_, c);
  const Moments m(dropout.integral, dropout.length);
  const double log_odds = dropout.log_odds(params_, c, m.integral);
  const double if_dropped = events / (alpha + c.recency) * (1 - m.mean[Moments::ShareAlpha]);
  return math::complement_of_log_odds(log_odds) * if_active +
         math::complement_of_log_odds(-log_odds) * if_dropped;
}

double ParetoNbd::dropout_rate(const CustomerHistory& c) const noexcept {
  const auto& [r, alpha, s, beta] = params_;
  const double if_active = s / (beta + c.age);
  if (!(c.recency < c.age)) return if_active;
  const Dropout dropout(params_, c);
  const Moments m(dropout.integral, dropout.length);
  const double log_odds = dropout.log_odds(params_, c, m.integral);
  const double if_dropped = (s + 1) / (beta + c.recency) * (1 - m.mean[Moments::ShareBeta]);
  return math::complement_of_log_odds(log_odds) * if_active +
         math::complement_of_log_odds(-log_odds) * if_dropped;
}

math::Jet<4> row_log_likelihood(const ParetoNbd& model, const CustomerHistory& c) {
  return log_rising_jet(model.params().r, c.frequency) + row_without_purchases(model.params(), c);
}

double log_likelihood(const ParetoNbd& model, const Patterns& patterns,
                      const core::Threads& threads) {
  double total = 0;
  for (const auto& c : patterns.by_frequency()) {
    total += c.customers * math::log_rising(model.params().r, c.frequency);
  }
  const auto sums = core::map_blocks(
      threads, patterns.size(), likelihood_grain, [&](std::size_t begin, std::size_t end) {
        double sum = 0;
        // Without repeat purchases there are few, one an age.
        for (; begin < end && patterns.frequency()[begin] == 0; ++begin) {
          sum += patterns.count()[begin] * model.log_likelihood(patterns[begin]);
        }
        Rows rows;
        for (; begin < end; begin += rows.size) {
          rows.size = std::min(Rows::most, end - begin);
          std::copy_n(&patterns.frequency()[begin], rows.size, rows.frequency);
          std::copy_n(&patterns.recency()[begin], rows.size, rows.recency);
          std::copy_n(&patterns.age()[begin], rows.size, rows.age);
          evaluate(rows, model);
          for (std::size_t i = 0; i < rows.size; ++i) {
            sum += patterns.count()[begin + i] * rows.log_likelihood[i];
          }
        }
        return sum;
      });
  for (const double sum : sums) total += sum;
  return total;
}

math::Derivatives log_likelihood_derivatives(const ParetoNbd& model, const Patterns& patterns,
                                             const core::Threads& threads) {
  const ParetoNbd::Params& p = model.params();
  ParetoJet total;
  for (const auto& c : patterns.by_frequency()) {
    total.add(c.customers, log_rising_jet(p.r, c.frequency));
  }
  total += sum_blocks<4>(threads, patterns.size(), [&](std::size_t begin, std::size_t end) {
    ParetoJet block;
    for (std::size_t i = begin; i < end; ++i) {
      block.add(patterns.count()[i],
                row_without_purchases(
                    p, {patterns.frequency()[i], patterns.recency()[i], patterns.age()[i]}));
    }
    return block;
  });
  return derivatives_of(total);
}

template <>
Fit<ParetoNbd> fit<ParetoNbd>(const Patterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem = repeat_buying_problem<ParetoNbd>(patterns);
  const TypicalTimes typical(patterns);
  problem.units = {1, typical.age, 1, typical.age};
  // Purchase rates around the observed mean, or above it since customers who dropped out had less
  // time; lifetimes of the order of the ages, spread widely or hardly at all.
  problem.starts = {{0.6, typical.interval / 2, 0.6, typical.age / 3},
                    {2, typical.interval, 1, typical.age},
                    {1, typical.interval / 4, 0.3, typical.age / 20},
                    {0.5, typical.interval / 4, 10, typical.age * 30},
                    {10, typical.interval * 8, 0.5, typical.age / 5}};
  return fit_with<ParetoNbd>(std::move(problem), patterns, options);
}

std::vector<double> draw_purchases(const ParetoNbd& model, double age, math::RandomStream& stream) {
  const auto& [r, alpha, s, beta] = model.params();
  const double rate = math::draw_gamma(stream, r, alpha);
  const double end =
      std::min(age, math::draw_exponential(stream) / math::draw_gamma(stream, s, beta));
  std::vector<double> times;
  for (double now = math::draw_exponential(stream) / rate; now < end;
       now += math::draw_exponential(stream) / rate) {
    times.push_back(now);
  }
  return times;
}

template Forecast forecast(const Fit<ParetoNbd>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

}  // namespace rapport::clv
