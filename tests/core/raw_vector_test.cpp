#include <rapport/core/raw_vector.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>

namespace rapport::core {
namespace {

TEST(RawVector, HoldsWhatIsPutIntoIt) {
  RawVector<std::uint32_t> numbers;
  numbers.resize(100'000);
  std::iota(numbers.begin(), numbers.end(), 0U);
  numbers.push_back(7);
  EXPECT_EQ(numbers.size(), 100'001U);
  EXPECT_EQ(numbers[99'999], 99'999U);
  EXPECT_EQ(numbers.back(), 7U);
}

TEST(RawVector, CopiesMovesAndFillsLikeAnyVector) {
  const RawVector<int> five(5, 3);
  RawVector<int> copy = five;
  copy.resize(6, 9);
  EXPECT_EQ(copy.back(), 9);
  const RawVector<int> moved = std::move(copy);
  EXPECT_EQ(moved.size(), 6U);
  EXPECT_EQ(five, RawVector<int>(5, 3));
}

TEST(RawVector, LeavesWhatWasThere) {
  RawVector<int> numbers(100, 42);
  numbers.resize(0);
  numbers.resize(100);
  EXPECT_EQ(numbers[50], 42) << "memory that was kept is not written to again";
}

}  // namespace
}  // namespace rapport::core
