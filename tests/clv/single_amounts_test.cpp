#include <rapport/clv/single_amounts.hpp>

#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/fold/fold.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::clv {
namespace {

using core::as_of;

struct Receipt {
  int customer;
  const char* day;
  std::int64_t cents;
  [[nodiscard]] core::Day on() const { return as_of(day).day(); }
};

record::Ledger ledger_of_receipts(const std::vector<Receipt>& receipts) {
  return record::ledger_of(
      receipts, {.customer = &Receipt::customer, .time = &Receipt::on, .amount = &Receipt::cents});
}

const std::vector<Receipt> receipts = {{1, "2015-01-01", 5000}, {1, "2015-01-11", 200},
                                       {1, "2015-01-11", 100},  {2, "2015-01-02", 700},
                                       {1, "2015-01-20", 600},  {1, "2015-02-20", 900}};

TEST(SingleAmounts, AreTheRepeatPurchaseDaysOfALedgerByHand) {
  const record::Ledger ledger = ledger_of_receipts(receipts);
  const auto single = single_amounts(ledger, {.as_of = as_of("2015-01-31")});
  ASSERT_EQ(single.customer.size(), 2U);
  EXPECT_EQ(single.frequency[0], 2);
  EXPECT_EQ(single.monetary_value[0], 4.5);
  EXPECT_NEAR(single.sum_log_amounts[0], std::log(3) + std::log(6), 1e-12);
  EXPECT_EQ(single.frequency[1], 0);
  EXPECT_EQ(single.sum_log_amounts[1], 0);
  EXPECT_TRUE(single.amounts().informative(0));
  EXPECT_FALSE(single.amounts().informative(1));
}

// Without returns the rows are those of the summary.
TEST(SingleAmounts, HaveTheRowsAndMeansOfTheSummary) {
  const record::Ledger ledger = ledger_of_receipts(receipts);
  const SummaryOptions options = {.as_of = as_of("2015-03-31")};
  const Summary summary = summarise(ledger, options);
  const auto single = single_amounts(ledger, options);
  EXPECT_EQ(single.customer, summary.customer);
  EXPECT_EQ(single.frequency, summary.frequency);
  EXPECT_EQ(single.monetary_value[0], summary.monetary_value[0]);
}

TEST(SingleAmounts, ComeFromOnePassBesideTheSummary) {
  const record::Ledger ledger = ledger_of_receipts(receipts);
  const core::AsOf end = as_of("2015-03-31");
  const auto [days, repeat, spent] =
      fold::each_customer(ledger, {.window = fold::until(end)}, fold::PurchaseDays{},
                          fold::RepeatSpend{}, fold::PurchaseAmounts{});
  const Summary summary = summarise(days, repeat, ledger.view().rules.currency, end, core::weeks);
  const auto single = single_amounts(days, spent, ledger.view().rules.currency);
  EXPECT_EQ(single.frequency, summary.frequency);
  EXPECT_EQ(single.sum_log_amounts, single_amounts(ledger, {.as_of = end}).sum_log_amounts);
  const std::vector<fold::PurchaseAmounts::State> none;
  EXPECT_THROW((void)single_amounts(days, none, ledger.view().rules.currency),
               std::invalid_argument);
}

// Customers drawn from the model, through cents and a ledger: the fit to single amounts finds it.
TEST(SingleAmounts, FeedAFitThatFindsTheModel) {
  const GammaGamma model({.p = 6.25, .q = 3.74, .gamma = 15.44});
  std::vector<Receipt> drawn;
  const char* const dates[] = {"2015-01-01", "2015-01-09", "2015-02-01", "2015-02-14"};
  constexpr int customers = 4000;
  for (int i = 0; i < customers; ++i) {
    math::RandomStream stream(5, static_cast<std::uint64_t>(i), 1);
    const auto amounts = draw_spends(model, 3, stream);
    drawn.push_back({i, dates[0], 999});
    for (std::size_t j = 0; j < 3; ++j) {
      drawn.push_back({i, dates[j + 1], std::llround(100 * amounts[j])});
    }
  }
  const record::Ledger ledger = ledger_of_receipts(drawn);
  const auto single = single_amounts(ledger, {.as_of = as_of("2015-03-31")});
  const auto spend = fit<GammaGamma>(single.amounts());
  ASSERT_TRUE(spend.usable()) << spend.message;
  const auto errors = spend.standard_errors();
  EXPECT_NEAR(spend.params.p, 6.25, 3 * errors[0]);
  EXPECT_NEAR(spend.params.q, 3.74, 3 * errors[1]);
  EXPECT_NEAR(spend.params.gamma, 15.44, 3 * errors[2]);
}

}  // namespace
}  // namespace rapport::clv
