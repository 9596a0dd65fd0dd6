#include <rapport/core/check.hpp>
#include <rapport/math/normal.hpp>
#include <rapport/math/policy.hpp>
#include <rapport/math/student_t.hpp>

#include <boost/math/distributions/students_t.hpp>

#include <cmath>

namespace rapport::math {

double two_sided_t_quantile(double level, double degrees) {
  if (!(level > 0 && level < 1)) {
    core::throw_domain_error("two_sided_t_quantile", "level", level, "in (0, 1)");
  }
  if (!(degrees > 0)) {
    core::throw_domain_error("two_sided_t_quantile", "degrees", degrees, "> 0");
  }
  if (std::isinf(degrees)) return two_sided_quantile(level);
  const boost::math::students_t_distribution<double, Policy> law(degrees);
  return boost::math::quantile(boost::math::complement(law, (1 - level) / 2));
}

}  // namespace rapport::math
