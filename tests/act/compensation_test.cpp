#include <rapport/act/compensation.hpp>

#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/relationship/complaints.hpp>

#include "support/complaint_story.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace rapport::act {
namespace {

using record::RecoveryAction;
using record::RecoveryKind;
using tests::ComplaintStory;

// IRR: up to half a million for severity 3, never more than a tenth of what the customer is worth,
// but 50,000 for everybody.
const CompensationPolicy policy{.by_severity = {0, 20'000, 100'000, 500'000, 1'000'000, 2'000'000},
                                .share_of_value = 1000,
                                .at_least = 50'000};

TEST(R43_Compensation, IsCappedBySeverityAndByValue) {
  EXPECT_EQ(cap(policy, 3, 9'000'000), (CompensationCap{500'000, CapReason::severity}));
  EXPECT_EQ(cap(policy, 3, 3'000'009), (CompensationCap{300'000, CapReason::value}));
  EXPECT_EQ(cap(policy, 3, 100'000), (CompensationCap{50'000, CapReason::at_least}));
  EXPECT_EQ(cap(policy, 1, 100'000), (CompensationCap{20'000, CapReason::severity}));
  EXPECT_EQ(cap(policy, 3, -5), (CompensationCap{50'000, CapReason::at_least}));
  EXPECT_EQ(cap(policy, 0, 9'000'000).amount, 0)
      << "an unknown severity earns what the policy says";
  EXPECT_EQ(core::to_text(CapReason::at_least), "at least");
  EXPECT_EQ(cap({.by_severity = {0, 0, 0, 0, 0, std::numeric_limits<std::int64_t>::max()}}, 5,
                std::numeric_limits<std::int64_t>::max())
                .amount,
            std::numeric_limits<std::int64_t>::max())
      << "the share of a large value does not overflow";
}

TEST(R43_Compensation, TheGiftIsACostOfServiceOnceAndAGainOfTheCustomerOnce) {
  const ComplaintStory story;
  const Posting books = posting(story.acts, ComplaintStory::sight(60));
  EXPECT_EQ(books.service_cost, 400'000);
  EXPECT_EQ(books.customers_gain, 400'000);
  EXPECT_EQ(books.revenue, 0);
  EXPECT_EQ(books.goods_sold, 0);
  EXPECT_EQ(posting(story.acts, ComplaintStory::sight(46)), Posting{}) << "not given yet";

  // The aggregate that follows complaints says the same, and the revenue is that of the two orders.
  const auto handled =
      fold::over(relationship::ComplaintsHandled{ComplaintStory::sight(60)}, story.acts);
  EXPECT_EQ(handled.service_cost, books.service_cost);
  EXPECT_EQ(handled.customers_gain, books.customers_gain);
  std::vector<fold::Entry> orders;
  for (const core::Instant at : story.orders) orders.push_back({.at = at, .amount = 900'000});
  EXPECT_EQ(fold::over(fold::NetSpend{}, orders).total + books.revenue, 1'800'000);
}

TEST(R43_Compensation, OtherActsCostTheFirmAndGiveTheCustomerNothing) {
  const std::vector<RecoveryAction> acts = {
      ComplaintStory::act(RecoveryKind::fix, ComplaintStory::day(1), 70),
      ComplaintStory::act(RecoveryKind::compensate, ComplaintStory::day(2), 30)};
  EXPECT_EQ(posting(acts, ComplaintStory::sight(9)),
            (Posting{.service_cost = 100, .customers_gain = 30}));
}

TEST(R43_CompensationReview, HoldsWhatWasGivenAgainstTheCap) {
  const ComplaintStory story;
  const auto review_at = [&](int day, std::int64_t value) {
    return review(policy, story.complaint, story.acts, value, ComplaintStory::sight(day));
  };
  EXPECT_EQ(review_at(60, 9'000'000).given, 400'000);
  EXPECT_EQ(review_at(60, 9'000'000).left(), 100'000);
  EXPECT_EQ(review_at(60, 9'000'000).above_cap(), 0);
  EXPECT_EQ(review_at(60, 3'000'000).above_cap(), 100'000);
  EXPECT_EQ(review_at(60, 3'000'000).left(), 0);
  EXPECT_EQ(review_at(45, 3'000'000).left(), 300'000);
  record::Complaint other = story.complaint;
  other.stamp.key = 99;
  EXPECT_EQ(review(policy, other, story.acts, 0, ComplaintStory::sight(60)).given, 0);
}

TEST(Compensation, RejectsPoliciesAndCostsThatCannotBe) {
  EXPECT_THROW((void)cap({.by_severity = {-1}}, 0, 0), std::domain_error);
  EXPECT_THROW((void)cap({.share_of_value = 10'001}, 0, 0), std::domain_error);
  EXPECT_THROW((void)cap({.at_least = -1}, 0, 0), std::domain_error);
  EXPECT_THROW((void)cap({}, 6, 0), std::domain_error);
  const auto costing = [](std::int64_t cost) {
    return ComplaintStory::act(RecoveryKind::fix, ComplaintStory::day(0), cost);
  };
  const auto sight = ComplaintStory::sight(9);
  EXPECT_THROW((void)posting(std::vector{costing(-1)}, sight), std::domain_error);
  EXPECT_THROW(
      (void)posting(std::vector{costing(std::numeric_limits<std::int64_t>::max()), costing(1)},
                    sight),
      std::overflow_error);
}

}  // namespace
}  // namespace rapport::act
