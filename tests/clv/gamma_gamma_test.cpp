#include <rapport/clv/gamma_gamma.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::clv {
namespace {

TEST(GammaGamma, RejectsParametersThatAreNotPositive) {
  EXPECT_THROW(GammaGamma({.p = 0, .q = 1, .gamma = 1}), std::domain_error);
  EXPECT_THROW(GammaGamma({.p = 1, .q = -2, .gamma = 1}), std::domain_error);
  EXPECT_THROW(GammaGamma({.p = 1, .q = 1, .gamma = std::nan("")}), std::domain_error);
}

}  // namespace
}  // namespace rapport::clv
