#include <rapport/relationship/root_causes.hpp>

#include "support/complaint_story.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using record::Complaint;
using tests::ComplaintStory;

constexpr record::Name delivery{1}, packaging{2}, price{3};
constexpr auto day = [](int number) { return ComplaintStory::day(number); };

// Seven of packaging worth 600, three of delivery worth 250, two of price worth 150.
std::vector<ComplaintAtRisk> twelve_complaints() {
  std::vector<ComplaintAtRisk> result;
  std::uint32_t customer = 0;
  for (const std::int64_t value : {200, 100, 100, 50, 50, 50, 50}) {
    result.push_back({packaging, customer++, value});
  }
  for (const std::int64_t value : {200, 25, 25}) result.push_back({delivery, customer++, value});
  for (const std::int64_t value : {100, 50}) result.push_back({price, customer++, value});
  return result;
}

TEST(R42_RootCauses, TheOneWithMostValueAtRiskComesFirst) {
  const auto causes = root_causes(twelve_complaints());
  ASSERT_EQ(causes.size(), 3U);
  EXPECT_EQ(causes[0].category, packaging);
  EXPECT_EQ(causes[0].complaints, 7U);
  EXPECT_EQ(causes[0].value, 600);
  EXPECT_EQ(causes[0].share_of_value, 0.6);
  EXPECT_EQ(causes[0].share_of_complaints, 7.0 / 12);
  EXPECT_EQ(causes[1].category, delivery);
  EXPECT_EQ(causes[2].category, price);
  EXPECT_EQ(to_text(causes[0], "packaging", 12),
            "packaging: 7 of 12 complaints, 60.0 % of the value at risk");
}

TEST(R42_RootCauses, ValueDecidesBeforeCount) {
  const std::vector<ComplaintAtRisk> complaints = {
      {price, 1, 1}, {price, 2, 1}, {delivery, 3, 100}};
  EXPECT_EQ(root_causes(complaints)[0].category, delivery);
  const std::vector<ComplaintAtRisk> alike = {{price, 1, 2}, {delivery, 2, 1}, {delivery, 3, 1}};
  EXPECT_EQ(root_causes(alike)[0].category, delivery) << "of the same value, the more frequent";
}

TEST(R42_RootCauses, ACustomerCountsOnceHoweverOftenHeWrote) {
  const std::vector<ComplaintAtRisk> complaints = {
      {packaging, 1, 100}, {packaging, 1, 100}, {price, 1, 100}, {price, 2, 300}};
  const auto causes = root_causes(complaints);
  EXPECT_EQ(causes[0].category, price);
  EXPECT_EQ(causes[0].share_of_value, 1);
  EXPECT_EQ(causes[1].value, 100);
  EXPECT_EQ(causes[1].complaints, 2U);
  EXPECT_EQ(causes[1].customers, 1U);
  EXPECT_EQ(causes[1].share_of_value, 0.25);
}

TEST(RootCauses, AreTheSameInAnyOrder) {
  auto complaints = twelve_complaints();
  const auto before = root_causes(complaints);
  std::reverse(complaints.begin(), complaints.end());
  const auto after = root_causes(complaints);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].category, after[i].category);
  EXPECT_TRUE(root_causes({}).empty());
  const std::vector<ComplaintAtRisk> worthless = {{price, 1, 0}};
  EXPECT_EQ(root_causes(worthless)[0].share_of_value, 0);
}

TEST(RootCauses, RejectValuesThatCannotBe) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW((void)root_causes(std::vector<ComplaintAtRisk>{{price, 1, -1}}), std::domain_error);
  EXPECT_THROW((void)root_causes(std::vector<ComplaintAtRisk>{{price, 1, 1}, {price, 1, 2}}),
               std::invalid_argument);
  EXPECT_THROW((void)root_causes(std::vector<ComplaintAtRisk>{{price, 1, most}, {price, 2, 1}}),
               std::overflow_error);
}

Complaint failure(int failed, int told, record::Name category = packaging) {
  return {.stamp = {.at = day(failed), .known = day(told)},
          .reported_at = day(told),
          .category = category};
}

TEST(R42_RateChange, BeforeAndAfterWithTheirIntervals) {
  // Twelve failures in the hundred days before stronger packaging, three in the fifty after.
  std::vector<Complaint> complaints;
  for (int i = 0; i < 12; ++i) complaints.push_back(failure(8 * i, 8 * i + 3));
  for (int i = 0; i < 3; ++i) complaints.push_back(failure(100 + 8 * i, 103 + 8 * i));
  complaints.push_back(failure(20, 25, price));
  complaints.push_back(failure(160, 161));  // too young to compare
  complaints.push_back(failure(10, 90));    // told of too late to compare
  const CauseChange change{.category = packaging,
                           .from = ComplaintStory::failure_day,
                           .at = ComplaintStory::failure_day + std::chrono::days{100},
                           .reported_within = std::chrono::days{30}};
  const auto result = rate_change(complaints, change, ComplaintStory::sight(179));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->before.count, 12U);
  EXPECT_EQ(result->before.exposure, 100);
  EXPECT_EQ(result->after.count, 3U);
  EXPECT_EQ(result->after.exposure, 50);
  EXPECT_EQ(result->rate_before.value, 0.12);
  EXPECT_EQ(result->ratio.value, 0.5);
  EXPECT_LT(result->ratio.low, 0.5);
  EXPECT_GT(result->ratio.high, 1);
  EXPECT_FALSE(result->clear()) << "three failures do not tell half from all";
  EXPECT_EQ(to_text(*result),
            "before 0.120 (0.069-0.194), after 0.060 (0.016-0.155), ratio 0.50 (0.12-1.57): not "
            "clear");
  EXPECT_FALSE(rate_change(complaints, change, ComplaintStory::sight(129))) << "no day matured";
}

TEST(R42_RateChange, IsClearWhereTheIntervalIsOnOneSide) {
  const RateChange rarer = rate_change({60, 1000}, {12, 1000});
  EXPECT_TRUE(rarer.clear());
  EXPECT_TRUE(to_text(rarer).ends_with(": rarer"));
  EXPECT_TRUE(to_text(rate_change({12, 1000}, {60, 1000})).ends_with(": more often"));
  EXPECT_FALSE(rate_change({0, 10}, {0, 10}).clear());
}

TEST(R42_RateChange, DoesNotTakeSilenceForSuccess) {
  // One failure a day, each told of 40 days later; nothing changed on day 100. As of day 150 only
  // ten of the fifty failures after it are known.
  std::vector<Complaint> complaints;
  for (int i = 0; i < 150; ++i) complaints.push_back(failure(i, i + 40));
  const CauseChange change{.category = packaging,
                           .from = ComplaintStory::failure_day,
                           .at = ComplaintStory::failure_day + std::chrono::days{100},
                           .reported_within = std::chrono::days{40}};
  const auto matured = rate_change(complaints, change, ComplaintStory::sight(149));
  ASSERT_TRUE(matured);
  EXPECT_EQ(matured->ratio.value, 1);
}

TEST(RateChange, RejectsDatesThatRunBack) {
  const CauseChange backwards{.from = day(5), .at = day(5)};
  EXPECT_THROW((void)rate_change({}, backwards, ComplaintStory::sight(99)), std::domain_error);
  const CauseChange early{.from = day(5), .at = day(6), .reported_within = -1s};
  EXPECT_THROW((void)rate_change({}, early, ComplaintStory::sight(99)), std::domain_error);
  EXPECT_THROW((void)rate_change({1, 0}, {1, 1}), std::domain_error);
}

}  // namespace
}  // namespace rapport::relationship
