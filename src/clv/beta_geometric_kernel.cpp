#include "beta_geometric_kernel.hpp"

#include <algorithm>
#include <limits>

#define HWY_TARGET_INCLUDE "clv/beta_geometric_kernel.cpp"
#include <hwy/foreach_target.h>

#include "vector_math.hpp"

HWY_BEFORE_NAMESPACE();
namespace rapport::clv::HWY_NAMESPACE {

// 1 / (1 + e^w), where
//
//   w = ln(a / (b + m - 1)) + (r + x) ln((alpha + T) / (alpha + t_x))
//
// after m = x + first_chances chances to drop out; 1 without any. NaN beyond w = 690, where e^-w is
// no longer moderate.
HWY_INLINE Eight alive(const Eight& x, const Eight& t_x, const Eight& age,
                       const BetaGeometricParameters& p) {
  const Eight start = t_x + p.alpha;
  const Eight from = Eight(1) / start;
  const Eight to = Eight(1) / (age + p.alpha);
  const Eight gap = log1p_moderate(min((age - t_x) * from, 1e300), start * to);
  const Eight chances = x + p.first_chances;
  const Eight odds = Eight(p.a) / ((max(chances, 1) - 1) + p.b);
  const Eight w = log_moderate(odds) + (x + p.r) * gap;
  const Eight small = exp_moderate(-min(abs(w), 700));
  const Eight share = Eight(1) / (small + 1);
  const Eight some = where_less(0, w, small * share, share);
  const Eight known = where_less(690, w, std::numeric_limits<double>::quiet_NaN(), some);
  return where_less(0, chances, known, 1);
}

// The mean number of purchases of an active customer in t periods,
//
//   S(t) = sum over n of P(N = n) W_n,  W_n = sum over i < n of (b)_i / (a + b)_i,
//
// N being negative binomial (shape, rate, t); see BetaGeometricFuture. Each of the eight ends by
// its own terms alone: a probability of 0 adds nothing any more. NaN where the series is long.
HWY_INLINE Eight expected(const Eight& x, const Eight& age, const BetaGeometricParameters& p,
                          double t) {
  constexpr double negligible = 1e-17;
  constexpr double longest = 300;
  const Eight shape = x + p.r;
  const Eight a = p.a;
  const Eight b = x + p.b + p.first_chances;
  const Eight both = a + b;
  const Eight inverse = Eight(1) / (age + (p.alpha + t));
  const Eight z = inverse * t;
  const Eight odds = Eight(t) / (age + p.alpha);
  const Eight exponent = shape * log1p_moderate(min(odds, 1e300), Eight(1) - z);
  // The terms end far in the right tail of N, 12 standard deviations above its mean.
  const Eight mean = shape * odds;
  const Eight room = Eight(longest) - mean - (odds + 1) * 40;
  const Eight fits = where_less(mean * (odds + 1) * 144, room * max(room, 0), 1, 0);
  Eight probability = exp_moderate(-min(exponent, 700)) * fits;
  Eight survival = 1, purchases = 0, total = 0;
  for (double n = 0; any_above_0(probability);) {
    Eight ratio, term;
    for (int i = 0; i < 4; ++i, ++n) {
      ratio = z * (shape + n) * (1 / (n + 1));
      probability = probability * ratio;
      purchases += survival;
      survival = survival * ((b + n) / (both + n));
      term = probability * purchases;
      total += term;
    }
    // What is left is below a geometric series of `next`.
    const Eight next = ratio * ((n + 1) / n);
    const Eight most = total * (Eight(1) - next) * negligible;
    probability = where_less(term * next, most, 0, probability);
  }
  return where_less(0, fits, total, std::numeric_limits<double>::quiet_NaN());
}

// result = each(columns), eight rows at a time; the last eight are filled with nobody.
template <class Each>
HWY_INLINE void for_eights(const HistoryRows& rows, double* result, const Each& each) {
  std::size_t i = 0;
  for (; i + Eight::size <= rows.size; i += Eight::size) {
    each(Eight::load(rows.frequency + i), Eight::load(rows.recency + i), Eight::load(rows.age + i))
        .store(result + i);
  }
  if (i == rows.size) return;
  double x[Eight::size] = {}, t_x[Eight::size] = {}, age[Eight::size] = {}, values[Eight::size];
  std::copy(rows.frequency + i, rows.frequency + rows.size, x);
  std::copy(rows.recency + i, rows.recency + rows.size, t_x);
  std::copy(rows.age + i, rows.age + rows.size, age);
  each(Eight::load(x), Eight::load(t_x), Eight::load(age)).store(values);
  std::copy(values, values + (rows.size - i), result + i);
}

struct AskAlive {
  const BetaGeometricParameters& p;

  HWY_INLINE Eight operator()(const Eight& x, const Eight& t_x, const Eight& age) const {
    return alive(x, t_x, age, p);
  }
};

struct AskExpected {
  const BetaGeometricParameters& p;
  double t;

  HWY_INLINE Eight operator()(const Eight& x, const Eight& t_x, const Eight& age) const {
    return alive(x, t_x, age, p) * expected(x, age, p, t);
  }
};

void alive_each(const HistoryRows& rows, const BetaGeometricParameters& p, double* result) {
  for_eights(rows, result, AskAlive{p});
}

void expected_each(const HistoryRows& rows, const BetaGeometricParameters& p, double t,
                   double* result) {
  for_eights(rows, result, AskExpected{p, t});
}

}  // namespace rapport::clv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rapport::clv {

HWY_EXPORT(alive_each);
HWY_EXPORT(expected_each);

bool BetaGeometricParameters::moderate() const noexcept {
  return std::min({r, alpha, a, b}) >= 1e-100 && std::max({r, alpha, a, b}) <= 1e100;
}

void alive_of_rows(const HistoryRows& rows, const BetaGeometricParameters& p,
                   double* result) noexcept {
  HWY_DYNAMIC_DISPATCH(alive_each)(rows, p, result);
}

void expected_of_rows(const HistoryRows& rows, const BetaGeometricParameters& p, double t,
                      double* result) noexcept {
  HWY_DYNAMIC_DISPATCH(expected_each)(rows, p, t, result);
}

}  // namespace rapport::clv
#endif
