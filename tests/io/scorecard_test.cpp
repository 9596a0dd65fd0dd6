#include <rapport/io/scorecard.hpp>

#include <rapport/score/score.hpp>
#include <rapport/testing/shop.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace rapport::io {
namespace {

std::vector<std::vector<std::string>> written(const Scorecard& card) {
  std::ostringstream out;
  write_csv(out, card);
  std::vector<std::vector<std::string>> rows;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) {
    rows.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

const record::Ledger shop = testing::make_shop({.customers = 60});
const Scorecard card = score(shop, {.as_of = testing::last_day()});

TEST(ScorecardCsv, HasTheColumnsThatScriptsRelyOn) {
  const std::vector<std::string> expected = {"customer_id",
                                             "recency_days",
                                             "length_days",
                                             "frequency",
                                             "monetary",
                                             "r",
                                             "f",
                                             "m",
                                             "segment",
                                             "p_alive",
                                             "p_alive_low",
                                             "p_alive_high",
                                             "churn_risk",
                                             "churn_risk_low",
                                             "churn_risk_high",
                                             "expected_purchases",
                                             "expected_purchases_low",
                                             "expected_purchases_high",
                                             "expected_spend",
                                             "expected_spend_low",
                                             "expected_spend_high",
                                             "past_value",
                                             "residual_value",
                                             "residual_value_low",
                                             "residual_value_high",
                                             "clv",
                                             "clv_low",
                                             "clv_high"};
  EXPECT_EQ(written(card)[0], expected);
}

TEST(ScorecardCsv, NumbersReadBackAsTheyWere) {
  const auto rows = written(card);
  ASSERT_EQ(rows.size(), card.size() + 1);
  for (std::size_t i = 0; i < card.size(); ++i) {
    const auto& row = rows[i + 1];
    const ScoreRow expected = card[i];
    EXPECT_EQ(row[0], expected.customer_id);
    EXPECT_EQ(std::stoi(row[1]), expected.recency_days);
    EXPECT_EQ(row[4], core::decimal_text(expected.monetary.minor(), 2));
    EXPECT_EQ(row[8], expected.segment);
    EXPECT_EQ(std::strtod(row[9].c_str(), nullptr), expected.p_alive.value);
    EXPECT_EQ(std::strtod(row[21].c_str(), nullptr), expected.past_value);
    EXPECT_EQ(std::strtod(row[27].c_str(), nullptr), expected.clv.high);
  }
}

TEST(ScorecardCsv, WritesNanForWhatIsNotKnown) {
  const record::Ledger one = testing::make_shop({.customers = 1});
  const auto rows = written(score(one, {.as_of = testing::last_day()}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1][25], "nan");
  EXPECT_EQ(std::count(rows[1].begin(), rows[1].end(), std::string()), 0);
}

}  // namespace
}  // namespace rapport::io
