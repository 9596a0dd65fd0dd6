#include <rapport/score/on_store.hpp>

#include <rapport/record/store_builder.hpp>
#include <rapport/record/store_ledger.hpp>
#include <rapport/relationship/whole_base.hpp>
#include <rapport/score/score.hpp>
#include <rapport/testing/small_shop.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport {
namespace {

struct Scored {
  testing::SmallShop shop = testing::make_small_shop();
  record::StoreView view{shop.store, {.as_of = shop.last_day}};
  Scorecard scores = score(record::ledger_of(view), {.as_of = shop.last_day});
};
const Scored& scored() {
  static const Scored made;
  return made;
}

TEST(OnStore, PutsEveryRowBesideItsCustomer) {
  const auto& [shop, view, scores] = scored();
  const auto p_alive = on_store(view, scores, scores.p_alive.value);
  ASSERT_EQ(p_alive.size(), view.customers());
  std::size_t found = 0;
  for (std::uint32_t i = 0; i < view.customers(); ++i) {
    const std::string key = shop.store.key_text(record::CustomerId{i});
    const auto row = scores.find(std::string_view(key));
    EXPECT_EQ(row.has_value(), !std::isnan(p_alive[i])) << key;
    if (!row) continue;
    ++found;
    EXPECT_EQ(p_alive[i], scores.p_alive.value[*row]) << key;
  }
  EXPECT_EQ(found, scores.size());
}

TEST(R12_OnStore, ValueAtRiskIsThatOfTheScorecardInMinorUnits) {
  const auto& [shop, view, scores] = scored();
  const auto values = value_at_risk(view, scores);
  ASSERT_EQ(values.size(), view.customers());
  double sum = 0;
  for (const std::int64_t value : values) {
    EXPECT_GE(value, 0);
    sum += static_cast<double>(value);
  }
  // Each of the rows was rounded by half a cent at most.
  EXPECT_NEAR(sum / 100, scores.value_at_risk_total, 0.005 * static_cast<double>(scores.size()));
  EXPECT_GT(sum, 0);
}

TEST(R42_OnStore, CausesStandByChurnTimesValue) {
  const auto& [shop, view, scores] = scored();
  const auto values = value_at_risk(view, scores);
  const auto causes = relationship::root_causes(view, values);
  ASSERT_GE(causes.size(), 2U);
  EXPECT_GE(causes[0].value, causes[1].value);
  EXPECT_GT(causes[0].value, 0);
}

TEST(OnStore, RefusesColumnsAndCustomersOfOthers) {
  const auto& [shop, view, scores] = scored();
  EXPECT_THROW((void)on_store(view, scores, std::vector<double>(3)), std::invalid_argument);
  const record::Store empty = std::move(record::StoreBuilder{}).build();
  const record::StoreView nobody(empty, {.as_of = shop.last_day});
  EXPECT_THROW((void)value_at_risk(nobody, scores), std::invalid_argument);
}

}  // namespace
}  // namespace rapport
