#include <rapport/score/scorecard.hpp>

#include <rapport/score/score.hpp>
#include <rapport/testing/shop.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace rapport {
namespace {

const record::Ledger shop = testing::make_shop({.customers = 100});
const Scorecard card = score(shop, {.as_of = testing::last_day()});

TEST(Scorecard, RowsSayWhatTheColumnsSay) {
  const ScoreRow row = card[7];
  EXPECT_EQ(row.customer_id, card.keys->key_text(card.customer[7]));
  EXPECT_EQ(row.monetary.minor(), card.table.monetary[card.customer[7].value]);
  EXPECT_EQ(row.clv.value, card.clv.value[7]);
  EXPECT_EQ(row.clv.level, 0.90);
  EXPECT_FALSE(row.segment.empty());
}

TEST(Scorecard, TopIsTheHighestResidualValueFirst) {
  const auto top = card.top_by_value(10);
  ASSERT_EQ(top.size(), 10U);
  for (std::size_t i = 1; i < top.size(); ++i) {
    EXPECT_GE(top[i - 1].residual_value.value, top[i].residual_value.value);
  }
  EXPECT_EQ(top[0].residual_value.value,
            *std::max_element(card.residual_value.value.begin(), card.residual_value.value.end()));
  EXPECT_EQ(card.top_by_value(1000).size(), card.size());
}

TEST(Scorecard, TopOrdersEqualValuesByKeyAndLeavesOutWhatHasNone) {
  Scorecard equal = card;
  for (double& value : equal.residual_value.value) value = 1;
  equal.residual_value.value[0] = std::nan("");
  const auto top = equal.top_by_value(1000);
  ASSERT_EQ(top.size(), card.size() - 1);
  EXPECT_EQ(top[0].customer_id, card[1].customer_id);
}

TEST(Scorecard, FindsACustomerByKey) {
  EXPECT_EQ(card.find("1"), 0U);
  EXPECT_EQ(card.find(std::int64_t{2}), 1U);
  EXPECT_EQ(card.find("nobody"), std::nullopt);
  const Scorecard early = score(shop, {.as_of = core::as_of("2023-03-01")});
  for (std::uint32_t c = 0; c < shop.customers().size(); ++c) {
    const auto row = early.find(shop.customers().key({c}));
    EXPECT_EQ(row.has_value(), early.table.bought(c));
    EXPECT_TRUE(!row || early.customer[*row].value == c);
  }
}

TEST(Scorecard, RowsPrintOnOneLine) {
  std::ostringstream out;
  out << card[0];
  EXPECT_EQ(out.str().find('\n'), std::string::npos);
  EXPECT_EQ(out.str().substr(0, 3), "1: ");
  EXPECT_NE(out.str().find("USD"), std::string::npos);
}

TEST(Scorecard, OutlivesItsLedger) {
  const auto make = [] {
    const record::Ledger temporary = testing::make_shop({.customers = 20});
    return score(temporary, {.as_of = testing::last_day()});
  };
  EXPECT_EQ(make()[0].customer_id, "1");
}

TEST(PurchaseModel, HasANameEachWay) {
  for (const auto model : {PurchaseModel::mbg_nbd, PurchaseModel::bg_nbd, PurchaseModel::mbg_cnbd_k,
                           PurchaseModel::bg_cnbd_k, PurchaseModel::pareto_nbd,
                           PurchaseModel::ggompertz_nbd, PurchaseModel::nbd}) {
    EXPECT_EQ(purchase_model(to_text(model)), model);
  }
  EXPECT_EQ(to_text(PurchaseModel::mbg_nbd), "mbg_nbd");
  EXPECT_THROW((void)purchase_model("pareto"), std::invalid_argument);
}

}  // namespace
}  // namespace rapport
