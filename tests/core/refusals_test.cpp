#include <rapport/core/refusals.hpp>

#include <gtest/gtest.h>

namespace rapport::core {
namespace {

Refusal bad_date(std::uint64_t row) {
  return {.reason = Reason::bad_date,
          .row = row,
          .line = row + 1,
          .column = 8,
          .field = "date",
          .text = "1997-02-30"};
}

TEST(Refusals, SayWhereAndWhy) {
  EXPECT_EQ(to_text(bad_date(11)),
            "line 12, column 8, date: the date is not a day of the calendar: \"1997-02-30\"");
  EXPECT_EQ(to_text(Refusal{.reason = Reason::bad_key}), "the customer key cannot be used");
  EXPECT_EQ(to_text(Refusal{.reason = Reason::negative_sale, .row = 3}),
            "row 3: a sale has an amount below zero");
}

TEST(Refusals, CountAllAndKeepTheFirstOfEachReason) {
  Refusals refusals;
  for (std::uint64_t row = 1; row <= 100; ++row) refusals.add(bad_date(row));
  refusals.add({.reason = Reason::bad_key, .row = 101});
  EXPECT_EQ(refusals.total(), 101U);
  EXPECT_EQ(refusals.count(Reason::bad_date), 100U);
  ASSERT_EQ(refusals.first(Reason::bad_date).size(), Refusals::kept_per_reason);
  EXPECT_EQ(refusals.first(Reason::bad_date).back().row, 5U);
  ASSERT_EQ(refusals.summary().size(), 2U);
  EXPECT_EQ(refusals.summary()[0].substr(0, 15), "1 row: the cust");
}

TEST(Refusals, ReportsOfPartsAppendToTheReportOfTheWhole) {
  Refusals whole, head, tail;
  for (std::uint64_t row = 1; row <= 8; ++row) whole.add(bad_date(row));
  for (std::uint64_t row = 1; row <= 3; ++row) head.add(bad_date(row));
  for (std::uint64_t row = 1; row <= 5; ++row) tail.add(bad_date(row));
  head.append(tail, 3, 3);
  EXPECT_EQ(head.summary(), whole.summary());
  EXPECT_EQ(head.total(), whole.total());
}

TEST(Refusals, NothingRefusedIsNothingToSay) {
  EXPECT_TRUE(Refusals().summary().empty());
  EXPECT_EQ(Refusals().total(), 0U);
}

}  // namespace
}  // namespace rapport::core
