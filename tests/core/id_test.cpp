#include <rapport/core/id.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <unordered_set>

namespace rapport::core {
namespace {

using Customer = Id<struct CustomerTag>;
using Channel = Id<struct ChannelTag>;

static_assert(!std::convertible_to<Customer, Channel>);
static_assert(!std::equality_comparable_with<Customer, Channel>);
static_assert(sizeof(Customer) == 4);

TEST(Id, IsOrderedByItsPlaceInTheTable) {
  EXPECT_EQ(Customer{}, Customer{0});
  EXPECT_LT(Customer{1}, Customer{2});
}

TEST(Id, CanBeAKeyOfAHashTable) {
  const std::unordered_set<Customer> customers = {Customer{1}, Customer{2}, Customer{1}};
  EXPECT_EQ(customers.size(), 2u);
}

}  // namespace
}  // namespace rapport::core
