#include <rapport/clv/lifetime_future.hpp>

#include "lifetime_panels.hpp"
#include "special_values.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>
#include <rapport/math/quadrature.hpp>

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

namespace rapport::clv {
namespace {

constexpr const char* lifetime_future_place = "LifetimeFuture";

// exp(-42) is negligible.
constexpr double negligible_exponent = 42;

// -- What the quadratures know about a lifetime ------------------------------------------------

// No hazard after now is less.
double least_hazard(const ParetoLifetime&) noexcept { return 0; }
double least_hazard(const GompertzLifetime& life) noexcept {
  return life.b * life.s / std::max(life.beta, 1.0);
}

// Where the density of the end of the lifetime is largest: it grows before and falls after.
double mode(const ParetoLifetime&) noexcept { return 0; }
double mode(const GompertzLifetime& life) noexcept {
  const double ratio = (life.beta - 1) / life.s;
  return ratio > 1 ? std::log(ratio) / life.b : 0;
}

template <class Lifetime>
double log_density(const Lifetime& life, double u) noexcept {
  return std::log(life.hazard(u)) + life.log_survival(u);
}

// -- Integrals over time -----------------------------------------------------------------------

// The integral over (0, end] of a positive function of u, where `rest(u)` is no less than the
// integral beyond u; the others as in visit_panels().
template <class Lifetime, class Function, class Fall, class Rest>
double integrate(const Lifetime& life, double nearest, double end, const Function& function,
                 const Fall& fall, const Rest& rest) {
  double sum = 0;
  visit_panels(
      life, nearest, end, fall, [&](double u, double weight) { sum += weight * function(u); },
      [&](double u) { return rest(u) < negligible * sum; });
  return sum;
}

// The integral of exp(-delta u) S(u) over (0, end].
template <class Lifetime>
double discounted_lifetime(const Lifetime& life, double end, double delta) {
  const auto weight = [&](double u) { return std::exp(life.log_survival(u) - delta * u); };
  return integrate(
      life, scale(life), delta > 0 ? std::min(end, negligible_exponent / delta) : end, weight,
      [&](const Lifetime& left, double) { return delta + left.hazard(0); },
      [&](double u) {
        return weight(u) * std::min(end - u, 1 / (delta + least_hazard(life.after(u))));
      });
}

double discounted_lifetime(const Unending&, double end, double delta) {
  return -std::expm1(-delta * end) / delta;
}

// The integral of S(u) over (0, t].
double mean_lifetime(const Unending&, double t) noexcept { return t; }
double mean_lifetime(const GompertzLifetime& life, double t) {
  return discounted_lifetime(life, t, 0);
}
double mean_lifetime(const ParetoLifetime& life, double t) noexcept {
  const double w = std::log1p(t / life.beta);
  const double y = (1 - life.s) * w;
  return life.beta * w * (y == 0 ? 1 : std::expm1(y) / y);
}

// The same over all time.
double mean_lifetime(const Unending&) noexcept { return nan; }
double mean_lifetime(const ParetoLifetime& life) noexcept {
  return life.s > 1 ? life.beta / (life.s - 1) : nan;
}
double mean_lifetime(const GompertzLifetime& life) {
  return discounted_lifetime(life, infinity, 0);
}

// The integral of u S(u) over all time: half the mean square of the lifetime.
double half_mean_square_lifetime(const Unending&) noexcept { return nan; }
double half_mean_square_lifetime(const ParetoLifetime& life) noexcept {
  return life.s > 2 ? life.beta / (life.s - 1) * (life.beta / (life.s - 2)) : nan;
}
double half_mean_square_lifetime(const GompertzLifetime& life) {
  const auto survival = [&](double u) { return std::exp(life.log_survival(u)); };
  return integrate(
      life, scale(life), infinity, [&](double u) { return u * survival(u); },
      [&](const GompertzLifetime& left, double) { return left.hazard(0); },
      [&](double u) {
        const double rest = 1 / least_hazard(life.after(u));
        return survival(u) * rest * (u + rest);
      });
}

// -- Numbers of purchases ----------------------------------------------------------------------

// p(n, u): negative binomial, as a function of time on a logarithmic scale about its mode,
// w = ln(u / mode). n >= 1.
class CountAtTime {
 public:
  CountAtTime(double n, double shape, double rate)
      : n_(n), shape_(shape), log_mode_(std::log(rate) + std::log(n / shape)) {
    const double below = bought();
    const double above = shape / (shape + n);
    const double density = below < 0.5
                               ? boost::math::ibeta_derivative(n, shape, below, math::Policy())
                               : boost::math::ibeta_derivative(shape, n, above, math::Policy());
    log_largest_ = std::log(density * below * (above / n));
  }

  [[nodiscard]] double log_mode() const noexcept { return log_mode_; }

  // ln p(n, u) for w = ln u.
  [[nodiscard]] double log_probability(double log_u) const noexcept {
    const double w = log_u - log_mode_;
    const double z = bought();
    double log_total;  // ln((rate + u) / (rate + mode))
    if (w < -0.5) {
      log_total = std::log(shape_ / (shape_ + n_) + z * std::exp(w));
    } else {
      log_total = w > 700 ? w + std::log(z) : std::log1p(z * std::expm1(w));
    }
    return log_largest_ + n_ * w - (n_ + shape_) * log_total;
  }

 private:
  [[nodiscard]] double bought() const noexcept { return n_ / (n_ + shape_); }

  double n_, shape_;
  double log_mode_;
  double log_largest_;
};

// What is known of the log of a function on an interval of ln u.
struct Course {
  double most;   // no value is larger
  double moves;  // by no more
  double bends;  // the middle is that far from the chord
};

// Of a function that grows up to its mode and falls after.
template <class Function>
Course course(const Function& function, double low, double high, double mode) {
  const double first = function(low);
  const double last = function(high);
  const double most = function(std::clamp(mode, low, high));
  const double middle = function(low + (high - low) / 2);
  return {most, most - std::min(first, last), std::abs(middle - (first + last) / 2)};
}

// The integral of f(u) p(n, u) over (0, t]: intervals of ln u are halved until the logs of all
// factors move little, or the interval is seen not to matter.
template <class Lifetime>
double count_by_end(const Lifetime& life, const CountAtTime& count, double n, double shape,
                    double rate, double t) {
  const auto log_end = [&](double w) { return log_density(life, std::exp(w)); };
  const auto log_count = [&](double w) { return count.log_probability(w); };
  const double log_t = std::log(t);
  const double log_end_mode = std::log(mode(life));  // may be -infinity

  // Below this time all factors are powers of u.
  const double bend_time = std::min({t, rate / (n + shape), scale(life) / (life.s + 1)});
  const double first = std::log(bend_time) - 45 / (n + 1);

  double largest = -infinity;
  for (const double w : {log_t, std::clamp(count.log_mode(), first, log_t),
                         std::clamp(log_end_mode, first, log_t)}) {
    largest = std::max(largest, w + log_end(w) + log_count(w));
  }
  // The integrand is near its largest value over at least 1 / (n + shape + s + 1).
  const double least = largest - 40 - std::log1p(n + shape + life.s);

  struct Interval {
    double low, high;
  };
  std::vector<Interval> left;
  left.push_back({first, log_t});
  double sum = 0;
  while (!left.empty()) {
    const auto [low, high] = left.back();
    left.pop_back();
    const Course of_count = course(log_count, low, high, count.log_mode());
    const Course of_end = course(log_end, low, high, log_end_mode);
    if (of_count.most + of_end.most + high + std::log(high - low) < least) continue;
    const bool tame =
        high - low <= 3 && of_count.moves + of_end.moves <= 9 && of_count.bends + of_end.bends <= 2;
    const double u = std::exp(low);
    if (tame && std::exp(high) - u <= smooth_reach(life.after(u))) {
      sum += math::integrate<16>(low, high,
                                 [&](double w) { return std::exp(w + log_end(w) + log_count(w)); });
    } else {
      const double middle = low + (high - low) / 2;
      left.push_back({low, middle});
      left.push_back({middle, high});
    }
  }
  return sum;
}

// The same for n so small that u^n, of which panels take no notice, is well within their rules.
constexpr unsigned few = 6;

template <class Lifetime>
double few_by_end(const Lifetime& life, const CountAtTime& count, double shape, double rate,
                  double t) {
  const auto log_count = [&](double u) { return count.log_probability(std::log(u)); };
  return integrate(
      life, std::min(scale(life), rate), t,
      [&](double u) { return life.hazard(u) * std::exp(life.log_survival(u) + log_count(u)); },
      [&](const Lifetime& left, double u) {
        return left.hazard(0) + bend(left) + shape / (rate + u);
      },
      [&](double u) {
        return std::exp(life.log_survival(u) + log_count(std::max(u, std::exp(count.log_mode()))));
      });
}

// The integral of f(u) p(0, u) over (0, t].
template <class Lifetime>
double lost_without_purchase(const Lifetime& life, double shape, double rate, double t) {
  const auto active = [&](double u) {
    return std::exp(life.log_survival(u) - shape * std::log1p(u / rate));
  };
  return integrate(
      life, std::min(scale(life), rate), t, [&](double u) { return life.hazard(u) * active(u); },
      [&](const Lifetime& left, double u) {
        return left.hazard(0) + bend(left) + shape / (rate + u);
      },
      active);
}

// The integral of S(u) shape / (rate + u) p(0, u) over (0, t].
template <class Lifetime>
double first_purchase(const Lifetime& life, double shape, double rate, double t) {
  const auto active = [&](double u) {
    return std::exp(life.log_survival(u) - shape * std::log1p(u / rate));
  };
  return integrate(
      life, std::min(scale(life), rate), t,
      [&](double u) { return shape / (rate + u) * active(u); },
      [&](const Lifetime& left, double u) { return left.hazard(0) + (shape + 1) / (rate + u); },
      active);
}

double lost_without_purchase(const Unending&, double, double, double) noexcept { return 0; }

double first_purchase(const Unending&, double shape, double rate, double t) noexcept {
  return -std::expm1(-shape * std::log1p(t / rate));
}

// The lifetime with one more in the shape of the gamma law of hazards, and what each hazard grows
// by.
ParetoLifetime with_one_more(ParetoLifetime life) noexcept { return {life.s + 1, life.beta}; }
GompertzLifetime with_one_more(GompertzLifetime life) noexcept {
  return {life.b, life.s + 1, life.beta};
}
double growth_of_hazard(const ParetoLifetime&, double) noexcept { return 1; }
double growth_of_hazard(const GompertzLifetime& life, double t) noexcept {
  return std::exp(life.b * t);
}

}  // namespace

template <class Lifetime>
double LifetimeFuture<Lifetime>::alive(double t) const {
  core::check_not_negative_finite(t, lifetime_future_place, "t");
  return std::exp(params_.lifetime.log_survival(t));
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::none(double t) const {
  const auto& [shape, rate, life] = params_;
  const double ended = lost(t);
  return std::min(1.0, std::exp(life.log_survival(t) - shape * std::log1p(t / rate)) + ended);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::some(double t) const {
  core::check_not_negative_finite(t, lifetime_future_place, "t");
  return first_purchase(params_.lifetime, params_.shape, params_.rate, t);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::lost(double t) const {
  core::check_not_negative_finite(t, lifetime_future_place, "t");
  return lost_without_purchase(params_.lifetime, params_.shape, params_.rate, t);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::purchase_rate_after_none(double t) const {
  // The mean of a Gamma(shape, rate) law under a likelihood is shape / rate times the likelihood
  // with one more shape over that with this.
  const auto& [shape, rate, life] = params_;
  const LifetimeFuture more({.shape = shape + 1, .rate = rate, .lifetime = life});
  return shape / rate * (more.none(t) / none(t));
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::hazard_after_none(double t) const {
  if constexpr (std::is_same_v<Lifetime, Unending>) {
    core::check_not_negative_finite(t, lifetime_future_place, "t");
    return 0;
  } else {
    const auto& [shape, rate, life] = params_;
    const LifetimeFuture more({.shape = shape, .rate = rate, .lifetime = with_one_more(life)});
    return life.hazard(0) * (more.none(t) / none(t)) * growth_of_hazard(life, t);
  }
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::probability_of_purchases(unsigned n, double t) const {
  if (n == 0) return none(t);
  core::check_not_negative_finite(t, lifetime_future_place, "t");
  if (t == 0) return 0;
  const auto& [shape, rate, life] = params_;
  const CountAtTime count(n, shape, rate);
  const double active = std::exp(life.log_survival(t) + count.log_probability(std::log(t)));
  if constexpr (std::is_same_v<Lifetime, Unending>) {
    return active;
  } else {
    return active + (n <= few ? few_by_end(life, count, shape, rate, t)
                              : count_by_end(life, count, n, shape, rate, t));
  }
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::expected(double t) const {
  core::check_not_negative_finite(t, lifetime_future_place, "t");
  return params_.shape / params_.rate * mean_lifetime(params_.lifetime, t);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::expected(double from, double to) const {
  core::check_not_negative_finite(from, lifetime_future_place, "from");
  core::check_not_negative_finite(to, lifetime_future_place, "to");
  if (!(from <= to))
    core::throw_domain_error(lifetime_future_place, "to", to, "no earlier than from");
  return params_.shape / params_.rate * alive(from) *
         mean_lifetime(params_.lifetime.after(from), to - from);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::expected_ever() const {
  return params_.shape / params_.rate * mean_lifetime(params_.lifetime);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::pairs_ever() const {
  const auto& [shape, rate, life] = params_;
  return shape / rate * ((shape + 1) / rate) * half_mean_square_lifetime(life);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::discounted(double t, double delta) const {
  core::check_not_negative_finite(t, lifetime_future_place, "t");
  core::check_not_negative_finite(delta, lifetime_future_place, "delta");
  if (delta == 0) return expected(t);
  return params_.shape / params_.rate * discounted_lifetime(params_.lifetime, t, delta);
}

template <class Lifetime>
double LifetimeFuture<Lifetime>::discounted(double delta) const {
  core::check_not_negative_finite(delta, lifetime_future_place, "delta");
  if (delta == 0) return expected_ever();
  return params_.shape / params_.rate * discounted_lifetime(params_.lifetime, infinity, delta);
}

template class LifetimeFuture<Unending>;
template class LifetimeFuture<ParetoLifetime>;
template class LifetimeFuture<GompertzLifetime>;

}  // namespace rapport::clv
