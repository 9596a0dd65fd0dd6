#include <rapport/record/holding.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

namespace rapport::record {
namespace {

using namespace tests;

TEST(Holding, EachMemberIsAColumn) {
  const Holding row{.stamp = full_stamp, .account = {2}, .product = {3}, .balance = -500};
  EXPECT_EQ(kept(row), row) << "a debt is below zero";
  EXPECT_EQ(column_names<Holding>(), (Names{"account", "product", "balance"}));
}

}  // namespace
}  // namespace rapport::record
