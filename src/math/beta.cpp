#include <rapport/math/beta.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>

#include <boost/math/special_functions/beta.hpp>

namespace rapport::math {

double beta_cdf(double x, double a, double b) noexcept {
  return boost::math::ibeta(a, b, x, Policy());
}

BetaPosterior::BetaPosterior(double successes, double failures, const BetaPrior& prior)
    : a_(prior.a + successes), b_(prior.b + failures) {
  core::check_not_negative_finite(successes, "BetaPosterior", "successes");
  core::check_not_negative_finite(failures, "BetaPosterior", "failures");
  core::check_positive_finite(prior.a, "BetaPosterior", "prior.a");
  core::check_positive_finite(prior.b, "BetaPosterior", "prior.b");
}

double BetaPosterior::quantile(double p) const {
  core::check_fraction(p, "BetaPosterior", "p");
  return boost::math::ibeta_inv(a_, b_, p, Policy());
}

Proportion BetaPosterior::interval(double level) const {
  if (!(level > 0 && level < 1)) {
    core::throw_domain_error("BetaPosterior", "level", level, "in (0, 1)");
  }
  const double tail = (1 - level) / 2;
  return {mean(), boost::math::ibeta_inv(a_, b_, tail, Policy()),
          boost::math::ibetac_inv(a_, b_, tail, Policy())};
}

}  // namespace rapport::math
