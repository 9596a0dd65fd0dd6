#include <rapport/clv/retention.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using Column = std::vector<double>;
using Intervals = std::vector<Retention::Interval>;

Retention cohorts(const Column& t, const Column& alive, const Column& cohort = {}) {
  return Retention(CohortColumns{.t = t, .alive = alive, .cohort = cohort});
}
Retention tenures(const Column& tenure, const Column& churned, const Column& customers = {}) {
  return Retention(TenureColumns{.tenure = tenure, .churned = churned, .customers = customers});
}
Intervals all(std::span<const Retention::Interval> intervals) {
  return {intervals.begin(), intervals.end()};
}

TEST(Retention, CountsACohort) {
  const Retention r = cohorts({0, 1, 2, 3}, {10, 7, 7, 4});
  EXPECT_EQ(all(r.survived()), (Intervals{{0, 2, 7}, {2, 3, 4}}));  // 7 twice: one stretch
  EXPECT_EQ(all(r.left()), (Intervals{{0, 1, 3}, {2, 3, 3}}));
  EXPECT_EQ(r.customers(), 10);
  EXPECT_EQ(r.churned(), 6);
  EXPECT_EQ(r.exposure(), 10 + 7 + 7);
  EXPECT_EQ(r.stretches(), 4U);
  // Three kinds of customers: left at the first renewal, at the third, still there.
  ASSERT_EQ(r.size(), 3U);
  EXPECT_EQ(Column(r.passed().begin(), r.passed().end()), (Column{0, 2, 3}));
  EXPECT_EQ(Column(r.left_by().begin(), r.left_by().end()), (Column{1, 3, 0}));
  EXPECT_EQ(Column(r.count().begin(), r.count().end()), (Column{3, 3, 4}));
}

TEST(Retention, TakesOtherNumbersOfCustomers) {
  const Retention r = cohorts({0, 1, 2, 3}, {10, 7, 7, 4});
  const Retention same = r.with_counts(r.count());
  EXPECT_EQ(all(same.survived()), all(r.survived()));
  EXPECT_EQ(all(same.left()), all(r.left()));
  const Column counts = {0, 5, 2};
  const Retention other = r.with_counts(counts);
  EXPECT_EQ(all(other.survived()), (Intervals{{0, 2, 7}, {2, 3, 2}}));
  EXPECT_EQ(all(other.left()), (Intervals{{2, 3, 5}}));
  EXPECT_EQ(other.customers(), 7);
  EXPECT_THROW((void)r.with_counts(Column{1, 2}), std::invalid_argument);
  EXPECT_THROW((void)r.with_counts(Column{1, 2, -1}), std::domain_error);
}

TEST(Retention, DoesNotCareForTheOrderOfRows) {
  const Retention a = cohorts({0, 1, 2, 0, 1}, {10, 7, 5, 20, 15}, {2003, 2003, 2003, 2004, 2004});
  const Retention b = cohorts({1, 0, 2, 1, 0}, {15, 10, 5, 7, 20}, {2004, 2003, 2003, 2003, 2004});
  EXPECT_EQ(all(a.survived()), all(b.survived()));
  EXPECT_EQ(all(a.left()), all(b.left()));
  EXPECT_EQ(all(a.survived()), (Intervals{{0, 1, 22}, {1, 2, 5}}));
  EXPECT_EQ(all(a.left()), (Intervals{{0, 1, 8}, {1, 2, 2}}));
  EXPECT_EQ(a.customers(), 30);
}

TEST(Retention, TakesGapsAndLateBeginnings) {
  // One cohort seen every other renewal, one from its third renewal on.
  const Retention r = cohorts({0, 2, 3, 4}, {10, 6, 8, 5}, {1, 1, 2, 2});
  EXPECT_EQ(all(r.survived()), (Intervals{{0, 2, 6}, {3, 4, 5}}));
  EXPECT_EQ(all(r.left()), (Intervals{{0, 2, 4}, {3, 4, 3}}));
  EXPECT_EQ(r.exposure(), 12 + 5 + 4 * 1.5 + 3);
}

TEST(Retention, SingleCustomersAreACohortOfOne) {
  // Of four who signed together one leaves at the first renewal, one at the third, two stay.
  const Retention single = tenures({1, 3, 3, 3}, {1, 1, 0, 0});
  const Retention counted = cohorts({0, 1, 2, 3}, {4, 3, 3, 2});
  EXPECT_EQ(all(single.survived()), all(counted.survived()));
  EXPECT_EQ(all(single.left()), all(counted.left()));
  EXPECT_EQ(single.exposure(), counted.exposure());
  const Retention grouped = tenures({3, 1, 3, 7}, {0, 1, 1, 0}, {2, 1, 1, 0});
  EXPECT_EQ(all(grouped.survived()), all(counted.survived()));
  EXPECT_EQ(grouped.customers(), 4);
}

TEST(Retention, WhoWasNotYetDueSaysNothing) {
  const Retention r = tenures({0, 0, 2}, {0, 0, 0});
  EXPECT_EQ(r.customers(), 3);
  EXPECT_EQ(all(r.survived()), (Intervals{{0, 2, 1}}));
  EXPECT_EQ(cohorts({0}, {100}).stretches(), 0U);
  EXPECT_EQ(cohorts({}, {}).customers(), 0);
}

template <class Make>
std::string refusal(const Make& make) {
  try {
    (void)make();
  } catch (const std::domain_error& e) {
    return e.what();
  } catch (const std::invalid_argument& e) {
    return std::string("shape: ") + e.what();
  }
  return "taken";
}

TEST(Retention, NamesTheRowThatCannotBe) {
  const auto has = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(refusal([] {
        return cohorts({0, 1, 2}, {10, 5, 6});
      }),
      "alive of row 2 is 6, but must be at most that of the renewal before (5)");
  has(refusal([] { return cohorts({0, 1, 1}, {10, 5, 5}); }), "t of row 2 is 1");
  has(refusal([] { return cohorts({0, 0.5}, {10, 5}); }), "t of row 1 is 0.5");
  has(refusal([] { return cohorts({0, 1}, {10, -1}); }), "alive of row 1");
  has(refusal([] { return cohorts({0, 1}, {10, std::nan("")}); }), "alive of row 1");
  has(refusal([] { return cohorts({0, 1}, {10, 5}, {1, std::nan("")}); }), "cohort of row 1");
  has(refusal([] { return cohorts({0, 1}, {10}); }), "shape:");
  has(refusal([] { return cohorts({0, 1}, {10, 5}, {1}); }), "shape:");
  has(refusal([] { return tenures({1, 0}, {0, 1}); }), "tenure of row 1 is 0");
  has(refusal([] { return tenures({1}, {0.5}); }), "churned of row 0");
  has(refusal([] { return tenures({-1}, {0}); }), "tenure of row 0");
  has(refusal([] { return tenures({1}, {0}, {1.5}); }), "customers of row 0");
  has(refusal([] { return tenures({1, 2}, {0}); }), "shape:");
  has(refusal([] { return tenures({1, 2}, {0, 0}, {1}); }), "shape:");
}

}  // namespace
}  // namespace rapport::clv
