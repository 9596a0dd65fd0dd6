// The right uses: a rate that says its unit.
#include <rapport/core/discount.hpp>

namespace rapport::core {

double weekly(DiscountRate rate) { return rate.continuous_per(weeks); }

double from_weeks() { return weekly(DiscountRate::continuous(0.002, weeks)); }
double from_years() { return weekly(AnnualRate(0.10)); }

}  // namespace rapport::core
