#include <rapport/relationship/relationality.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rapport::relationship {
namespace {

TEST(R26_Relationality, AOneOffBuyerWithoutContactAfterTheSaleIsTransactional) {
  const RelationalAnswer answer = relationality({.purchases = 1, .categories = 1});
  EXPECT_EQ(answer.relationality, Relationality::transactional);
  EXPECT_TRUE(answer.reasons().empty());
  EXPECT_EQ(to_text(answer),
            "transactional: lacks repeat share 0.00 (0.50 asked for), several categories 1 (2 "
            "asked for), two way contacts 0 (1 asked for), open commitments 0 (1 asked for)");
}

TEST(R26_Relationality, AClinicPatientWithSixVisitsAndABookedNextOneIsRelationalForThreeReasons) {
  // The patient called for an appointment and was reminded of it; the next one is booked.
  const RelationalAnswer answer = relationality(
      {.purchases = 6, .categories = 1, .inbound = 6, .outbound = 5, .open_commitments = 1});
  EXPECT_EQ(answer.relationality, Relationality::relational);
  EXPECT_EQ(answer.reasons(),
            (std::vector{RelationalReason::repeat_share, RelationalReason::two_way_contacts,
                         RelationalReason::open_commitments}));
  EXPECT_EQ(to_text(answer),
            "relational: repeat share 0.83 (0.50 asked for), two way contacts 5 (1 asked for), "
            "open commitments 1 (1 asked for)");
}

TEST(Relationality, WithoutAnyEvidenceIsUnknown) {
  EXPECT_EQ(relationality({}).relationality, Relationality::unknown);
  EXPECT_EQ(to_text(relationality({})), "unknown: nothing is known");
}

TEST(Relationality, ContactsOfOneSideAloneAreNotTwoWay) {
  EXPECT_TRUE(relationality({.purchases = 1, .outbound = 100}).reasons().empty());
  EXPECT_TRUE(relationality({.purchases = 1, .inbound = 100}).reasons().empty());
}

TEST(Relationality, NeedsAsManyReasonsAsTheRuleSays) {
  const RelationalEvidence twice = {.purchases = 2, .categories = 1};
  EXPECT_EQ(relationality(twice).relationality, Relationality::transactional) << "one reason";
  EXPECT_EQ(relationality(twice, {.reasons = 1}).relationality, Relationality::relational);
  EXPECT_EQ(relationality(twice, {.repeat_share = 0.51, .reasons = 1}).relationality,
            Relationality::transactional);
}

TEST(Relationality, NeverFallsWithMoreEvidence) {
  for (std::uint32_t bits = 0; bits < 1024; ++bits) {
    const RelationalEvidence less = {bits & 3, bits >> 2 & 3, bits >> 4 & 3, bits >> 6 & 3,
                                     bits >> 8 & 3};
    RelationalEvidence more = less;
    for (std::uint32_t* count : {&more.purchases, &more.categories, &more.inbound, &more.outbound,
                                 &more.open_commitments}) {
      ++*count;
      EXPECT_GE(relationality(more).relationality, relationality(less).relationality);
    }
  }
}

TEST(Relationality, OfABusinessCountsItsCustomers) {
  const std::vector<RelationalEvidence> base = {
      {}, {.purchases = 1}, {.purchases = 4, .categories = 2}, {.purchases = 3}};
  const RelationalityOfBase counted = relationality_of_base(base);
  EXPECT_EQ(counted.unknown, 1U);
  EXPECT_EQ(counted.transactional, 2U);
  EXPECT_EQ(counted.relational, 1U);
  EXPECT_EQ(counted.met, (std::array<std::uint64_t, 4>{2, 1, 0, 0}));
  EXPECT_EQ(counted.relational_share(), 1.0 / 3);
  EXPECT_EQ(counted.repeat_share(), 5.0 / 8);
  EXPECT_TRUE(std::isnan(relationality_of_base({}).relational_share()));
  EXPECT_TRUE(std::isnan(relationality_of_base({}).repeat_share()));
}

TEST(Relationality, RefusesARuleWithoutMeaning) {
  for (const RelationalRule& wrong : {RelationalRule{.repeat_share = 0},
                                      {.repeat_share = 1.1},
                                      {.repeat_share = std::nan("")},
                                      {.categories = 0},
                                      {.two_way_contacts = 0},
                                      {.open_commitments = 0},
                                      {.reasons = 0},
                                      {.reasons = 5}}) {
    EXPECT_THROW((void)relationality({}, wrong), std::domain_error);
    EXPECT_THROW((void)relationality_of_base({}, wrong), std::domain_error);
  }
}

}  // namespace
}  // namespace rapport::relationship
