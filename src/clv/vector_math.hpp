// Included once for each kind of processor: see hwy/foreach_target.h, and
// docs/decisions/0009-simd.md.
#if defined(RAPPORT_SRC_CLV_VECTOR_MATH_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef RAPPORT_SRC_CLV_VECTOR_MATH_HPP
#undef RAPPORT_SRC_CLV_VECTOR_MATH_HPP
#else
#define RAPPORT_SRC_CLV_VECTOR_MATH_HPP
#endif

/// \file
/// Eight numbers at once, for kernels that read like their formula.
///
/// A processor takes them in one, two or four steps; each kernel sees eight, adds them up in the
/// same order, and never fuses a multiplication with an addition. So every kind of processor gives
/// the same bits.

#include <rapport/math/detail/elementary.hpp>

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <numbers>

HWY_BEFORE_NAMESPACE();
namespace rapport::clv::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 8>;
using Words = hn::RebindToUnsigned<Doubles>;
using Lanes = hn::Vec<Doubles>;

/// Eight doubles. Arithmetic is that of each; `from` and `to` are arrays of eight.
struct Eight {
  static constexpr std::size_t size = 8;
  static constexpr std::size_t step = hn::MaxLanes(Doubles());
  static constexpr std::size_t steps = size / step;

  Lanes part[steps];

  Eight() = default;
  HWY_INLINE Eight(double same) {  // NOLINT(google-explicit-constructor): a constant is eight
    for (Lanes& p : part) p = hn::Set(Doubles(), same);
  }
  static HWY_INLINE Eight load(const double* from) {
    Eight result;
    for (std::size_t i = 0; i < steps; ++i) {
      result.part[i] = hn::LoadU(Doubles(), from + i * step);
    }
    return result;
  }
  HWY_INLINE void store(double* to) const {
    for (std::size_t i = 0; i < steps; ++i) hn::StoreU(part[i], Doubles(), to + i * step);
  }

  friend HWY_INLINE Eight operator+(Eight a, const Eight& b) {
    for (std::size_t i = 0; i < steps; ++i) a.part[i] = hn::Add(a.part[i], b.part[i]);
    return a;
  }
  friend HWY_INLINE Eight operator-(Eight a, const Eight& b) {
    for (std::size_t i = 0; i < steps; ++i) a.part[i] = hn::Sub(a.part[i], b.part[i]);
    return a;
  }
  friend HWY_INLINE Eight operator*(Eight a, const Eight& b) {
    for (std::size_t i = 0; i < steps; ++i) a.part[i] = hn::Mul(a.part[i], b.part[i]);
    return a;
  }
  friend HWY_INLINE Eight operator/(Eight a, const Eight& b) {
    for (std::size_t i = 0; i < steps; ++i) a.part[i] = hn::Div(a.part[i], b.part[i]);
    return a;
  }
  friend HWY_INLINE Eight operator-(Eight a) {
    for (Lanes& p : a.part) p = hn::Neg(p);
    return a;
  }
  HWY_INLINE Eight& operator+=(const Eight& b) { return *this = *this + b; }
};

HWY_INLINE Eight abs(Eight a) {
  for (Lanes& p : a.part) p = hn::Abs(p);
  return a;
}
HWY_INLINE Eight min(Eight a, const Eight& b) {
  for (std::size_t i = 0; i < Eight::steps; ++i) a.part[i] = hn::Min(a.part[i], b.part[i]);
  return a;
}
HWY_INLINE Eight max(Eight a, const Eight& b) {
  for (std::size_t i = 0; i < Eight::steps; ++i) a.part[i] = hn::Max(a.part[i], b.part[i]);
  return a;
}
/// a < b ? yes : no, one by one.
HWY_INLINE Eight where_less(const Eight& a, const Eight& b, const Eight& yes, Eight no) {
  for (std::size_t i = 0; i < Eight::steps; ++i) {
    no.part[i] = hn::IfThenElse(hn::Lt(a.part[i], b.part[i]), yes.part[i], no.part[i]);
  }
  return no;
}

HWY_INLINE bool any_above_0(const Eight& a) {
  constexpr Doubles d;
  Lanes most = a.part[0];
  for (std::size_t i = 1; i < Eight::steps; ++i) most = hn::Max(most, a.part[i]);
  return !hn::AllFalse(d, hn::Gt(most, hn::Zero(d)));
}

/// Their sum, in an order of its own.
HWY_INLINE double sum(const Eight& a) {
  double v[Eight::size];
  a.store(v);
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/// math::exp_moderate.
HWY_INLINE Eight exp_moderate(Eight y) {
  constexpr Doubles d;
  constexpr Words u;
  constexpr double shift = 0x1.8p52;
  Eight shifted = y * std::numbers::log2e + shift;
  const Eight n = shifted - shift;
  const Eight rest = (y - n * math::ln2_head) - n * math::ln2_tail;
  const Eight q = rest * rest;
  const Eight q2 = q * q;
  const Eight low = (rest + 1) + q * (rest * (1. / 6) + 1. / 2);
  const Eight middle = (rest * (1. / 120) + 1. / 24) + q * (rest * (1. / 5040) + 1. / 720);
  const Eight high =
      (rest * (1. / 362880) + 1. / 40320) + q * (rest * (1. / 39916800) + 1. / 3628800);
  const Eight last = rest * (1. / 6227020800) + 1. / 479001600;
  Eight series = low + q2 * (middle + q2 * (high + q2 * last));
  for (std::size_t i = 0; i < Eight::steps; ++i) {
    const auto exponent = hn::ShiftLeft<52>(hn::BitCast(u, shifted.part[i]));
    series.part[i] = hn::BitCast(d, hn::Add(hn::BitCast(u, series.part[i]), exponent));
  }
  return series;
}

/// math::log_moderate.
HWY_INLINE Eight log_moderate(const Eight& y) {
  constexpr Doubles d;
  constexpr Words u;
  const auto least = hn::Set(u, std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1));
  const auto one = hn::Set(u, std::bit_cast<std::uint64_t>(1.0));
  const auto mantissa = hn::Set(u, (std::uint64_t{1} << 52) - 1);
  const auto count = hn::Set(u, std::bit_cast<std::uint64_t>(0x1p52));
  Eight n, m;
  for (std::size_t i = 0; i < Eight::steps; ++i) {
    const auto bits = hn::Add(hn::BitCast(u, y.part[i]), hn::Sub(one, least));
    n.part[i] = hn::BitCast(d, hn::Or(hn::ShiftRight<52>(bits), count));
    m.part[i] = hn::BitCast(d, hn::Add(hn::And(bits, mantissa), least));
  }
  n = n - (0x1p52 + 1023);
  const Eight s = (m - 1) / (m + 1);
  const Eight q = s * s;
  const Eight q2 = q * q;
  const Eight first = (q * (1. / 5) + 1. / 3) + q2 * (q * (1. / 9) + 1. / 7);
  const Eight second = (q * (1. / 13) + 1. / 11) + q2 * (q * (1. / 17) + 1. / 15);
  const Eight third = q * (1. / 21) + 1. / 19;
  const Eight q4 = q2 * q2;
  const Eight series = first + q4 * (second + q4 * third);
  const Eight twice = s + s;
  return n * math::ln2_head + (n * math::ln2_tail + (twice + twice * (q * series)));
}

/// ln(1 + t) for t >= 0 such that 1 + t is finite, given 1 / (1 + t) to a few digits.
HWY_INLINE Eight log1p_moderate(const Eight& t, const Eight& inverse) {
  const Eight y = t + 1;
  return log_moderate(y) + (t - (y - 1)) * inverse;  // the second part is what rounding 1 + t lost
}

}  // namespace rapport::clv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RAPPORT_SRC_CLV_VECTOR_MATH_HPP
