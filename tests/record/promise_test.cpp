#include <rapport/record/promise.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST(Promise, EachMemberIsAColumn) {
  const Promise row{.stamp = full_stamp,
                    .by = Side::customer,
                    .department = Department::sales,
                    .kind = {2},
                    .due_at = noon + 48h,
                    .kept_at = noon + 50h,
                    .waived_at = noon + 49h,
                    .settled_known = noon + 60h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<Promise>(),
            (Names{"by", "department", "kind", "due_at", "kept_at", "waived_at", "settled_known"}));
}

TEST(Promise, TheSideHasAName) {
  EXPECT_EQ(core::to_text(Side::firm), "firm");
  EXPECT_EQ(core::from_text<Side>("customer"), Side::customer);
}

}  // namespace
}  // namespace rapport::record
