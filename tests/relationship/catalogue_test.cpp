#include <rapport/relationship/catalogue.hpp>

#include <rapport/record/store_builder.hpp>

#include "support/days.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using record::Direction;
using record::Stamp;
using record::Store;
using record::StoreView;

using tests::on;

// One customer of whom everything is known, counted by hand below, and one of whom nothing is.
Store shop() {
  record::StoreBuilder builder;
  const auto ada = [&](int day, record::RowKey key = 0) {
    return Stamp{.source = builder.source(std::string_view("ada")), .at = on(day), .key = key};
  };
  const auto buys = [&](int day, std::int64_t amount, std::string_view category,
                        std::string_view channel) {
    ASSERT_FALSE(builder.add(record::StoredTransaction{.stamp = ada(day),
                                                       .amount = amount,
                                                       .channel = builder.name(channel),
                                                       .category = builder.name(category)}));
  };
  buys(0, 1'000, "bread", "shop");
  buys(10, 2'000, "milk", "web");
  buys(10, 500, "bread", "shop");
  buys(20, 3'000, "bread", "shop");
  buys(40, -600, "bread", "shop");
  const auto speaks = [&](int day, Direction direction, std::string_view channel,
                          std::string_view agent, record::RowKey key, record::RowKey reply) {
    ASSERT_FALSE(builder.add(record::Interaction{.stamp = ada(day, key),
                                                 .department = record::Department::service,
                                                 .direction = direction,
                                                 .channel = builder.name(channel),
                                                 .agent = builder.name(agent),
                                                 .in_reply_to = reply}));
  };
  speaks(1, Direction::outbound, "phone", "kim", 1, 0);
  speaks(2, Direction::inbound, "phone", "kim", 2, 1);
  speaks(3, Direction::outbound, "visit", "lee", 3, 0);
  speaks(50, Direction::inbound, "visit", "kim", 4, 0);
  const auto promises = [&](record::Side by, bool kept, std::string_view kind) {
    ASSERT_FALSE(builder.add(
        record::Promise{.stamp = ada(5),
                        .by = by,
                        .kind = builder.name(kind),
                        .due_at = on(9),
                        .kept_at = kept ? std::optional<core::Instant>(on(8)) : std::nullopt}));
  };
  promises(record::Side::firm, true, "delivery");
  promises(record::Side::firm, true, "delivery");
  promises(record::Side::firm, false, "call");
  promises(record::Side::customer, true, "payment");
  EXPECT_FALSE(builder.add(
      record::Holding{.stamp = ada(0), .product = builder.name("savings"), .balance = 10'000}));
  EXPECT_FALSE(builder.add(
      record::Holding{.stamp = ada(10), .product = builder.name("savings"), .balance = 4'000}));
  EXPECT_FALSE(builder.add(record::Complaint{.stamp = ada(7), .resolved_at = on(9)}));
  EXPECT_FALSE(builder.add(record::Complaint{.stamp = ada(30)}));
  (void)builder.source(std::string_view("nobody"));
  return std::move(builder).build();
}

const record::PointInTime point{.as_of = core::AsOf(on(59))};

std::vector<double> values(const std::string& name, const Parameters& parameters = {}) {
  const Store store = shop();
  const StoreView view(store, point);
  const fold::StoreFold folding(view);
  std::vector<double> result(view.customers());
  built_in_catalogue().make(name, parameters, view)(folding, 0, result);
  return result;
}

double of_ada(const std::string& name, const Parameters& parameters = {}) {
  return values(name, parameters)[0];
}

TEST(Catalogue, CountsWhatACustomerDid) {
  EXPECT_EQ(of_ada("length_days"), 59);
  EXPECT_EQ(of_ada("purchases"), 3);
  EXPECT_EQ(of_ada("recency_days"), 39);
  EXPECT_EQ(of_ada("net_spend"), 59);
  EXPECT_NEAR(of_ada("mean_purchase"), 59.0 / 3, 1e-14);
  EXPECT_EQ(of_ada("regularity"), 1);  // gaps of 10 and 10 days
  EXPECT_EQ(of_ada("categories"), 2);
  EXPECT_EQ(of_ada("channels"), 4);
  EXPECT_EQ(of_ada("interactions"), 4);
  EXPECT_EQ(of_ada("visits"), 2);
  EXPECT_EQ(of_ada("inbound_share"), 0.5);
  EXPECT_EQ(of_ada("response_rate"), 0.5);
  EXPECT_EQ(of_ada("continuity"), 0.75);
  EXPECT_EQ(of_ada("firm_promises"), 3.0 / 5);
  EXPECT_EQ(of_ada("customer_promises"), 2.0 / 3);
  EXPECT_EQ(of_ada("mean_balance"), (100.0 * 10 + 40.0 * 50) / 60);
  EXPECT_EQ(of_ada("minimum_balance"), 40);
  EXPECT_LT(of_ada("balance_trend"), 0);
  EXPECT_EQ(of_ada("products"), 1);
  EXPECT_EQ(of_ada("recovery"), 0.5);
}

TEST(Catalogue, ParametersNarrowWhatCounts) {
  EXPECT_EQ(of_ada("purchases", {{"category", "bread"}}), 3);
  EXPECT_EQ(of_ada("purchases", {{"channel", "web"}}), 1);
  EXPECT_EQ(of_ada("purchases", {{"category", "wine"}}), 0);
  EXPECT_EQ(of_ada("purchases", {{"window_days", 40.0}}), 1);  // days 20 to 59
  EXPECT_EQ(of_ada("purchases", {{"window_days", 39.0}}), 0);
  EXPECT_EQ(of_ada("interactions", {{"department", "service"}, {"channel", "phone"}}), 2);
  EXPECT_EQ(of_ada("interactions", {{"department", "sales"}}), 0);
  EXPECT_EQ(of_ada("visits", {{"channel", "phone"}}), 2);
  EXPECT_EQ(of_ada("firm_promises", {{"kind", "call"}}), 1.0 / 3);
  EXPECT_TRUE(std::isnan(of_ada("firm_promises", {{"kind", "gift"}})));
  EXPECT_TRUE(std::isnan(of_ada("firm_promises", {{"department", "navy"}})));
  EXPECT_EQ(of_ada("mean_balance", {{"window_days", 50.0}}), 40);
}

TEST(Catalogue, WhatCannotBeKnownIsNaNAndACountIsZero) {
  const std::vector<std::string> counts = {"purchases", "net_spend",    "categories",
                                           "channels",  "interactions", "visits"};
  const Catalogue catalogue = built_in_catalogue();
  for (const KnownAggregate& known : catalogue.known()) {
    const double value = values(known.name)[1];
    if (std::count(counts.begin(), counts.end(), known.name) > 0) {
      EXPECT_EQ(value, 0) << known.name;
    } else {
      EXPECT_TRUE(std::isnan(value)) << known.name;
    }
  }
}

TEST(Catalogue, OfAMomentGivesItsListAway) {
  std::size_t count = 0;
  for (const KnownAggregate& known : built_in_catalogue().known()) count += !known.name.empty();
  EXPECT_EQ(count, 20U);
}

TEST(Catalogue, ListsItsAggregatesByNameAndKnowsTheirParameters) {
  const Catalogue catalogue = built_in_catalogue();
  EXPECT_EQ(catalogue.known().size(), 20U);
  EXPECT_TRUE(std::is_sorted(catalogue.known().begin(), catalogue.known().end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  const Store store = shop();
  EXPECT_THROW((void)catalogue.make("luck", {}, StoreView(store, point)), std::out_of_range);
}

}  // namespace
}  // namespace rapport::relationship
