#include <rapport/record/party.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST(Party, EachMemberIsAColumn) {
  const Party row{.stamp = full_stamp,
                  .kind = PartyKind::household,
                  .role = Role::referrer,
                  .until = noon + 99h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<Party>(), (Names{"kind", "role", "until"}));
}

TEST(Party, IsACustomerOfAnUnknownKindUnlessItIsSaidOtherwise) {
  EXPECT_EQ(Party().role, Role::customer);
  EXPECT_EQ(core::to_text(Party().kind), "");
  EXPECT_EQ(core::from_text<Role>("supplier"), Role::supplier);
}

TEST(PartyRelation, EachMemberIsAColumn) {
  const PartyRelation row{
      .stamp = full_stamp, .to = {2}, .as = {3}, .other_as = {4}, .until = noon + 99h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<PartyRelation>(), (Names{"to", "as", "other_as", "until"}));
}

}  // namespace
}  // namespace rapport::record
