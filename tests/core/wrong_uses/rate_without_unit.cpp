// 0.002 of what unit of time?
#include <rapport/core/discount.hpp>

rapport::core::DiscountRate rate() { return 0.002; }
