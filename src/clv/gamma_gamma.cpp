#include <rapport/clv/gamma_gamma.hpp>

#include <rapport/math/special.hpp>

#include <cmath>

namespace rapport::clv {

double GammaGamma::log_likelihood(double x, double zbar) const noexcept {
  const auto& [p, q, gamma] = params_;
  const double shape = p * x;
  const double total = x * zbar;
  // Powers of the shares that gamma and the total have of their sum, over the beta function: each
  // part stays moderate where the logs of amounts as such would cancel.
  return math::log_rising(shape, q) - math::log_gamma(q) - q * std::log1p(total / gamma) -
         shape * std::log1p(gamma / total) - std::log(zbar);
}

}  // namespace rapport::clv
