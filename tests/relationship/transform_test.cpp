#include <rapport/relationship/transform.hpp>

#include <rapport/core/check.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();

TEST(Saturating, IsHalfAtHalf) {
  const Scale scale(Saturating{.half = 730});
  EXPECT_EQ(scale(0), 0);
  EXPECT_EQ(scale(730), 0.5);
  EXPECT_EQ(scale(2190), 0.75);
  EXPECT_EQ(scale(infinity), 1);
  EXPECT_EQ(scale(-5), 0);
}

TEST(Saturating, DoesNotOverflowAtTheEndOfTheDoubles) {
  const Scale more(Saturating{.half = largest});
  const Scale less(Saturating{.half = largest}, Direction::less);
  EXPECT_EQ(more(largest), 0.5);
  EXPECT_EQ(less(largest), 0.5);
  EXPECT_EQ(less(infinity), 0);
}

TEST(Saturating, IsHalfOverItsSumWhereLessIsCloser) {
  const Scale scale(Saturating{.half = 30}, Direction::less);
  EXPECT_EQ(scale(0), 1);
  EXPECT_EQ(scale(30), 0.5);
  EXPECT_EQ(scale(90), 0.25);
  EXPECT_EQ(scale(-5), 1);
  // 1 - v / (v + half) would be 3.0e-12 with five digits lost.
  EXPECT_DOUBLE_EQ(scale(1e13), 30 / (1e13 + 30));
}

TEST(Logarithm, IsOneFromFullOn) {
  const Scale scale(Logarithm{.scale = 1, .full = 99});
  EXPECT_EQ(scale(0), 0);
  EXPECT_DOUBLE_EQ(scale(9), 0.5);  // log 10 / log 100
  EXPECT_EQ(scale(99), 1);
  EXPECT_EQ(scale(1e6), 1);
  EXPECT_EQ(scale(infinity), 1);
  EXPECT_EQ(scale(-1), 0);
  EXPECT_DOUBLE_EQ(Scale(Logarithm{.scale = 1, .full = 99}, Direction::less)(9), 0.5);
}

TEST(Linear, GoesFromOneEndToTheOther) {
  const Scale scale(Linear{.from = 10, .to = 20});
  EXPECT_EQ(scale(9), 0);
  EXPECT_EQ(scale(10), 0);
  EXPECT_EQ(scale(12.5), 0.25);
  EXPECT_EQ(scale(20), 1);
  EXPECT_EQ(scale(infinity), 1);
  EXPECT_EQ(Scale(Linear{.from = 10, .to = 20}, Direction::less)(12.5), 0.75);
}

TEST(Rank, SpreadsTheBinsOverTheUnitInterval) {
  const std::vector<double> base{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const auto more = scale_for(Rank{.bins = 5}, Direction::more, base);
  const auto less = scale_for(Rank{.bins = 5}, Direction::less, base);
  EXPECT_EQ(more.cuts().bins(), 5);
  const std::vector<double> expected{0, 0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1};
  for (std::size_t i = 0; i < base.size(); ++i) {
    EXPECT_EQ(more(base[i]), expected[i]);
    EXPECT_EQ(less(base[i]), 1 - expected[i]);
  }
}

TEST(Rank, KeepsItsCutsForNewCustomers) {
  const auto scale = scale_for(Rank{.bins = 4}, Direction::more, std::vector<double>{1, 2, 3, 4});
  const Scale later(Rank{.bins = 4}, Direction::more, {}, scale.cuts());
  for (const double v : {-100.0, 1.0, 2.5, 3.0, 1e9}) EXPECT_EQ(later(v), scale(v));
  EXPECT_EQ(later(-100), 0);
  EXPECT_EQ(later(1e9), 1);
}

TEST(Rank, KnowsNothingWithoutAnybodyToCompareWith) {
  const std::vector<double> nobody{std::nan(""), std::nan("")};
  EXPECT_TRUE(std::isnan(scale_for(Rank{}, Direction::more, nobody)(3)));
  EXPECT_TRUE(std::isnan(Scale(Rank{})(3)));
}

TEST(Own, IsWhatTheHostSays) {
  const OwnTransforms own{{"step", [](double v) { return v >= 3 ? 1.0 : 0.25; }}};
  const Scale more(Own{"step"}, Direction::more, own);
  EXPECT_EQ(more(2), 0.25);
  EXPECT_EQ(more(3), 1);
  EXPECT_EQ(Scale(Own{"step"}, Direction::less, own)(2), 0.75);
}

TEST(Own, MayNotLeaveTheUnitInterval) {
  const OwnTransforms own{{"twice", [](double v) { return 2 * v; }},
                          {"shy", [](double) { return std::nan(""); }}};
  const Scale twice(Own{"twice"}, Direction::more, own);
  EXPECT_EQ(twice(0.5), 1);
  EXPECT_THROW(static_cast<void>(twice(0.6)), std::domain_error);
  EXPECT_THROW(static_cast<void>(twice(-0.1)), std::domain_error);
  EXPECT_TRUE(std::isnan(Scale(Own{"shy"}, Direction::more, own)(1)));
}

TEST(Scale, LeavesWhatCannotBeKnownUnknown) {
  const OwnTransforms own{{"one", [](double) { return 1.0; }}};
  const std::vector<double> base{1, 2, 3};
  for (const Transform& transform :
       {Transform(Saturating{}), Transform(Logarithm{}), Transform(Linear{}), Transform(Rank{3}),
        Transform(Own{"one"})}) {
    for (const auto direction : {Direction::more, Direction::less}) {
      const auto scale = scale_for(transform, direction, base, own);
      EXPECT_TRUE(std::isnan(scale(std::nan("")))) << name_of(transform);
    }
  }
}

TEST(Scale, GivesAColumnWhatItGivesItsValues) {
  const std::vector<double> values{3, std::nan(""), 0, 17, -2};
  const auto scale = scale_for(Rank{.bins = 2}, Direction::more, values);
  std::vector<double> closeness = values;
  scale.apply(closeness, closeness);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      EXPECT_TRUE(std::isnan(closeness[i]));
    } else {
      EXPECT_EQ(closeness[i], scale(values[i]));
    }
  }
  std::vector<double> shorter(2);
  EXPECT_THROW(scale.apply(values, shorter), std::invalid_argument);
}

TEST(Scale, RefusesParametersOutOfTheirDomain) {
  const double nan = std::nan("");
  for (const Transform& transform :
       {Transform(Saturating{0}), Transform(Saturating{-1}), Transform(Saturating{nan}),
        Transform(Saturating{infinity}), Transform(Logarithm{0, 1}), Transform(Logarithm{1, 0}),
        Transform(Logarithm{1, infinity}), Transform(Logarithm{1e-300, 1e300}),
        Transform(Linear{1, 1}), Transform(Linear{2, 1}), Transform(Linear{nan, 1}),
        Transform(Linear{0, infinity}), Transform(Linear{-largest, largest}), Transform(Rank{1}),
        Transform(Rank{256}), Transform(Own{""}), Transform(Own{"nobody_knows"})}) {
    EXPECT_THROW(Scale{transform}, std::invalid_argument) << transform.index();
    EXPECT_THROW(static_cast<void>(scale_for(transform, Direction::more, {})),
                 std::invalid_argument);
  }
  EXPECT_THROW(Scale(Own{"empty"}, Direction::more, {{"empty", nullptr}}), std::invalid_argument);
  EXPECT_THROW(Scale(Rank{4}, Direction::more, {}, fold::Cuts({1, 2})), std::invalid_argument);
}

TEST(Scale, NamesTheParameterThatIsWrong) {
  const auto fault = fault_of(Logarithm{.scale = 2, .full = -3});
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->parameter, "full");
  EXPECT_EQ(fault->text, "is -3, but must be finite and > 0, and so its ratio to scale");
}

TEST(Scale, StaysInTheUnitIntervalAndRisesOrFalls) {
  rc::check("closeness follows the direction", [] {
    const double half = *rc::gen::inRange(1, 100'000) / 16.0;
    const double a = *rc::gen::inRange(-1'000, 1'000'000) / 8.0;
    const double b = *rc::gen::inRange(-1'000, 1'000'000) / 8.0;
    for (const Transform& transform :
         {Transform(Saturating{half}), Transform(Logarithm{half, 3 * half}),
          Transform(Linear{-half, half})}) {
      const Scale more(transform);
      const Scale less(transform, Direction::less);
      RC_ASSERT(more(a) >= 0 && more(a) <= 1);
      // Each is rounded at most three times.
      RC_ASSERT(std::abs(more(a) + less(a) - 1) <= 4e-16);
      if (a <= b) {
        RC_ASSERT(more(a) <= more(b) + 4e-16);
        RC_ASSERT(less(a) >= less(b) - 4e-16);
      }
    }
  });
}

TEST(FindDescent, ShowsWhereAFunctionFalls) {
  const std::vector<double> values{5, 1, std::nan(""), 3, 2, 4, 3};
  EXPECT_FALSE(find_descent([](double v) { return v; }, values));
  EXPECT_FALSE(find_descent([](double) { return 0.5; }, values));
  const auto fall = find_descent([](double v) { return v < 3 ? v : 6 - v; }, values);
  ASSERT_TRUE(fall);
  EXPECT_EQ(fall->low, 3);
  EXPECT_EQ(fall->high, 4);
  EXPECT_EQ(fall->at_low, 3);
  EXPECT_EQ(fall->at_high, 2);
  EXPECT_FALSE(find_descent([](double v) { return v; }, {}));
}

}  // namespace
}  // namespace rapport::relationship
