#include <rapport/clv/purchase_moments.hpp>

#include <rapport/clv/beta_geometric_lifetime.hpp>
#include <rapport/clv/bg_bb.hpp>
#include <rapport/math/summation.hpp>

#include <cstddef>
#include <numbers>
#include <vector>

namespace rapport::clv {
namespace {

// Coefficients in Chebyshev's polynomials of the interpolant through values at cos(pi j / n).
std::vector<double> coefficients(const std::vector<double>& values,
                                 const std::vector<double>& cosines) {
  const std::size_t n = values.size() - 1;
  std::vector<double> result(n + 1);
  for (std::size_t k = 0; k <= n; ++k) {
    double sum = 0.5 * (values[0] + (k % 2 == 0 ? values[n] : -values[n]));
    for (std::size_t j = 1; j < n; ++j) sum += values[j] * cosines[(j * k) % (2 * n)];
    result[k] = sum * (k == 0 || k == n ? 1 : 2) / static_cast<double>(n);
  }
  return result;
}

// Those of the derivative.
std::vector<double> derivative(const std::vector<double>& c) {
  const std::size_t n = c.size() - 1;
  std::vector<double> d(n + 2, 0.0);
  for (std::size_t k = n; k > 0; --k) {
    d[k - 1] = d[k + 1] + 2 * static_cast<double>(k) * c[k];
  }
  d[0] /= 2;
  d.resize(n);
  return d;
}

// The integral over [-1, 1] of the product: that of T_m T_n is the mean of those of T_(m + n) and
// T_(m - n), and that of T_k is 2 / (1 - k^2) for even k, 0 for odd.
double integral_of_product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t m = 0; m < a.size(); ++m) {
    for (std::size_t n = m % 2; n < b.size(); n += 2) {
      const auto plus = static_cast<double>(m + n);
      const double minus = static_cast<double>(m) - static_cast<double>(n);
      sum += a[m] * b[n] * (1 / (1 - plus * plus) + 1 / (1 - minus * minus));
    }
  }
  return sum;
}

}  // namespace

double stieltjes_integral(const std::function<double(double)>& f,
                          const std::function<double(double)>& m, double t, double tolerance) {
  constexpr std::size_t fewest = 8, most = 128;
  double before = 0;
  std::vector<double> f_at, m_at;  // at t (1 + cos(pi j / n)) / 2
  for (std::size_t n = fewest;; n *= 2) {
    std::vector<double> cosines(2 * n), f_new(n + 1), m_new(n + 1);
    for (std::size_t j = 0; j < 2 * n; ++j) {
      cosines[j] = std::cos(std::numbers::pi * static_cast<double>(j) / static_cast<double>(n));
    }
    for (std::size_t j = 0; j <= n; ++j) {
      const bool known = n > fewest && j % 2 == 0;
      // 1 + cos x = 2 cos^2(x / 2): without cancellation near 0.
      const double half =
          j == n ? 0
                 : std::cos(std::numbers::pi * static_cast<double>(j) / static_cast<double>(2 * n));
      const double u = t * half * half;
      f_new[j] = known ? f_at[j / 2] : f(u);
      m_new[j] = known ? m_at[j / 2] : m(u);
    }
    f_at = std::move(f_new);
    m_at = std::move(m_new);
    const double sum =
        integral_of_product(coefficients(f_at, cosines), derivative(coefficients(m_at, cosines)));
    const bool stands = n > fewest && std::abs(sum - before) <= tolerance * std::abs(sum);
    if (stands || n >= most || !std::isfinite(sum)) return sum;
    before = sum;
  }
}

PurchaseMoments purchase_moments(const BgBb& model, const OpportunityHistory& c, double m,
                                 double d) {
  PurchaseMoments moments;
  moments.mean = discounted_within(model, c, m, d);
  moments.squares = discounted_within(model, c, m, d * (2 + d));  // (1 + d)^2 - 1
  if (!(m > 1)) return moments;
  const auto& [alpha, beta, gamma, delta] = model.params();
  if (std::isinf(m) && d == 0 && !(gamma > 2)) {
    moments.pairs = std::numeric_limits<double>::quiet_NaN();
    return moments;
  }
  const double trials = alpha + beta + c.opportunities;
  const double bought = alpha + c.frequency;
  const double two_of_two = bought / trials * ((bought + 1) / (trials + 1));
  const BetaGeometricLifetime lifetime(gamma, delta + c.opportunities);
  const double log_discount = std::log1p(d);
  const double log_sum = math::log_sum_smooth(
      [&](double i) {
        const double before = i + 1;  // opportunities before this one
        const double each = d > 0 ? -std::expm1(-before * log_discount) / d : before;
        return lifetime.log_survival(before + 1) - (before + 1) * log_discount + std::log(each);
      },
      m - 1);
  moments.pairs = model.probability_alive_at_end(c) * two_of_two * std::exp(log_sum);
  return moments;
}

}  // namespace rapport::clv
