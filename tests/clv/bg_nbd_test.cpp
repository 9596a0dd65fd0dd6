#include <rapport/clv/bg_nbd.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

TEST(BgNbd, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(BgNbd({.r = 0, .alpha = 1, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 0, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = -1, .b = 1}), std::domain_error);
  EXPECT_THROW(BgNbd({.r = 1, .alpha = 1, .a = 1, .b = std::nan("")}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
