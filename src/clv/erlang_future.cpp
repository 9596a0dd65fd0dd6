#include "erlang_stages.hpp"
#include "special_values.hpp"

#include <rapport/clv/beta_geometric_future.hpp>
#include <rapport/clv/erlang_future.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>
#include <rapport/math/quadrature.hpp>
#include <rapport/math/special.hpp>

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace rapport::clv {
namespace {

constexpr const char* erlang_future_place = "ErlangFuture";

// The sums over i < n of (b)_i / (a + b)_i weight^i: with weight 1 the mean number of purchases of
// a customer who would make n but for dropping out.
class CappedPurchases {
 public:
  CappedPurchases(double a, double b, double weight = 1) : a_(a), b_(b), weight_(weight) {}

  double operator()(std::size_t n) {
    while (sums_.size() <= n) {
      sums_.push_back(sums_.back() + term_);
      const double i = static_cast<double>(sums_.size()) - 2;
      term_ *= weight_ * (b_ + i) / (a_ + b_ + i);
    }
    return sums_[n];
  }

 private:
  double a_, b_, weight_;
  double term_ = 1;
  std::vector<double> sums_{0};
};

// The mean of value(n) over n = 0, 1, ..., where up(n) = P(n + 1) / P(n) falls with n and `mode` is
// where it passes 1. Probabilities are taken relative to the mode's and divided by their sum:
// nothing underflows. value >= 0 grows no faster than n does.
template <class Up, class Value>
double mean_from_mode(double mode, const Up& up, Value&& value) {
  double total = 0;
  double sum = 0;
  double probability = 1;
  for (double n = mode;; ++n) {
    const double term = probability * value(n);
    total += probability;
    sum += term;
    const double ratio = up(n);
    const double next = ratio * (n + 2) / (n + 1);
    probability *= ratio;
    // What is left is below a geometric series of `next`.
    if (!(probability > 0) ||
        (next < 1 && sum > 0 && term > 0 && term * next < negligible * sum * (1 - next) &&
         probability < negligible * total * (1 - next))) {
      break;
    }
  }
  probability = 1;
  for (double n = mode; n > 0; --n) {
    probability /= up(n - 1);
    const double term = probability * value(n - 1);
    total += probability;
    sum += term;
    if (probability * n < negligible * total && term * n < negligible * sum) break;
  }
  return sum / total;
}

// 1 / n for n = 1, 2, ...: a sum of many terms goes by them more than once.
class Reciprocals {
 public:
  /// The first n of them: element i is 1 / (i + 1).
  const double* first(std::size_t n) {
    while (values_.size() < n) values_.push_back(1 / (static_cast<double>(values_.size()) + 1));
    return values_.data();
  }

 private:
  std::vector<double> values_;
};

// Sums that begin with exp(-least_lost_exponent) or more lose nothing by beginning at 0.
constexpr double least_lost_exponent = 600;

// As below, by all stages from the first one on: at each number v the probabilities of all phases
// move up together.
template <class Value>
double mean_from_first_stage(const ErlangFuture::Params& p, const std::vector<double>& phases,
                             double odds, Value&& value) {
  const double y = odds / (1 + odds);
  const std::size_t k = phases.size();
  Reciprocals reciprocals;
  // Element i: of v stages, of which k - 1 - i had been passed before now.
  std::vector<double> at(k);
  double start = std::exp(-p.shape * std::log1p(odds));
  double sum = 0;
  for (std::size_t v = 0;; ++v) {
    if (v < k) {
      at[k - 1 - v] = phases[v] * start;
      start /= 1 + odds;
    }
    double probability = 0;
    for (const double each : at) probability += each;
    const double stages = static_cast<double>(v);
    const double term = probability * value(stages);
    sum += term;
    const double up = y * (p.shape + stages);
    if (v >= k) {
      // Purchases grow by less than one in v / k.
      const double next =
          up / (stages + 2 - static_cast<double>(k)) * (1 + static_cast<double>(k) / stages);
      if (!(probability > 0) || (next < 1 && term > 0 && probability < negligible * (1 - next) &&
                                 term * next < negligible * sum * (1 - next))) {
        return sum;
      }
    }
    const std::size_t reached = std::min(v + 1, k);
    // Those of phase j move up by up / (v + 1 - j).
    const double* inverse = reciprocals.first(v + 1) + (v + 1 - reached);
    for (std::size_t i = 0; i < reached; ++i) at[k - reached + i] *= up * inverse[i];
  }
}

// The mean of value(v) over the number v of stages from the last purchase to time t from now.
template <class Value>
double mean_over_stages(const ErlangFuture& future, double t, Value&& value) {
  const ErlangFuture::Params& p = future.params();
  const double now = p.rate + p.idle;
  const double y = t / (now + t);
  const std::vector<double> phases = future.phases();
  if ((p.shape + p.k) * std::log1p(t / now) < least_lost_exponent) {
    return mean_from_first_stage(p, phases, t / now, value);
  }
  double sum = 0;
  for (std::size_t j = 0; j < phases.size(); ++j) {
    if (phases[j] == 0) continue;
    const double first = static_cast<double>(j);
    const double shape = p.shape + first;
    const double mode = std::floor(std::max(shape - 1, 0.0) * (t / now));
    sum += phases[j] * mean_from_mode(
                           mode, [&](double n) { return y * (shape + n) / (n + 1); },
                           [&](double n) { return value(first + n); });
  }
  return sum;
}

std::size_t purchases_in(double stages, unsigned k) noexcept {
  return static_cast<std::size_t>(stages / k);
}

double survival(const ErlangFuture::Params& p, double purchases) noexcept {
  return std::exp(math::log_beta_shift(p.a, p.b, purchases));
}

// -- With discounting ------------------------------------------------------------------------

// The mean of f(lambda) over lambda ~ Gamma(shape, rate) by the trapezoidal rule in ln lambda,
// which converges exponentially: f is analytic where lambda has a positive real part, and varies no
// more than a gamma density of shape `like` does. f falls with lambda no faster than it lets
// lambda^shape f grow.
template <class F>
double gamma_mean(double shape, double rate, double like, F&& f) {
  const double step = 0.6 / std::sqrt(like + 9);
  const double centre = std::log(shape / rate);
  double total = 0;
  double sum = 0;
  const auto take = [&](double i) {
    const double v = i * step;
    // The density of ln lambda relative to its mode: e^v - 1 - v without cancellation near 0.
    const double weight = std::exp(-shape * (std::expm1(v) - v));
    const double term = weight * f(std::exp(centre + v));
    total += weight;
    sum += term;
    return term <= negligible * sum && weight <= negligible * total;
  };
  for (double i = 0; !take(i); ++i) {
  }
  for (double i = -1; !take(i); --i) {
  }
  return sum / total;
}

// Each element (pace idle)^j / j! / (pace now)^k: what j stages since the last purchase count,
// where stages and discounting together come at that pace.
void weigh_phases(const ErlangFuture::Params& p, double pace,
                  std::vector<double>& weights) noexcept {
  double weight = std::pow(pace * (p.rate + p.idle), -static_cast<double>(p.k));
  for (std::size_t j = 0; j < weights.size(); ++j) {
    weights[j] = weight;
    weight *= p.idle * pace / (static_cast<double>(j) + 1);
  }
}

// The discounted purchases within t of a customer whose stages come at rate lambda, times what
// phases weigh. With events of mean y = (lambda + delta) t, of which n come,
//
//   sum over n of Poisson(n; y) sum over j of weight_j U(floor((n + j) / k)),
//   U(n) = sum over i < n of (b)_i / (a + b)_i (lambda / (lambda + delta))^(k i).
class PacedPurchases {
 public:
  PacedPurchases(const ErlangFuture::Params& params, double t, double delta)
      : params_(params), t_(t), delta_(delta), weights_(params.k), tails_(params.k + 1) {}

  double operator()(double lambda) {
    const double pace = lambda + delta_;
    weigh_phases(params_, pace, weights_);
    // Element j: of the phases from j on.
    for (std::size_t j = weights_.size(); j-- > 0;) tails_[j] = tails_[j + 1] + weights_[j];
    const double fade = std::exp(-(params_.k * std::log1p(delta_ / lambda)));
    const double y = pace * t_;
    return y < least_lost_exponent ? from_none(y, fade) : from_mode(y, fade);
  }

 private:
  double from_none(double y, double fade) {
    const std::size_t k = weights_.size();
    double probability = std::exp(-y);
    double purchases = 0;  // U
    double step = 1;       // what the next one adds to it
    double sum = 0;
    for (std::size_t n = 0, bought = 0;; ++bought) {
      const double* inverse = reciprocals_.first(n + k) + n;
      double term = 0;
      for (std::size_t i = 0; i < k; ++i) {
        // Phases from k - i on reach one more purchase.
        term = probability * (purchases * tails_[0] + step * tails_[k - i]);
        sum += term;
        probability *= y * inverse[i];
      }
      n += k;
      purchases += step;
      step *= fade * survival_ratio(bought);
      const double events = static_cast<double>(n);
      const double next = y / events * (1 + 1 / (static_cast<double>(bought) + 1));
      if (!(probability > 0) ||
          (bought > 0 && next < 1 && term * next < negligible * sum * (1 - next))) {
        return sum;
      }
    }
  }

  double from_mode(double y, double fade) {
    const unsigned k = params_.k;
    CappedPurchases purchases(params_.a, params_.b, fade);
    return mean_from_mode(
        std::floor(y), [&](double n) { return y / (n + 1); },
        [&](double n) {
          const double whole = std::floor(n / k);
          const auto late = k - static_cast<std::size_t>(n - whole * k);
          const auto bought = static_cast<std::size_t>(whole);
          const double now = purchases(bought);
          return now * tails_[0] + (purchases(bought + 1) - now) * tails_[late];
        });
  }

  // (b + n) / (a + b + n).
  double survival_ratio(std::size_t n) {
    while (ratios_.size() <= n) {
      const double i = static_cast<double>(ratios_.size());
      ratios_.push_back((params_.b + i) / (params_.a + params_.b + i));
    }
    return ratios_[n];
  }

  ErlangFuture::Params params_;
  double t_, delta_;
  std::vector<double> weights_, tails_, ratios_;
  Reciprocals reciprocals_;
};

// What a mean over lambda ~ Gamma(shape + k, now) of such weights is to be multiplied with:
// (shape)_k over the sum over j < k of (shape)_j / j! z^j.
double phases_scale(const ErlangFuture::Params& p) {
  const double log_sum =
      log_no_purchase(p.shape, p.rate, p.idle, p.k) + p.shape * std::log1p(p.idle / p.rate);
  return std::exp(math::log_rising(p.shape, p.k) - log_sum);
}

// -- Pairs -----------------------------------------------------------------------------------

// A time of the quadrature over when the second purchase of a pair is made.
struct SecondTime {
  double log_factor;           // ln of the node's weight
  double log_past, log_left;   // ln w and ln(1 - w), w = v / (now + v)
  std::vector<double> events;  // element i: the chance of i events, of delta v on average
};

// exp(-x) x^i / i! for all i that count.
std::vector<double> poisson(double x) {
  std::vector<double> result{std::exp(-x)};
  const double last = x > 0 ? x + 8 * std::sqrt(x) + 16 : 0;
  for (double i = 1; i <= last && result.back() > 0; ++i) result.push_back(result.back() * x / i);
  return result;
}

// Nodes over (0, t], for the densities of purchases that matter there. That of s stages falls off
// within sqrt(s) / s of its time, and before that it grows like w^s: panels are 6 standard
// deviations wide, and over none does w^(2 k) grow by more than exp(30). The sum over all s is
// analytic where |w| < 1, to the right of -now / 2: panels keep away from there.
std::vector<SecondTime> second_times(const ErlangFuture::Params& p, double t, double delta) {
  const double now = p.rate + p.idle;
  const double stages = p.shape + p.k;
  const double growth = std::exp(-15.0 / p.k);
  std::vector<SecondTime> times;
  const auto add_panel = [&](double low, double high) {
    for (const auto& [at, weight] : math::gauss_legendre<16>) {
      const double v = low + (high - low) * at;
      times.push_back({.log_factor = std::log((high - low) * weight / (now + v)) - delta * v,
                       .log_past = -std::log1p(now / v),
                       .log_left = -std::log1p(v / now),
                       .events = poisson(delta * v)});
    }
  };
  const double first = std::min({t, 6 * now / stages, 1.5 * now, delta > 0 ? 10 / delta : t});
  const double pieces = std::ceil(p.k / 12.0);
  for (double i = 0; i < pieces; ++i) add_panel(first * i / pieces, first * (i + 1) / pieces);
  for (double low = first; low < t;) {
    const double spread = std::sqrt((low + now / stages) * (now + low) / stages);
    double high = std::min({t, low + 6 * spread, 2.5 * low + 1.5 * now});
    if (delta > 0) high = std::min(high, low + 10 / delta);
    const double most = low / (now + low) / growth;  // of v / (now + v)
    if (most < 1) high = std::min(high, now * most / (1 - most));
    add_panel(low, high);
    low = high;
  }
  return times;
}

// Of n purchases of which the last is s = kn - j stages away, j having been passed before now, and
// is made at v, the m-th is made at v times a Beta(km - j, k (n - m)) variate: the s - 1 stages in
// between lie in (0, v) at random. By Kummer's transformation its exp(-delta u) is on average
//
//   sum over i of exp(-x) x^i / i! (k (n - m))_i / (s)_i, x = delta v,
//
// so that all earlier purchases together take the sums over d < n of (k d)_i / (s)_i, which go from
// s to s + 1 by a factor s / (s + i), and gain 1 for each purchase passed. The density of s stages
// at v is that of a ratio of gamma variates,
//
//   (R + j)_s / (s - 1)! w^(s - 1) (1 - w)^(R + j) / (now + v), w = v / (now + v).
//
// Its mean over phases j and times v is a sum of positive parts, stage by stage.
double pairs_by_stages(const ErlangFuture& future, double t, double delta) {
  const ErlangFuture::Params& p = future.params();
  const double k = p.k;
  const std::vector<double> phases = future.phases();
  const std::vector<SecondTime> times = second_times(p, t, delta);
  const double last = t / (p.rate + p.idle + t);
  std::vector<double> earlier(times.back().events.size());  // element i: as above
  constexpr double enough = 1e-14;
  double sum = 0;
  double survival = 1;  // of n - 1 purchases
  double stage = 0;
  for (double n = 1;; ++n) {
    double of_this = 0;
    for (double j = k - 1; j >= 0; --j) {
      ++stage;
      const double phase = phases[static_cast<std::size_t>(j)];
      const double most = n - 1;
      if (phase > 0 && most > 0) {
        const double log_chance = math::log_rising(p.shape + j, stage) - math::log_gamma(stage) +
                                  std::log(phase * survival);
        const double least =
            sum > 0 ? std::log(1e-16 * sum / most) : -std::numeric_limits<double>::infinity();
        for (const SecondTime& time : times) {
          const double log_density = log_chance + time.log_factor + (stage - 1) * time.log_past +
                                     (p.shape + j) * time.log_left;
          if (!(log_density > least)) continue;
          double pairs = 0;
          for (std::size_t i = 0; i < time.events.size(); ++i) {
            pairs += time.events[i] * earlier[i];
          }
          of_this += std::exp(log_density) * pairs;
        }
      }
      if (j == 0) {
        for (double& each : earlier) each += 1;
      }
      for (std::size_t i = 0; i < earlier.size(); ++i) {
        earlier[i] *= stage / (stage + static_cast<double>(i));
      }
    }
    sum += of_this;
    survival *= (p.b + (n - 1)) / (p.a + p.b + (n - 1));
    // What is left is below a geometric series: the density at t grows the longest.
    if (n == 1) continue;
    const double next =
        std::pow(last * (1 + (p.shape + k - 1) / (stage - k + 1)), k) * (1 + 1 / (n - 1));
    if (next < 1 && of_this * next <= enough * sum * (1 - next)) return sum;
  }
}

}  // namespace

double log_no_purchase(double shape, double rate, double idle, unsigned k) {
  const double odds = idle / rate;
  const double z = idle / (rate + idle);
  const double none = -shape * std::log1p(odds);
  // With few stages to be expected, k of them are the exception.
  if (shape * odds < 0.5 * k && k > 1) {
    return std::log1p(-boost::math::ibeta(static_cast<double>(k), shape, z, math::Policy()));
  }
  double log_size = 0;
  double term = 1;
  double sum = 1;
  for (unsigned j = 1; j < k; ++j) {
    term *= (shape + (j - 1)) / j * z;
    sum += term;
    if (sum > 1e250) {
      log_size += std::log(sum);
      term /= sum;
      sum = 1;
    }
  }
  return none + (log_size + std::log(sum));
}

std::vector<double> ErlangFuture::phases() const {
  const double z = params_.idle / (params_.rate + params_.idle);
  std::vector<double> result(params_.k);
  double sum = result[0] = 1;
  for (std::size_t j = 1; j < result.size(); ++j) {
    const double stages = static_cast<double>(j);
    result[j] = result[j - 1] * (params_.shape + (stages - 1)) / stages * z;
    sum += result[j];
    if (sum < 1e250) continue;
    for (std::size_t i = 0; i <= j; ++i) result[i] /= sum;
    sum = 1;
  }
  for (double& weight : result) weight /= sum;
  return result;
}

double ErlangFuture::mean_rate() const {
  double stages = params_.shape;
  const std::vector<double> weights = phases();
  for (std::size_t j = 1; j < weights.size(); ++j) stages += static_cast<double>(j) * weights[j];
  return stages / (params_.k * (params_.rate + params_.idle));
}

double ErlangFuture::none(double t) const {
  core::check_not_negative_finite(t, erlang_future_place, "t");
  const auto& [shape, rate, idle, a, b, k] = params_;
  const double ratio =
      log_no_purchase(shape, rate, idle + t, k) - log_no_purchase(shape, rate, idle, k);
  return std::exp(std::min(ratio, 0.0));
}

double ErlangFuture::alive(double t) const {
  core::check_not_negative_finite(t, erlang_future_place, "t");
  const auto& [shape, rate, idle, a, b, k] = params_;
  // (b)_n / (a + b)_n
  std::vector<double> survivals{1};
  const double mean = mean_over_stages(*this, t, [&, a = a, b = b, k = k](double stages) {
    const std::size_t n = purchases_in(stages, k);
    while (survivals.size() <= n) {
      const double i = static_cast<double>(survivals.size()) - 1;
      survivals.push_back(survivals.back() * ((b + i) / (a + b + i)));
    }
    return survivals[n];
  });
  return std::min(1.0, mean);  // the weights add up to 1 but for rounding
}

double ErlangFuture::probability_of_purchases(unsigned n, double t) const {
  if (n == 0) return none(t);
  core::check_not_negative_finite(t, erlang_future_place, "t");
  if (t == 0) return 0;
  const auto& [shape, rate, idle, a, b, k] = params_;
  const double now = rate + idle;
  const double y = t / (now + t);
  const double rest = now / (now + t);
  double exactly = 0;   // enough stages for n purchases, too few for n + 1
  double at_least = 0;  // for n
  const std::vector<double> weights = phases();
  for (std::size_t j = 0; j < weights.size(); ++j) {
    if (weights[j] == 0) continue;
    const double first = static_cast<double>(j);
    const double size = shape + first;
    const double m = static_cast<double>(k) * n - first;
    at_least += weights[j] * (y < 0.5 ? boost::math::ibeta(m, size, y, math::Policy())
                                      : boost::math::ibetac(size, m, rest, math::Policy()));
    double probability = (y < 0.5 ? boost::math::ibeta_derivative(m, size, y, math::Policy())
                                  : boost::math::ibeta_derivative(size, m, rest, math::Policy())) *
                         y * rest / m;
    for (unsigned i = 0; i < k; ++i) {
      exactly += weights[j] * probability;
      probability *= y * (size + m + i) / (m + i + 1);
    }
  }
  // Bought n times and is active still; or could have bought at least n times and dropped out
  // after the n-th.
  return survival(params_, n) * exactly +
         survival(params_, n - 1.0) * a / (a + b + (n - 1.0)) * at_least;
}

double ErlangFuture::expected(double t) const {
  core::check_not_negative_finite(t, erlang_future_place, "t");
  if (t == 0) return 0;
  CappedPurchases purchases(params_.a, params_.b);
  const unsigned k = params_.k;
  return mean_over_stages(*this, t,
                          [&](double stages) { return purchases(purchases_in(stages, k)); });
}

double ErlangFuture::expected(double from, double to) const {
  core::check_not_negative_finite(from, erlang_future_place, "from");
  core::check_not_negative_finite(to, erlang_future_place, "to");
  if (!(from <= to)) core::throw_domain_error(erlang_future_place, "from", from, "<= to");
  if (from == to) return 0;
  const double all = expected(to);
  const double before = expected(from);
  if (before <= 0.9 * all) return all - before;
  // What follows each number of stages at `from`.
  const auto& [shape, rate, idle, a, b, k] = params_;
  const double left = to - from;
  return mean_over_stages(
      *this, from,
      [&, shape = shape, rate = rate, idle = idle, a = a, b = b, k = k](double stages) {
        const double n = std::floor(stages / k);
        const double phase = stages - n * k;
        const double size = shape + stages;
        const double now = rate + idle + from;
        const double y = left / (now + left);
        CappedPurchases purchases(a, b + n);
        const double mode = std::floor(std::max(size - 1, 0.0) * (left / now));
        return survival(params_, n) *
               mean_from_mode(
                   mode, [&](double i) { return y * (size + i) / (i + 1); },
                   [&](double i) { return purchases(purchases_in(phase + i, k)); });
      });
}

double ErlangFuture::expected_ever() const noexcept {
  const auto& [shape, rate, idle, a, b, k] = params_;
  return a > 1 ? (b / (a - 1)) + 1 : std::numeric_limits<double>::quiet_NaN();
}

double ErlangFuture::pairs_ever() const noexcept {
  // When purchases come makes no difference.
  const auto& [shape, rate, idle, a, b, k] = params_;
  return BetaGeometricFuture({shape, rate + idle, a, b}).pairs_ever();
}

// Given the rate lambda of stages, the n-th purchase is kn - j stages away: its time has the
// transform (lambda / (lambda + delta))^(kn - j), and what falls into (0, t] is that times the
// probability of so many Poisson events of mean (lambda + delta) t.
double ErlangFuture::discounted(double t, double delta) const {
  core::check_not_negative_finite(t, erlang_future_place, "t");
  core::check_not_negative_finite(delta, erlang_future_place, "delta");
  if (delta == 0) return expected(t);
  if (t == 0) return 0;
  const double now = params_.rate + params_.idle;
  const double order = params_.shape + params_.k;
  PacedPurchases purchases(params_, t, delta);
  return phases_scale(params_) * gamma_mean(order, now, order * (1 + t / now), purchases);
}

double ErlangFuture::discounted(double delta) const {
  core::check_not_negative_finite(delta, erlang_future_place, "delta");
  if (delta == 0) return expected_ever();
  const auto& [shape, rate, idle, a, b, k] = params_;
  const double now = rate + idle;
  const double order = shape + k;
  std::vector<double> weights(k);
  // Above the largest lambda that counts: 40 + 12 standard deviations from the mean.
  const double largest = (order + 12 * std::sqrt(order) + 40) / now;
  const auto gain = [&, k = k](double lambda) {  // 1 - (lambda / (lambda + delta))^k
    return -std::expm1(-(k * std::log1p(delta / lambda)));
  };
  const double least = gain(largest);
  const auto rule = math::beta_rule(a, b, (1 - least) / least);
  const double mean = gamma_mean(order, now, order, [&](double lambda) {
    weigh_phases(params_, lambda + delta, weights);
    double all = 0;
    for (const double weight : weights) all += weight;
    // The sum over n of (b)_n / (a + b)_n (1 - loss)^n.
    const double loss = gain(lambda);
    double purchases = 0;
    for (const auto& [p, weight] : rule) purchases += weight / (loss + p * (1 - loss));
    return all * purchases;
  });
  return phases_scale(params_) * mean;
}

// Over all time the m-th purchase and the one d later count q^m f^d given the rate lambda, with
// q = (lambda / (lambda + 2 delta))^k and f = (lambda / (lambda + delta))^k, and come with the
// chance (1 - p)^(m + d - 1) given the chance p to drop out.
double ErlangFuture::pairs(double t, double delta) const {
  if (!(t >= 0)) core::throw_domain_error(erlang_future_place, "t", t, ">= 0");
  core::check_not_negative_finite(delta, erlang_future_place, "delta");
  if (delta == 0 && std::isinf(t)) return pairs_ever();
  if (t == 0) return 0;
  // What comes later counts less than rounding: exp(-delta v) v^(2 k).
  if (t * delta < 45 + 8.0 * params_.k) return pairs_by_stages(*this, t, delta);
  const auto& [shape, rate, idle, a, b, k] = params_;
  const double now = rate + idle;
  const double order = shape + k;
  std::vector<double> weights(k);
  const double largest = (order + k + 12 * std::sqrt(order + k) + 40) / now;
  const auto gain = [k = k](double lambda, double at) {  // 1 - (lambda / (lambda + at))^k
    return -std::expm1(-(k * std::log1p(at / lambda)));
  };
  const double least = gain(largest, delta);
  const auto rule = math::beta_rule(a, b, (1 - least) / least);
  const double mean = gamma_mean(order, now, order + k, [&, k = k](double lambda) {
    weigh_phases(params_, lambda + 2 * delta, weights);
    double all = 0;
    for (const double weight : weights) all += weight;
    const double loss = gain(lambda, delta);
    const double loss_of_both = gain(lambda, 2 * delta);
    double pairs = 0;
    for (const auto& [p, weight] : rule) {
      pairs += weight * (1 - p) / (loss + p * (1 - loss)) / (loss_of_both + p * (1 - loss_of_both));
    }
    return all * std::exp(-(k * std::log1p(delta / lambda))) * pairs;
  });
  return phases_scale(params_) * mean;
}

}  // namespace rapport::clv
