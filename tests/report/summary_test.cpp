#include <rapport/report/summary.hpp>

#include <rapport/score/score.hpp>
#include <rapport/testing/shop.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace rapport::report {
namespace {

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

TEST(Summary, SaysWhatWasReadFoundAndWorth) {
  const record::Ledger shop = testing::make_shop();
  const Scorecard card = score(shop, {.as_of = testing::last_day()});
  const std::string text = summary(shop, card);
  for (const char* what : {"0 refused", "2024-12-29", "MBG/NBD", "Gamma-Gamma", "log-likelihood",
                           "standard error", "the last day in the data", "Champions", "Equity",
                           "90 % interval", "At risk", "Highest residual value"}) {
    EXPECT_TRUE(says(text, what)) << what << "\n" << text;
  }
  EXPECT_TRUE(says(text, card.top_by_value(1)[0].customer_id));
  EXPECT_EQ(text.back(), '\n');
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 110U) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << line;
  }
}

TEST(Summary, LocatesRefusedRowsAndOwnsUpToWhatIsNotKnown) {
  struct Sale {
    std::string customer;
    core::Instant at;
    std::int64_t cents;
  };
  using namespace std::chrono_literals;
  const std::vector<Sale> sales = {{"a", core::Day{2024y / 1 / 1}, 100},
                                   {"b", core::Day{1900y / 1 / 1}, 100}};
  const auto ledger = record::ledger_of(
      sales, {.customer = &Sale::customer, .time = &Sale::at, .amount = &Sale::cents});
  const std::string text = summary(ledger, score(ledger, {.as_of = core::as_of("2024-02-01")}));
  EXPECT_TRUE(says(text, "2 read, 1 refused"));
  EXPECT_TRUE(says(text, "outside the range of the ledger (row 2)"));
  EXPECT_TRUE(says(text, "too little data: no customer has a repeat purchase")) << text;
  EXPECT_TRUE(says(text, "not forecast, for want of a fit")) << text;
  EXPECT_FALSE(says(text, "nan")) << text;
}

TEST(Summary, WarnsOfBgNbdsBlindSpot) {
  const record::Ledger shop = testing::make_shop();
  const Scorecard card =
      score(shop, {.as_of = testing::last_day(), .model = PurchaseModel::bg_nbd});
  EXPECT_TRUE(says(summary(shop, card), "active for ever"));
}

TEST(Summary, OfNothingIsStillAPage) {
  const record::Ledger none;
  EXPECT_TRUE(
      says(summary(none, score(none, {.as_of = core::as_of("2024-02-01")})), "0 read, 0 refused"));
}

}  // namespace
}  // namespace rapport::report
