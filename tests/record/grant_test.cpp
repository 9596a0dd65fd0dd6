#include <rapport/record/grant.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST(Grant, EachMemberIsAColumn) {
  const Grant row{.stamp = full_stamp,
                  .privilege = {2},
                  .cause = {3},
                  .cost = 250,
                  .expires_at = noon + 90h,
                  .revoked_at = noon + 50h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<Grant>(),
            (Names{"privilege", "cause", "cost", "expires_at", "revoked_at"}));
}

TEST(Grant, RefusesACostBelowZero) {
  EXPECT_EQ((Grant{.cost = -1}).normalise(), core::Reason::bad_amount);
  EXPECT_FALSE((Grant{.cost = 0}).normalise());
}

}  // namespace
}  // namespace rapport::record
