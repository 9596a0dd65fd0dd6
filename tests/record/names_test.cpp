#include <rapport/record/names.hpp>

#include <gtest/gtest.h>

#include <string>

namespace rapport::record {
namespace {

TEST(Names, NumberTextsInTheOrderTheyCome) {
  Names names;
  EXPECT_EQ(names.intern("web"), 0U);
  EXPECT_EQ(names.intern("shop"), 1U);
  EXPECT_EQ(names.intern("web"), 0U);
  EXPECT_EQ(names.intern(""), 2U);
  EXPECT_EQ(names[1], "shop");
  EXPECT_EQ(names.find("shop"), 1U);
  EXPECT_EQ(names.find("phone"), std::nullopt);
  EXPECT_EQ(Names().find("x"), std::nullopt);
}

TEST(Names, SortingFreesNumbersFromTheOrderOfTheInput) {
  Names a, b;
  for (int i = 0; i < 10'000; ++i) a.intern(std::to_string(i));
  for (int i = 10'000; i-- > 0;) b.intern(std::to_string(i));
  const auto moved = a.sort();
  b.sort();
  EXPECT_EQ(a[moved[1234]], "1234");
  ASSERT_EQ(a.size(), b.size());
  for (std::uint32_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i], b[i]);
    ASSERT_EQ(a.find(b[i]), i);
    ASSERT_TRUE(i == 0 || a[i - 1] < a[i]);
  }
}

TEST(Names, TellTextsApartThatHashesOfPrefixesWouldNot) {
  Names names;
  for (std::size_t size = 0; size < 40; ++size) names.intern(std::string(size, '\0'));
  EXPECT_EQ(names.size(), 40U);
}

}  // namespace
}  // namespace rapport::record
