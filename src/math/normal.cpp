#include <rapport/math/normal.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/erf.hpp>

namespace rapport::math {
namespace {

void check_open_fraction(double value, std::string_view place, std::string_view name) {
  if (!(value > 0 && value < 1)) core::throw_domain_error(place, name, value, "in (0, 1)");
}

}  // namespace

double normal_quantile(double p) {
  check_open_fraction(p, "normal_quantile", "p");
  return -boost::math::constants::root_two<double>() * boost::math::erfc_inv(2 * p, Policy());
}

double two_sided_quantile(double level) {
  check_open_fraction(level, "two_sided_quantile", "level");
  return boost::math::constants::root_two<double>() * boost::math::erf_inv(level, Policy());
}

}  // namespace rapport::math
