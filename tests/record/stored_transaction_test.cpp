#include <rapport/record/stored_transaction.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace rapport::record {
namespace {

using namespace tests;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

TEST(StoredTransaction, EachMemberIsAColumn) {
  const StoredTransaction row{.stamp = full_stamp,
                              .amount = -500,
                              .kind = TransactionKind::goods_return,
                              .channel = {2},
                              .category = {3},
                              .goods = -300,
                              .discount = 20,
                              .role = Role::supplier};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<StoredTransaction>(),
            (Names{"amount", "kind", "channel", "category", "goods", "discount", "role"}));
}

TEST(StoredTransaction, ASaleBelowZeroIsARefund) {
  StoredTransaction row{.amount = -5, .goods = 3};
  EXPECT_FALSE(row.normalise());
  EXPECT_EQ(row.kind, TransactionKind::refund);
  EXPECT_EQ(row.amount, -5);
  EXPECT_EQ(row.goods, -3) << "the goods came back with the money";
}

TEST(StoredTransaction, TheSizeOfAReturnIsGivenInEitherSign) {
  for (const std::int64_t sign : {1, -1}) {
    StoredTransaction row{
        .amount = sign * 7, .kind = TransactionKind::goods_return, .goods = sign * 4};
    EXPECT_FALSE(row.normalise());
    EXPECT_EQ(row.amount, -7);
    EXPECT_EQ(row.goods, -4);
    EXPECT_EQ(row.kind, TransactionKind::goods_return);
  }
}

TEST(StoredTransaction, ASaleOfNothingIsASale) {
  StoredTransaction row{.amount = 0};
  EXPECT_FALSE(row.normalise());
  EXPECT_EQ(row.kind, TransactionKind::sale);
}

TEST(StoredTransaction, RefusesADiscountBelowZeroAndWhatHasNoNegative) {
  EXPECT_EQ((StoredTransaction{.discount = -1}).normalise(), core::Reason::bad_amount);
  EXPECT_EQ((StoredTransaction{.amount = least}).normalise(), core::Reason::amount_overflow);
  EXPECT_EQ((StoredTransaction{.goods = least}).normalise(), core::Reason::amount_overflow);
}

}  // namespace
}  // namespace rapport::record
