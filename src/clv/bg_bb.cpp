#include <rapport/clv/bg_bb.hpp>

#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"
#include "special_values.hpp"

#include <rapport/math/special.hpp>
#include <rapport/math/summation.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

// Silences up to this long are summed term by term.
constexpr double longest_silence_summed = 1000;

void check_horizon(double m, std::string_view name) {
  if (!(m >= 0 && m <= 0x1p53 && std::floor(m) == m)) {
    core::throw_domain_error("BgBb", name, m, "a whole number of opportunities");
  }
}

// ln (a)_k / k!, for any k >= 0, without the cancellation.
double log_rising_over_factorial(double a, double k) noexcept {
  return a < 1 ? math::log_beta_shift(1 - a, a, k) : -math::log_beta_shift(a - 1, 1, k);
}

// ln of the probability of k successes in `trials` trials whose chance is Beta(a, b).
double log_beta_binomial(double a, double b, double k, double trials) noexcept {
  return log_rising_over_factorial(a, k) + log_rising_over_factorial(b, trials - k) -
         log_rising_over_factorial(a + b, trials);
}

// -- Likelihood of a base --------------------------------------------------------------------

// With D(x, t) = B(alpha + x, beta + t - x) B(gamma + 1, delta + t), the chance of buying x times
// on given opportunities up to t and dropping out right after, and A = B(alpha + x, beta + n - x)
// B(gamma, delta + n), that of still being active at n, both over B(alpha, beta) B(gamma, delta),
//
//   L = A (1 + W),  W = sum of w_t, t = t_x ... n - 1,  w_t = D(x, t) / A.
//
// Histories that share x and n share A and the w_t, each the one after it times a rational factor:
// so one walk backwards in t serves them all, and carries the derivatives of ln w_t with it. These
// fall into two blocks, for (alpha, beta) and (gamma, delta).
class SilenceSum {
 public:
  enum Parameter : std::size_t { Alpha, Beta, Gamma, Delta };

  SilenceSum(const BgBb::Params& params, double x, double n)
      : params_(params), x_(x), n_(n), t_(n) {}

  // Goes back to t = `recency`.
  void extend_to(double recency) noexcept {
    const auto& [alpha, beta, gamma, delta] = params_;
    while (t_ > recency) {
      const bool first = t_ == n_;
      t_ -= 1;
      // ln w_t - ln w_(t + 1) = ln (alpha + beta + t) / (beta + t - x)
      //                       + ln (gamma + delta + 1 + t) / (delta + t);
      // the last of them has gamma in place of gamma + delta + 1 + t.
      const double all = 1 / (alpha + beta + t_);
      const double missed = 1 / (beta + t_ - x_);
      const double stayed = 1 / (delta + t_);
      add_log_of_sum(alpha * all, beta * all);
      add_share(Beta, beta * missed, -1);
      add_share(Delta, delta * stayed, -1);
      double factor = (alpha + beta + t_) * missed * stayed;
      if (first) {
        factor *= gamma;
        log_term_.gradient[Gamma] += 1;
      } else {
        const double left = 1 / (gamma + delta + 1 + t_);
        const double g = gamma * left;
        const double d = delta * left;
        log_term_.gradient[Gamma] += g;
        log_term_.gradient[Delta] += d;
        log_term_.second(Gamma, Gamma) += g * (1 - g);
        log_term_.second(Gamma, Delta) -= g * d;
        log_term_.second(Delta, Delta) += d * (1 - d);
        factor *= gamma + delta + 1 + t_;
      }
      log_term_.value = first ? factor * one_ : log_term_.value * factor;
      add_term();
    }
  }

  // ln(1 + W) with its derivatives.
  [[nodiscard]] math::Jet<4> log1p() const noexcept {
    math::Jet<4> result;
    const double total = one_ + sum_.value;
    // Before any scaling W may be small, where ln(1 + W) wants its own function.
    result.value = one_ == 1 ? std::log1p(sum_.value) : log_scale_ + std::log(total);
    const double inverse = 1 / total;
    for (std::size_t i = 0; i < 4; ++i) result.gradient[i] = sum_.gradient[i] * inverse;
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = i; j < 4; ++j) {
        result.second(i, j) = sum_.second(i, j) * inverse - result.gradient[i] * result.gradient[j];
      }
    }
    return result;
  }

 private:
  // ln(alpha + beta + t), of which alpha and beta are the shares a and b.
  void add_log_of_sum(double a, double b) noexcept {
    log_term_.gradient[Alpha] += a;
    log_term_.gradient[Beta] += b;
    log_term_.second(Alpha, Alpha) += a * (1 - a);
    log_term_.second(Alpha, Beta) -= a * b;
    log_term_.second(Beta, Beta) += b * (1 - b);
  }

  // sign times the ln of a sum of which the parameter is that share.
  void add_share(Parameter i, double share, double sign) noexcept {
    log_term_.gradient[i] += sign * share;
    log_term_.second(i, i) += sign * share * (1 - share);
  }

  // Adds the term w_t: value w, first derivatives w l_i, second ones w (l_ij + l_i l_j).
  void add_term() noexcept {
    const double w = log_term_.value;
    sum_.value += w;
    for (std::size_t i = 0, place = 0; i < 4; ++i) {
      const double slope = w * log_term_.gradient[i];
      sum_.gradient[i] += slope;
      for (std::size_t j = i; j < 4; ++j, ++place) {
        sum_.hessian[place] += w * log_term_.hessian[place] + slope * log_term_.gradient[j];
      }
    }
    constexpr double huge = 0x1p660;
    if (sum_.value > huge) {
      sum_ *= 1 / huge;
      one_ /= huge;
      log_term_.value /= huge;
      log_scale_ += std::log(huge);
    }
  }

  BgBb::Params params_;
  double x_, n_;
  double t_;               // the terms from here on are in the sum
  math::Jet<4> log_term_;  // value w_t, derivatives those of ln w_t
  math::Jet<4> sum_;       // W, over scale
  double one_ = 1;         // 1, over scale
  double log_scale_ = 0;
};

// ln A and its derivatives.
math::Jet<4> log_active(const BgBb::Params& params, double x, double n) {
  using Jet = math::Jet<4>;
  const Jet alpha = Jet::positive(params.alpha, 0);
  const Jet beta = Jet::positive(params.beta, 1);
  const Jet gamma = Jet::positive(params.gamma, 2);
  const Jet delta = Jet::positive(params.delta, 3);
  return log_beta_shift(alpha, beta, n - x) + log_beta_shift(beta + Jet(n - x), alpha, x) +
         log_beta_shift(gamma, delta, n);
}

// The classes of a block cost about as much as a block of rows elsewhere.
constexpr std::size_t classes_per_block = 32;

}  // namespace

// -- One customer ------------------------------------------------------------------------------

double BgBb::log_odds_dropped(const OpportunityHistory& c) const noexcept {
  const double silence = c.opportunities - c.recency;
  if (!(silence > 0)) return -infinity;
  const auto& [alpha, beta, gamma, delta] = params_;
  // Dropped out i opportunities after the last purchase, relative to i = 0: terms that fall.
  const double missed = beta + (c.recency - c.frequency);
  const double stayed = delta + c.recency;
  double log_sum = 0;
  if (silence <= longest_silence_summed) {
    double term = 1;
    double sum = 1;
    for (double i = 1; i < silence; ++i) {
      term *= (missed + (i - 1)) / (alpha + beta + c.recency + (i - 1)) * (stayed + (i - 1)) /
              (gamma + stayed + i);
      sum += term;
    }
    log_sum = std::log(sum);
  } else {
    log_sum = math::log_sum_smooth(
        [&, a = alpha + c.frequency, g = gamma + 1](double i) {
          return math::log_beta_shift(a, missed, i) + math::log_beta_shift(g, stayed, i);
        },
        silence);
  }
  return std::log(gamma / (gamma + stayed)) + log_sum -
         math::log_beta_shift(alpha + c.frequency, missed, silence) -
         math::log_beta_shift(gamma, stayed, silence);
}

double BgBb::log_likelihood(const OpportunityHistory& c) const noexcept {
  const auto& [alpha, beta, gamma, delta] = params_;
  const double x = c.frequency;
  const double n = c.opportunities;
  const double active = math::log_beta_shift(alpha, beta, n - x) +
                        math::log_beta_shift(beta + (n - x), alpha, x) +
                        math::log_beta_shift(gamma, delta, n);
  const double sum = active + math::log1p_exp(log_odds_dropped(c));
  if (x > 0 || sum < -0.5 || n == 0) return sum;
  // Nobody is expected to buy: one minus the chance of a first purchase, on opportunity i + 1,
  // keeps the digits.
  const double log_bought = math::log_sum_smooth(
      [a = alpha + 1, b = beta, g = gamma, d = delta + 1](double i) {
        return math::log_beta_shift(a, b, i) + math::log_beta_shift(g, d, i);
      },
      n);
  return std::log1p(-alpha / (alpha + beta) * (delta / (gamma + delta)) * std::exp(log_bought));
}

double BgBb::log_probability_alive(const OpportunityHistory& c) const noexcept {
  return -math::log1p_exp(log_odds_dropped(c)) + lifetime(c).log_survival(1);
}

double BgBb::probability_alive(const OpportunityHistory& c, double m) const {
  check_horizon(m, "m");
  return std::exp(-math::log1p_exp(log_odds_dropped(c)) + lifetime(c).log_survival(m + 1));
}

double BgBb::probability_alive_at_end(const OpportunityHistory& c) const noexcept {
  return math::complement_of_log_odds(log_odds_dropped(c));
}

BgBb BgBb::future(const OpportunityHistory& c) const noexcept {
  const auto& [alpha, beta, gamma, delta] = params_;
  return BgBb({.alpha = alpha + c.frequency,
               .beta = beta + (c.opportunities - c.frequency),
               .gamma = gamma,
               .delta = delta + c.opportunities});
}

double BgBb::active_rate(const OpportunityHistory& c) const noexcept {
  return probability_alive_at_end(c) *
         ((params_.alpha + c.frequency) / (params_.alpha + params_.beta + c.opportunities));
}

double BgBb::expected_purchases(const OpportunityHistory& c, double m) const {
  check_horizon(m, "m");
  return active_rate(c) * lifetime(c).expected(m);
}

double BgBb::expected_purchases(const OpportunityHistory& c, double from, double to) const {
  check_horizon(from, "from");
  check_horizon(to, "to");
  if (!(from <= to)) core::throw_domain_error("BgBb", "from", from, "at most to");
  // Whoever is active `from` opportunities later has a lifetime to come of the same kind.
  const BetaGeometricLifetime later(params_.gamma, params_.delta + c.opportunities + from);
  return active_rate(c) * std::exp(lifetime(c).log_survival(from)) * later.expected(to - from);
}

double BgBb::expected_purchases(double m) const { return expected_purchases({}, m); }

double BgBb::probability_of_purchases(unsigned k, double m) const {
  check_horizon(m, "m");
  if (k > m) return 0;
  const auto& [alpha, beta, gamma, delta] = params_;
  const double active =
      log_beta_binomial(alpha, beta, k, m) + math::log_beta_shift(gamma, delta, m);
  // Or dropped out right after opportunity k + i.
  const double dropped =
      std::log(gamma / (gamma + delta)) +
      math::log_sum_smooth(
          [k, a = alpha, b = beta, g = gamma + 1, d = delta](double i) {
            return log_beta_binomial(a, b, k, k + i) + math::log_beta_shift(g, d, k + i);
          },
          m - k);
  return std::min(1.0, std::exp(math::log_sum_exp(active, dropped)));
}

double BgBb::probability_of_purchases(const OpportunityHistory& c, unsigned k, double m) const {
  const double odds = log_odds_dropped(c);
  const double bought =
      math::complement_of_log_odds(odds) * future(c).probability_of_purchases(k, m);
  return k > 0 ? bought : std::min(1.0, bought + math::complement_of_log_odds(-odds));
}

double BgBb::probability_of_no_purchase(const OpportunityHistory& c, double m) const {
  return probability_of_purchases(c, 0, m);
}

double BgBb::discounted_purchases(const OpportunityHistory& c, double m, double d) const {
  check_horizon(m, "m");
  core::check_not_negative_finite(d, "BgBb", "d");
  return active_rate(c) * lifetime(c).discounted(m, d);
}

double BgBb::discounted_purchases(const OpportunityHistory& c, double d) const {
  core::check_not_negative_finite(d, "BgBb", "d");
  return active_rate(c) * lifetime(c).discounted(d);
}

double BgBb::product_moment(const OpportunityHistory& c, double l, double m) const noexcept {
  // p^l theta^m turns the prior laws into others of their kind.
  const auto& [alpha, beta, gamma, delta] = params_;
  const BgBb tilted({.alpha = alpha + l, .beta = beta, .gamma = gamma + m, .delta = delta});
  return std::exp(math::log_beta_shift(beta, alpha, l) + math::log_beta_shift(delta, gamma, m) +
                  (tilted.log_likelihood(c) - log_likelihood(c)));
}

// -- One history with derivatives ----------------------------------------------------------------

math::Jet<4> row_log_likelihood(const BgBb& model, const OpportunityHistory& c) {
  using Jet = math::Jet<4>;
  const auto alpha = Jet::positive(model.params().alpha, 0);
  const auto beta = Jet::positive(model.params().beta, 1);
  const auto gamma = Jet::positive(model.params().gamma, 2);
  const auto delta = Jet::positive(model.params().delta, 3);
  const auto& [x, t_x, n] = c;
  const Jet active = log_rising(alpha, x) + log_rising(beta, n - x) - log_rising(alpha + beta, n) +
                     log_rising(delta, n) - log_rising(gamma + delta, n);
  Jet total = active;
  // Dropped out before opportunity t_x + i + 1: each term from the one before.
  Jet dropped = log_rising(alpha, x) + log_rising(beta, t_x - x) - log_rising(alpha + beta, t_x) +
                log(gamma) + log_rising(delta, t_x) - log_rising(gamma + delta, t_x + 1);
  for (double at = t_x; at < n; ++at) {
    total = log_sum_exp(total, dropped);
    dropped += log(beta + (at - x)) - log(alpha + beta + at) + log(delta + at) -
               log(gamma + delta + (at + 1));
  }
  total.value = model.log_likelihood(c);
  return total;
}

// -- A base --------------------------------------------------------------------------------------

math::Derivatives log_likelihood_derivatives(const BgBb& model, const OpportunityPatterns& patterns,
                                             const core::Threads& threads) {
  const auto classes = patterns.classes();
  const auto sum_classes = [&](std::size_t begin, std::size_t end) {
    math::Jet<4> total;
    for (std::size_t k = begin; k < end; ++k) {
      const auto& c = classes[k];
      total.add(c.customers, log_active(model.params(), c.frequency, c.opportunities));
      SilenceSum silence(model.params(), c.frequency, c.opportunities);
      for (std::size_t i = c.end; i-- > c.begin;) {  // recencies ascend
        silence.extend_to(patterns.recency()[i]);
        total.add(patterns.count()[i], silence.log1p());
      }
    }
    return total;
  };
  math::Jet<4> total;
  for (const auto& block :
       core::map_blocks(threads, classes.size(), classes_per_block, sum_classes)) {
    total += block;
  }
  return derivatives_of(total);
}

template <>
Fit<BgBb> fit<BgBb>(const OpportunityPatterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem;
  problem.place = "fit BG/BB";
  problem.customers = patterns.customers();
  problem.patterns = patterns.size();
  if (patterns.customers() == 0) {
    problem.too_little_data = "there are no customers";
  } else if (patterns.opportunities_in_all() == 0) {
    problem.too_little_data = "no customer has had an opportunity to buy again";
  } else if (patterns.purchases() == 0) {
    problem.too_little_data =
        "no customer has a repeat purchase: the chance to buy runs to 0, and what is lost cannot "
        "be told";
  }
  problem.value_noise =
      likelihood_rounding * (patterns.customers() + patterns.opportunities_in_all());
  problem.units = {1, 1, 1, 1};
  // While active, customers buy on some share of the opportunities up to their last purchase; they
  // are then silent for the rest, be it that they dropped out or by chance.
  const double bought = patterns.purchases();
  const double share = bought > 0 ? (bought + 1) / (patterns.active_opportunities() + 2) : 0.5;
  const auto start = [&](double weight, double gamma, double delta) {
    return std::vector<double>{weight * share, weight * (1 - share), gamma, delta};
  };
  problem.starts = {start(2, 0.5, 3),   start(0.5, 0.5, 10), start(5, 1, 3),
                    start(1, 0.1, 0.3), start(1, 20, 100),   start(20, 1, 10)};
  problem.try_all_starts = patterns.size() <= few_patterns;
  return fit_with<BgBb>(std::move(problem), patterns, options);
}

std::vector<double> draw_purchases(const BgBb& model, double opportunities,
                                   math::RandomStream& stream) {
  const auto& [alpha, beta, gamma, delta] = model.params();
  const double p = math::draw_beta(stream, alpha, beta);
  const double theta = math::draw_beta(stream, gamma, delta);
  std::vector<double> bought;
  for (double i = 1; i <= opportunities; ++i) {
    if (math::draw_uniform(stream) < theta) break;
    if (math::draw_uniform(stream) < p) bought.push_back(i);
  }
  return bought;
}

OpportunityHistory opportunity_history_at(std::span<const double> bought, double n) noexcept {
  const auto seen = std::upper_bound(bought.begin(), bought.end(), n);
  if (seen == bought.begin()) return {.frequency = 0, .recency = 0, .opportunities = n};
  return {.frequency = static_cast<double>(seen - bought.begin()),
          .recency = *(seen - 1),
          .opportunities = n};
}

template <class Model>
Forecast forecast(const Fit<Model>& fit, const Opportunities& histories, core::TimeSpan apart,
                  const ForecastOptions& options, std::span<const double> weights) {
  const double steps = whole_steps(options.horizon, apart, "forecast");
  const double d = std::expm1(options.annual_discount.continuous_per(apart.unit()) * apart.count());
  return forecast_rows(fit, histories, steps, d, options, weights);
}

template Forecast forecast(const Fit<BgBb>&, const Opportunities&, core::TimeSpan,
                           const ForecastOptions&, std::span<const double>);

}  // namespace rapport::clv
