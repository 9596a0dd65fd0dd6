#include <rapport/relationship/micro.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::relationship {
namespace {

TEST(Micro, RoundsHalvesToEven) {
  EXPECT_EQ(to_micro(0.767), 767'000);
  EXPECT_EQ(to_micro(1), one);
  EXPECT_EQ(to_micro(0), 0);
  // Products that doubles hold exactly.
  EXPECT_EQ(to_micro(0x1p-7), 7812);       // 7812.5
  EXPECT_EQ(to_micro(3 * 0x1p-7), 23438);  // 23437.5
  EXPECT_EQ(to_micro(-0x1p-7), -7812);
  EXPECT_EQ(to_micro(-3 * 0x1p-7), -23438);
  EXPECT_EQ(to_micro(0.00000049), 0);
  EXPECT_EQ(to_micro(0.00000051), 1);
}

TEST(Micro, IsWrittenAsTheExactDecimal) {
  EXPECT_EQ(micro_text(767'000), "0.767");
  EXPECT_EQ(micro_text(one), "1");
  EXPECT_EQ(micro_text(0), "0");
  EXPECT_EQ(micro_text(-1), "-0.000001");
  EXPECT_EQ(micro_text(unknown_score), "unknown");
}

TEST(Micro, RejectsWhatItCannotHold) {
  for (const double value : {2001.0, -2001.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW((void)to_micro(value), std::domain_error) << value;
  }
}

}  // namespace
}  // namespace rapport::relationship
