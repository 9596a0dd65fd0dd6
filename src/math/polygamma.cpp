#include <rapport/math/polygamma.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace rapport::math {
namespace {

// From here on seven terms of the asymptotic series leave 2e-18 of the leading one.
constexpr double asymptotic_from = 16;

// Bernoulli numbers B_2, B_4, ..., B_14.
constexpr std::array<double, 7> bernoulli = {1.0 / 6,  -1.0 / 30,      1.0 / 42, -1.0 / 30,
                                             5.0 / 66, -691.0 / 2730., 7.0 / 6};

// (u^k - v^k) / (u - v), the sum of u^i v^(k - 1 - i), for k = 2 m and m = 1, 2, ...: a step from
// one m to the next multiplies by u^2 and adds the two terms that are new.
class PowerDifferences {
 public:
  PowerDifferences(double u, double v, double first, double v_power)
      : u2_(u * u), uv_(u + v), v2_(v * v), sum_(first), v_power_(v_power) {}

  [[nodiscard]] double sum() const { return sum_; }

  void next() {
    sum_ = sum_ * u2_ + v_power_ * uv_;
    v_power_ *= v2_;
  }

 private:
  double u2_, uv_, v2_, sum_, v_power_;
};

}  // namespace

double digamma_shift(double z, double n) noexcept {
  if (n == 0) return 0;
  double moved = 0;
  double w = z;
  for (; w < asymptotic_from; w += 1) {
    if (n < 1) {
      moved += n / (w * (w + n));
    } else {
      moved += 1 / w - 1 / (w + n);  // at most half of the first is lost
    }
  }
  // psi(w) = ln w - u / 2 - sum of B_2m / (2 m) u^2m with u = 1 / w.
  const double u = 1 / w;
  const double v = 1 / (w + n);
  const double gap = n / w * v;  // u - v
  PowerDifferences powers(u, v, u + v, v * v);
  double series = 0.5;
  for (std::size_t m = 1; m <= bernoulli.size(); ++m, powers.next()) {
    series += bernoulli[m - 1] / (2 * static_cast<double>(m)) * powers.sum();
  }
  return std::log1p(n / w) + gap * series + moved;
}

double trigamma_shift(double z, double n) noexcept {
  if (n == 0) return 0;
  double moved = 0;
  double w = z;
  for (; w < asymptotic_from; w += 1) {
    // 1 / w^2 - 1 / (w + n)^2
    const double sum = w + n;
    moved += n / (w * sum) * (1 / w + 1 / sum);
  }
  // psi'(w) = u + u^2 / 2 + sum of B_2m u^(2m + 1) with u = 1 / w.
  const double u = 1 / w;
  const double v = 1 / (w + n);
  const double gap = n / w * v;
  PowerDifferences powers(u, v, u * u + u * v + v * v, v * v * v);
  double series = 1 + (u + v) / 2;
  for (std::size_t m = 1; m <= bernoulli.size(); ++m, powers.next()) {
    series += bernoulli[m - 1] * powers.sum();
  }
  return -(gap * series + moved);
}

double digamma_mixed_shift(double z, double m, double n) noexcept {
  const auto [step, way] = std::minmax(m, n);
  return digamma_shift(z, step) - digamma_shift(z + way, step);
}

double trigamma_mixed_shift(double z, double m, double n) noexcept {
  const auto [step, way] = std::minmax(m, n);
  return trigamma_shift(z, step) - trigamma_shift(z + way, step);
}

double digamma(double z) noexcept {
  double moved = 0;
  double w = z;
  for (; w < asymptotic_from; w += 1) moved += 1 / w;
  // psi(w) = ln w - u / 2 - sum of B_2m u^(2m) / (2m) with u = 1 / w (DLMF 5.11.2).
  const double u = 1 / w;
  double series = 0;
  for (std::size_t m = bernoulli.size(); m-- > 0;) {
    series = (series + bernoulli[m] / static_cast<double>(2 * m + 2)) * u * u;
  }
  return std::log(w) - u / 2 - series - moved;
}

double trigamma(double z) noexcept {
  double moved = 0;
  double w = z;
  for (; w < asymptotic_from; w += 1) moved += 1 / (w * w);
  const double u = 1 / w;
  double series = 0;
  for (std::size_t m = bernoulli.size(); m-- > 0;) series = (series + bernoulli[m]) * u * u;
  return moved + u * (1 + u / 2 + series);
}

}  // namespace rapport::math
