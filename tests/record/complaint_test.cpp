#include <rapport/record/complaint.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST(Complaint, EachMemberIsAColumn) {
  const Complaint row{.stamp = full_stamp,
                      .reported_at = noon + 24h,
                      .channel = {2},
                      .category = {3},
                      .about = 4,
                      .severity = 5,
                      .evidence = 6,
                      .resolved_at = noon + 72h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<Complaint>(), (Names{"reported_at", "channel", "category", "about",
                                              "severity", "evidence", "resolved_at"}));
}

TEST(Complaint, WasReportedWhenItBecameKnownUnlessItIsSaidOtherwise) {
  EXPECT_EQ((Complaint{.stamp = {.at = noon, .known = noon + 5h}}).reported_at, noon + 5h);
}

TEST(Complaint, RefusesASeverityAboveFive) {
  Complaint row{.severity = 6};
  EXPECT_EQ(row.normalise(), core::Reason::bad_number);
  row.severity = 5;
  EXPECT_FALSE(row.normalise());
}

TEST(RecoveryAction, EachMemberIsAColumn) {
  const RecoveryAction row{.stamp = full_stamp,
                           .complaint = 2,
                           .kind = RecoveryKind::follow_up,
                           .department = Department::service,
                           .agent = {3},
                           .cost = 4};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<RecoveryAction>(),
            (Names{"complaint", "kind", "department", "agent", "cost"}));
  EXPECT_EQ(core::to_text(row.kind), "follow_up");
}

TEST(RecoveryAction, RefusesACostBelowZero) {
  EXPECT_EQ((RecoveryAction{.cost = -1}).normalise(), core::Reason::bad_amount);
}

}  // namespace
}  // namespace rapport::record
