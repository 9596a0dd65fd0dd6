#include <rapport/record/interaction.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

namespace rapport::record {
namespace {

using namespace tests;

TEST(Interaction, EachMemberIsAColumn) {
  const Interaction row{.stamp = full_stamp,
                        .department = Department::service,
                        .direction = Direction::outbound,
                        .channel = {2},
                        .agent = {3},
                        .purpose = {4},
                        .topic = {5},
                        .outcome = {6},
                        .in_reply_to = 7,
                        .minutes = 8,
                        .cost = 9};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<Interaction>(),
            (Names{"department", "direction", "channel", "agent", "purpose", "topic", "outcome",
                   "in_reply_to", "minutes", "cost"}));
}

TEST(Interaction, ChoicesHaveNamesAndTheUnknownOnesHaveNone) {
  EXPECT_EQ(core::to_text(Department::marketing), "marketing");
  EXPECT_EQ(core::to_text(Direction::inbound), "inbound");
  EXPECT_EQ(core::from_text<Department>(""), Department::unknown);
  EXPECT_EQ(core::from_text<Direction>(""), Direction::unknown);
  EXPECT_FALSE(core::from_text<Direction>("sideways"));
}

TEST(Interaction, RefusesACostBelowZero) {
  Interaction row{.cost = -1};
  EXPECT_EQ(row.normalise(), core::Reason::bad_amount);
  row.cost = 0;
  EXPECT_FALSE(row.normalise());
}

}  // namespace
}  // namespace rapport::record
