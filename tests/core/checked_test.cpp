#include <rapport/core/checked.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>

namespace rapport::core {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

TEST(Checked, AddsAndSubtractsUpToTheEnds) {
  std::int64_t sum = most - 1;
  add_checked(sum, 1, "test");
  EXPECT_EQ(sum, most);
  subtract_checked(sum, most, "test");
  EXPECT_EQ(sum, 0);
  add_checked(sum, least, "test");
  EXPECT_EQ(sum, least);
}

TEST(Checked, RefusesToWrapAndLeavesTheSumAsItWas) {
  std::int64_t sum = most;
  EXPECT_THROW(add_checked(sum, 1, "test"), std::overflow_error);
  EXPECT_EQ(sum, most);
  sum = 0;
  EXPECT_THROW(subtract_checked(sum, least, "test"), std::overflow_error);
  EXPECT_EQ(sum, 0);
  try {
    sum = least;
    subtract_checked(sum, 1, "the shop's profit");
    FAIL();
  } catch (const std::overflow_error& error) {
    EXPECT_EQ(std::string(error.what()), "the shop's profit: the sum leaves 64 bits");
  }
}

}  // namespace
}  // namespace rapport::core
