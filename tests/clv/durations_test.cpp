#include <rapport/clv/durations.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;

TEST(Durations, CountsEqualRowsInAnOrderOfTheirOwn) {
  const Column duration = {2.5, 0, 2.5, 1.25, 2.5}, churned = {1, 0, 0, 1, 1},
               customers = {1, 4, 2, 1, 3};
  const Durations d({duration, churned, customers});
  ASSERT_EQ(d.size(), 4U);
  EXPECT_EQ(Column(d.duration().begin(), d.duration().end()), (Column{0, 2.5, 1.25, 2.5}));
  EXPECT_EQ(Column(d.churned().begin(), d.churned().end()), (Column{0, 0, 1, 1}));
  EXPECT_EQ(Column(d.count().begin(), d.count().end()), (Column{4, 2, 1, 4}));
  EXPECT_EQ(d.customers(), 11);
  EXPECT_EQ(d.departures(), 5);
  EXPECT_EQ(d.exposure(), 5 + 1.25 + 10);
}

TEST(Durations, RefusesWhatCannotBe) {
  const auto make = [](const Column& duration, const Column& churned,
                       const Column& customers = {}) {
    return Durations({duration, churned, customers});
  };
  EXPECT_EQ(make({}, {}).size(), 0U);
  EXPECT_THROW((void)make({0}, {1}), std::domain_error);
  EXPECT_THROW((void)make({-1}, {0}), std::domain_error);
  EXPECT_THROW((void)make({std::numeric_limits<double>::infinity()}, {0}), std::domain_error);
  EXPECT_THROW((void)make({std::nan("")}, {0}), std::domain_error);
  EXPECT_THROW((void)make({1}, {0.5}), std::domain_error);
  EXPECT_THROW((void)make({1}, {0}, {-1}), std::domain_error);
  EXPECT_THROW((void)make({1, 2}, {0}), std::invalid_argument);
  EXPECT_THROW((void)make({1}, {0}, {1, 2}), std::invalid_argument);
}

}  // namespace
}  // namespace rapport::clv
