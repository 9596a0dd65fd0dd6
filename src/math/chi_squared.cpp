#include <rapport/math/chi_squared.hpp>
#include <rapport/math/policy.hpp>

#include <boost/math/special_functions/gamma.hpp>

#include <limits>

namespace rapport::math {

double chi_squared_tail(double value, double degrees) noexcept {
  if (!(value >= 0 && degrees > 0)) return std::numeric_limits<double>::quiet_NaN();
  return boost::math::gamma_q(degrees / 2, value / 2, Policy());
}

}  // namespace rapport::math
