#include <rapport/record/column.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace rapport::record {
namespace {

struct Visit {
  std::uint32_t minutes = 0;
  std::int64_t cost = 0;

  static constexpr auto columns() {
    return std::tuple{Column{"minutes", &Visit::minutes}, MoneyColumn{"cost", &Visit::cost}};
  }
};

static_assert(
    std::is_same_v<decltype(Column{"minutes", &Visit::minutes}), Column<Visit, std::uint32_t>>);
static_assert(!Column<Visit, std::uint32_t>::is_money);
static_assert(MoneyColumn<Visit>::is_money);

TEST(Column, NamesAMemberAndReachesIt) {
  Visit visit;
  std::vector<std::string> names;
  std::int64_t value = 5;
  std::apply(
      [&](const auto&... columns) {
        ((names.emplace_back(columns.name),
          visit.*columns.member = static_cast<std::uint32_t>(value++)),
         ...);
      },
      Visit::columns());
  EXPECT_EQ(names, (std::vector<std::string>{"minutes", "cost"}));
  EXPECT_EQ(visit.minutes, 5U);
  EXPECT_EQ(visit.cost, 6);
}

}  // namespace
}  // namespace rapport::record
