#include <rapport/score/score.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/simulate.hpp>
#include <rapport/clv/summary.hpp>
#include <rapport/io/scorecard.hpp>
#include <rapport/report/summary.hpp>
#include <rapport/testing/shop.hpp>

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace rapport {
namespace {

using core::Status;

const testing::ShopOptions shop_options = {.customers = 600};
const record::Ledger shop = testing::make_shop(shop_options);
const ScoreOptions options = {.as_of = testing::last_day(shop_options)};
const Scorecard card = score(shop, options);

std::string csv(const Scorecard& scores) {
  std::ostringstream out;
  io::write_csv(out, scores);
  return out.str();
}

// The ledger of the same transactions in another order.
record::Ledger shuffled(const record::Ledger& ledger) {
  struct Row {
    std::int64_t customer;
    core::Instant at;
    std::int64_t amount;
  };
  const record::LedgerView view = ledger;
  std::vector<Row> rows;
  for (std::uint32_t c = 0; c < view.customers(); ++c) {
    for (auto row = view.offsets[c]; row < view.offsets[c + 1]; ++row) {
      rows.push_back(
          {std::get<0>(ledger.customers().key({c})), view.instant(row), view.amounts[row]});
    }
  }
  // A permutation that leaves no row near where it was.
  std::vector<Row> other(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) other[i * 7919 % rows.size()] = rows[i];
  return record::ledger_of(other,
                           {.customer = &Row::customer, .time = &Row::at, .amount = &Row::amount});
}

TEST(R50_Score, IsTheSameBytesForAnyNumberOfThreadsAndOrderOfRows) {
  const std::string expected = csv(card);
  for (const int threads : {1, 2, 8, 16}) {
    ScoreOptions with_threads = options;
    with_threads.threads = threads;
    EXPECT_TRUE(csv(score(shop, with_threads)) == expected) << threads << " threads";
  }
  EXPECT_TRUE(csv(score(shuffled(shop), options)) == expected);
}

TEST(R07_CustomerEquity, IsTheSumOfEveryCustomersValueBitForBit) {
  double sum = 0;
  for (const double value : card.clv.value) sum += value;
  EXPECT_EQ(card.customer_equity.value, sum);
  EXPECT_EQ(card.customer_equity.n, card.size());
  EXPECT_LT(card.customer_equity.low, sum);
  EXPECT_GT(card.customer_equity.high, sum);
}

TEST(R48_Score, AmountsAddUpToTheLedgerToTheMinorUnit) {
  const auto amounts = shop.view().amounts;
  std::int64_t scored = 0;
  for (const auto id : card.customer) scored += card.table.monetary[id.value];
  EXPECT_EQ(scored + card.unattributed,
            std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0}));
}

TEST(R12_ValueAtRisk, RanksEqualRisksByWhatIsToBeLost) {
  Scorecard two = card;
  two.churn_risk.value[0] = two.churn_risk.value[1] = 0.4;
  two.residual_value.value[0] = 100;
  two.residual_value.value[1] = 10;
  EXPECT_DOUBLE_EQ(two.value_at_risk(0), 40);
  EXPECT_DOUBLE_EQ(two.value_at_risk(1), 4);
}

TEST(Score, PutsTogetherWhatItsPartsSay) {
  ASSERT_TRUE(card.purchase_fit.usable()) << card.purchase_fit.message;
  const clv::Summary summary = clv::summarise(shop, {.as_of = options.as_of});
  const auto fit = clv::fit<clv::MbgNbd>(summary.histories());
  const auto spend = clv::fit<clv::GammaGamma>(summary.spends());
  const double delta = options.annual_discount.continuous_per(core::weeks);
  ASSERT_EQ(card.size(), summary.size());
  for (std::size_t i = 0; i < card.size(); i += 37) {
    const auto c = summary.histories()[i];
    const double x = c.frequency;
    EXPECT_EQ(card.p_alive.value[i], fit.model().probability_alive(c));
    EXPECT_EQ(card.churn_risk.value[i], fit.model().probability_of_no_purchase(c, 52));
    EXPECT_EQ(card.expected_purchases.value[i], fit.model().expected_purchases(c, 52));
    const bool informative = x > 0 && summary.monetary_value[i] > 0;
    const double mean = spend.model().expected_spend(informative ? x : 0,
                                                     informative ? summary.monetary_value[i] : 1);
    EXPECT_EQ(card.expected_spend.value[i], mean);
    EXPECT_EQ(card.residual_value.value[i], fit.model().discounted_purchases(c, 52, delta) * mean);
    EXPECT_EQ(card.clv.value[i], card.past_value[i] + card.residual_value.value[i]);
    EXPECT_EQ(card.residual_value.status[i], informative ? Status::estimated : Status::prior);
    EXPECT_LT(card.residual_value.low[i], card.residual_value.value[i]);
    EXPECT_GT(card.residual_value.high[i], card.residual_value.value[i]);
  }
}

TEST(Score, IntervalOfAValueHoldsTheErrorsOfBothModels) {
  for (std::size_t i = 0; i < card.size(); i += 53) {
    const auto reach = [i](const core::EstimateColumn& column) {
      return std::log(column.high[i] / column.value[i]);
    };
    EXPECT_GE(reach(card.residual_value), reach(card.expected_spend));
    EXPECT_LE(reach(card.residual_value),
              reach(card.expected_spend) + 1.05 * reach(card.expected_purchases));
  }
}

TEST(Score, MarginScalesValuesAndNothingElse) {
  ScoreOptions with_margin = options;
  with_margin.margin = 0.25;
  const Scorecard quarter = score(shop, with_margin);
  for (std::size_t i = 0; i < card.size(); i += 41) {
    EXPECT_EQ(quarter.past_value[i], 0.25 * card.past_value[i]);
    EXPECT_NEAR(quarter.residual_value.value[i], 0.25 * card.residual_value.value[i], 1e-12);
    EXPECT_EQ(quarter.expected_spend.value[i], card.expected_spend.value[i]);
    EXPECT_EQ(quarter.p_alive.value[i], card.p_alive.value[i]);
  }
}

TEST(Score, WithoutDiscountIsPurchasesTimesSpend) {
  ScoreOptions undiscounted = options;
  undiscounted.annual_discount = 0;
  const Scorecard plain = score(shop, undiscounted);
  for (std::size_t i = 0; i < plain.size(); i += 41) {
    EXPECT_NEAR(plain.residual_value.value[i],
                plain.expected_purchases.value[i] * plain.expected_spend.value[i],
                1e-10 * plain.residual_value.value[i]);
  }
}

TEST(Score, UnitOfTimeChangesParametersAlone) {
  ScoreOptions daily = options;
  daily.period = core::days;
  const Scorecard in_days = score(shop, daily);
  EXPECT_NEAR(in_days.purchase_fit.parameters[1] / card.purchase_fit.parameters[1], 7, 1e-5);
  for (std::size_t i = 0; i < card.size(); i += 41) {
    EXPECT_NEAR(in_days.residual_value.value[i] / card.residual_value.value[i], 1, 1e-6);
  }
}

TEST(Score, UnderBgNbdWhoBoughtOnceIsActiveForCertain) {
  ScoreOptions bg = options;
  bg.model = PurchaseModel::bg_nbd;
  const Scorecard scores = score(shop, bg);
  bool seen = false;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i].frequency > 1) continue;
    seen = true;
    ASSERT_EQ(scores.p_alive.value[i], 1);
    ASSERT_EQ(scores.p_alive.low[i], 1);
    ASSERT_LT(card.p_alive.value[i], 1);
  }
  EXPECT_TRUE(seen);
}

TEST(Score, GivesEveryCustomerTheSameColumnsByEveryModel) {
  for (const auto model :
       {PurchaseModel::pareto_nbd, PurchaseModel::mbg_cnbd_k, PurchaseModel::bg_cnbd_k,
        PurchaseModel::ggompertz_nbd, PurchaseModel::nbd}) {
    SCOPED_TRACE(to_text(model));
    ScoreOptions other = options;
    other.model = model;
    const Scorecard scores = score(shop, other);
    if (model != PurchaseModel::ggompertz_nbd) {  // these lifetimes have no age: b runs to 0
      EXPECT_TRUE(scores.purchase_fit.usable()) << scores.purchase_fit.message;
    }
    ASSERT_EQ(scores.size(), card.size());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      ASSERT_GE(scores.p_alive.value[i], 0);
      ASSERT_LE(scores.p_alive.value[i], 1);
      ASSERT_FALSE(scores.p_alive.low[i] > scores.p_alive.value[i]);
      ASSERT_FALSE(scores.p_alive.high[i] < scores.p_alive.value[i]);
      ASSERT_GE(scores.expected_purchases.value[i], 0);
      ASSERT_FALSE(scores.residual_value.high[i] < scores.residual_value.value[i]);
    }
  }
}

TEST(Score, KnowsNothingAfterTheAsOfDay) {
  ScoreOptions earlier = options;
  earlier.as_of = core::as_of("2023-06-30");
  const Scorecard then = score(shop, earlier);
  EXPECT_GT(then.without_purchase, 0U);
  EXPECT_EQ(then.size() + then.without_purchase, shop.customers().size());
  for (std::size_t i = 0; i < then.size(); ++i) ASSERT_GE(then[i].recency_days, 0);
}

TEST(R04_Score, OfAFewCustomersAbstainsWhereItKnowsTooLittle) {
  struct Sale {
    std::string customer;
    core::Day on;
    std::int64_t cents;
  };
  using namespace std::chrono_literals;
  const std::vector<Sale> bakery = {{"Ada", 2024y / 1 / 2, 450}, {"Ben", 2024y / 1 / 3, 520}};
  const auto ledger = record::ledger_of(
      bakery, {.customer = &Sale::customer, .time = &Sale::on, .amount = &Sale::cents});
  const Scorecard few = score(ledger, {.as_of = core::as_of("2024-02-01")});
  ASSERT_EQ(few.size(), 2U);
  EXPECT_EQ(few.purchase_fit.status, clv::FitStatus::too_little_data);
  const ScoreRow ada = few[*few.find("Ada")];
  EXPECT_EQ(ada.recency_days, 30);
  EXPECT_EQ(ada.past_value, 4.5);
  EXPECT_EQ(ada.p_alive.status, Status::abstained);
  EXPECT_TRUE(std::isnan(ada.clv.value) && std::isnan(ada.clv.low));
  EXPECT_FALSE(few.customer_equity.usable());
  EXPECT_TRUE(std::isnan(few.customer_equity.value));
  EXPECT_EQ(few.value_at_risk_total, 0);
  EXPECT_TRUE(few.top_by_value(10).empty());
}

TEST(Score, OfAnEmptyLedgerIsEmpty) {
  const Scorecard none = score(record::Ledger(), {.as_of = core::as_of("2024-02-01")});
  EXPECT_EQ(none.size(), 0U);
  const std::string header = csv(none);
  EXPECT_EQ(std::count(header.begin(), header.end(), '\n'), 1) << "the header alone";
}

struct DatedSale {
  std::string customer;
  core::Day on;
  std::int64_t cents;
};

record::Ledger ledger_of(const std::vector<DatedSale>& sales) {
  return record::ledger_of(
      sales,
      {.customer = &DatedSale::customer, .time = &DatedSale::on, .amount = &DatedSale::cents});
}

constexpr core::Day new_year = std::chrono::year{2024} / 1 / 1;

TEST(Score, LeavesOutWhoHasNoPurchaseByTheTablesOwnRule) {
  const auto ledger = ledger_of({{"ada", new_year, 100},
                                 {"ben", new_year, 0},  // a gift, no purchase under this rule
                                 {"eve", new_year, 500},
                                 {"eve", new_year + core::Day::duration{3}, 0},
                                 {"eve", new_year + core::Day::duration{8}, 300}});
  const Scorecard gifts_ignored = score(
      ledger,
      {.as_of = core::as_of("2024-02-01"), .table = {.zero_amounts = rfm::ZeroAmounts::ignored}});
  ASSERT_EQ(gifts_ignored.size(), 2U);
  EXPECT_EQ(gifts_ignored.without_purchase, 1U);
  EXPECT_FALSE(gifts_ignored.find("ben"));
  EXPECT_EQ(gifts_ignored[1].frequency, 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_FALSE(gifts_ignored[i].segment.empty());
  EXPECT_EQ(score(ledger, {.as_of = core::as_of("2024-02-01")}).size(), 3U);
}

TEST(Score, PastValueIsNetWhateverTheScoreOfMoneyCounts) {
  const auto ledger = ledger_of({{"ada", new_year, 1'000},
                                 {"ada", new_year + core::Day::duration{1}, -1'900},
                                 {"ben", new_year, -500}});
  for (const auto refunds : {rfm::Refunds::net, rfm::Refunds::ignored, rfm::Refunds::clamped}) {
    const Scorecard sales = score(
        ledger, {.as_of = core::as_of("2024-02-01"), .margin = 0.5, .table = {.refunds = refunds}});
    ASSERT_EQ(sales.size(), 1U);
    EXPECT_EQ(sales.past_value[0], -4.5);
    EXPECT_EQ(sales.unattributed, -500);
  }
}

// With q below 1 the Gamma-Gamma model has no mean spend for who has not bought again.
TEST(Score, TotalsStandForTheRowsThatHaveAValue) {
  constexpr std::size_t customers = 800;
  const std::vector<double> ages(customers, 52);
  const auto times =
      clv::simulate_purchases(clv::MbgNbd({.r = 0.8, .alpha = 5, .a = 0.6, .b = 2.5}), ages, 1);
  std::vector<std::size_t> purchases;
  for (std::size_t i = 0; i < customers; ++i) purchases.push_back(1 + times.of(i).size());
  const auto spends =
      clv::simulate_spends(clv::GammaGamma({.p = 6, .q = 0.7, .gamma = 15}), purchases, 1);
  std::vector<DatedSale> sales;
  for (std::size_t i = 0; i < customers; ++i) {
    for (std::size_t k = 0; k < purchases[i]; ++k) {
      const double week = k == 0 ? 0 : times.of(i)[k - 1];
      sales.push_back({"c" + std::to_string(i), new_year + std::chrono::days(int(7 * week)),
                       std::llround(100 * std::min(spends.of(i)[k], 1e9))});
    }
  }
  const Scorecard heavy = score(ledger_of(sales), {.as_of = core::as_of("2024-12-30")});
  std::size_t with_value = 0;
  double sum = 0;
  for (std::size_t i = 0; i < heavy.size(); ++i) {
    const core::Estimate value = heavy.residual_value[i];
    ASSERT_EQ(value.usable(), !std::isnan(value.value));
    if (!value.usable()) continue;
    ++with_value;
    sum += value.value;
  }
  ASSERT_GT(with_value, 0U);
  ASSERT_LT(with_value, heavy.size()) << "q is " << heavy.spend_fit.parameters[1];
  for (const core::Estimate& total : {heavy.residual_value_total, heavy.customer_equity}) {
    EXPECT_EQ(total.status, Status::estimated);
    EXPECT_EQ(total.n, with_value);
    EXPECT_LT(total.low, total.value);
    EXPECT_GT(total.high, total.value);
  }
  EXPECT_EQ(heavy.residual_value_total.value, sum);
  const std::string page = report::summary(record::Ledger(), heavy);
  EXPECT_NE(page.find("have no residual value"), std::string::npos) << page;
}

TEST(Score, TakesColumnsThatAHostLends) {
  const record::LedgerView lent = shop.view();
  record::check(lent);
  const auto of_shop = score(lent, options, shop.shared_customers());
  EXPECT_TRUE(csv(of_shop) == csv(card));
  const Scorecard numbered = score(lent, options);
  EXPECT_EQ(numbered[0].customer_id, std::to_string(numbered.customer[0].value));
  EXPECT_EQ(numbered.clv.value, card.clv.value);
  EXPECT_NE(report::summary(numbered).find("Equity"), std::string::npos);
  EXPECT_THROW((void)score(lent, options, std::make_shared<const record::Customers>()),
               std::invalid_argument);
}

TEST(Score, RejectsWhatHasNoMeaning) {
  const auto rejected = [](auto change) {
    ScoreOptions wrong = options;
    change(wrong);
    EXPECT_THROW((void)score(shop, wrong), std::logic_error);
  };
  rejected([](auto& o) { o.margin = 1.5; });
  rejected([](auto& o) { o.margin = std::nan(""); });
  rejected([](auto& o) { o.horizon = core::weeks(-1); });
  rejected([](auto& o) { o.annual_discount = -0.1; });
  rejected([](auto& o) { o.level = 1; });
  EXPECT_THROW((void)score(record::Ledger(), {.as_of = options.as_of, .level = 0}),
               std::domain_error)
      << "with nobody to forecast too";
  rejected([](auto& o) { o.rfm.bins = 4; });  // the usual segments are made for five
}

TEST(Score, TellsHowFarItIsAndStopsWhenAsked) {
  std::vector<std::string> stages;
  ScoreOptions watched = options;
  watched.watch.on_progress = [&](const core::Progress& progress) {
    if (stages.empty() || stages.back() != progress.stage) stages.emplace_back(progress.stage);
  };
  (void)score(shop, watched);
  EXPECT_GE(stages.size(), 4U);
  std::stop_source stop;
  watched.watch.on_progress = [&](const core::Progress& progress) {
    if (progress.stage == "forecasting") stop.request_stop();
  };
  watched.watch.stop = stop.get_token();
  EXPECT_THROW((void)score(shop, watched), core::Cancelled) << "in the last stage too";
  stop.request_stop();
  EXPECT_THROW((void)score(shop, watched), core::Cancelled);
}

TEST(R59_Score, OfCdnowFindsThePublishedModels) {
  RAPPORT_REQUIRE_DATA();
  const tests::Table log(tests::data_file("cdnow_sample_transactions.csv"));
  struct Row {
    int customer;
    core::Day on;
    std::int64_t cents;
  };
  std::vector<Row> rows;
  for (std::size_t i = 0; i < log.rows(); ++i) {
    rows.push_back({static_cast<int>(log.number(i, "customer_id")),
                    core::as_of(log.text(i, "date")).day(),
                    std::llround(100 * log.number(i, "amount"))});
  }
  const auto ledger = record::ledger_of(
      rows, {.customer = &Row::customer, .time = &Row::on, .amount = &Row::cents});
  const Scorecard cdnow = score(ledger, {.as_of = core::as_of("1997-09-30"),
                                         .horizon = core::weeks(39),
                                         .annual_discount = 0,
                                         .threads = 2});
  EXPECT_NEAR(cdnow.purchase_fit.log_likelihood, -9582.135716, 1e-5);
  EXPECT_NEAR(cdnow.spend_fit.log_likelihood, -4055.917695, 1e-5);
  const auto& expected = cdnow.expected_purchases.value;
  EXPECT_NEAR(std::accumulate(expected.begin(), expected.end(), 0.0), 1576.728, 1e-2);
}

}  // namespace
}  // namespace rapport
