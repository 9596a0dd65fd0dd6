#include <rapport/core/discount.hpp>

#include <rapport/core/check.hpp>

#include <cmath>

namespace rapport::core {

DiscountRate DiscountRate::effective(double rate, Period period) {
  if (!(std::isfinite(rate) && rate > -1)) {
    throw_domain_error("DiscountRate", "effective rate", rate, "finite and > -1");
  }
  return {std::log1p(rate), period};
}

DiscountRate DiscountRate::continuous(double rate, Period period) {
  if (!std::isfinite(rate)) {
    throw_domain_error("DiscountRate", "continuous rate", rate, "finite");
  }
  return {rate, period};
}

DiscountRate::DiscountRate(AnnualRate rate) noexcept
    : delta_(rate.continuous_per(years)), period_(years) {}

double DiscountRate::continuous_per(Period period) const noexcept {
  return period == period_ ? delta_ : delta_ * (period.days() / period_.days());
}

double DiscountRate::effective_per(Period period) const noexcept {
  return std::expm1(continuous_per(period));
}

}  // namespace rapport::core
