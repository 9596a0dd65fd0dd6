#include <rapport/clv/mbg_nbd.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

TEST(MbgNbd, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(MbgNbd({.r = 0, .alpha = 1, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(MbgNbd({.r = 1, .alpha = 0, .a = 1, .b = 1}), std::domain_error);
  EXPECT_THROW(MbgNbd({.r = 1, .alpha = 1, .a = -1, .b = 1}), std::domain_error);
  EXPECT_THROW(MbgNbd({.r = 1, .alpha = 1, .a = 1, .b = INFINITY}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
