#include <rapport/core/check.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace rapport::core {
namespace {

std::string message(double value) {
  try {
    check_positive_finite(value, "BgNbd", "alpha");
  } catch (const std::domain_error& error) {
    return error.what();
  }
  return "";
}

TEST(Check, NamesPlaceNameValueAndRequirement) {
  EXPECT_EQ(message(-1), "BgNbd: alpha is -1, but must be finite and > 0");
  EXPECT_EQ(message(std::nan("")), "BgNbd: alpha is nan, but must be finite and > 0");
  EXPECT_EQ(message(INFINITY), "BgNbd: alpha is inf, but must be finite and > 0");
  EXPECT_EQ(message(0.1), "");
}

TEST(Check, GuardsItsOtherDomains) {
  EXPECT_NO_THROW(check_not_negative_finite(0, "p", "n"));
  EXPECT_THROW(check_not_negative_finite(-1e-300, "p", "n"), std::domain_error);
  EXPECT_NO_THROW(check_fraction(1, "p", "n"));
  EXPECT_THROW(check_fraction(1.0000001, "p", "n"), std::domain_error);
  EXPECT_THROW(check_fraction(std::nan(""), "p", "n"), std::domain_error);
  EXPECT_THROW(check_same_size(2, 3, "p", "n"), std::invalid_argument);
}

TEST(Check, TextOfADoubleReadsBack) {
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(1e300), "1e+300");
  EXPECT_EQ(std::stod(to_text(1.0 / 3)), 1.0 / 3);
}

}  // namespace
}  // namespace rapport::core
