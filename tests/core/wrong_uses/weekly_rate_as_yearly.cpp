// A rate of a week is not taken for one of a year.
#include <rapport/core/discount.hpp>

double value_in_a_year(rapport::core::AnnualRate rate) { return 1 / (1 + rate.effective()); }

double value() {
  return value_in_a_year(rapport::core::DiscountRate::continuous(0.002, rapport::core::weeks));
}
