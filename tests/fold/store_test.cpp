#include <rapport/fold/store.hpp>

#include <rapport/fold/contacts.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/record/store_builder.hpp>

#include "support/days.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::fold {
namespace {

using namespace std::chrono_literals;
using record::Interaction;
using record::Stamp;
using record::StoredTransaction;

using tests::first_day;
constexpr record::PointInTime later{.as_of = core::AsOf(first_day + std::chrono::days{400})};

// Takes in two kinds, and writes down what came: its order shows.
struct Story {
  struct State {
    std::string text;
  };
  void absorb(State& state, const Entry& entry) const {
    state.text += "t" + std::to_string(entry.amount) + " ";
  }
  void absorb(State& state, const Interaction& contact) const {
    state.text += "i" + std::to_string(contact.minutes) + " ";
  }
};

record::Store shop() {
  record::StoreBuilder builder;
  const auto stamp = [&](std::string_view who, int hour) {
    return Stamp{.source = builder.source(who), .at = first_day + std::chrono::hours{hour}};
  };
  (void)builder.add(StoredTransaction{stamp("a", 1), 10});
  (void)builder.add(Interaction{.stamp = stamp("b", 2), .minutes = 7});
  (void)builder.add(StoredTransaction{stamp("b", 3), 20});
  (void)builder.add(Interaction{.stamp = stamp("a", 4), .minutes = 8});
  (void)builder.add(StoredTransaction{stamp("a", 4), 30});
  (void)builder.add(StoredTransaction{stamp("c", 30), 5});
  builder.link(std::string_view("a"), std::string_view("b"));
  return std::move(builder).build();
}

TEST(StoreFold, InterleavesTheKindsThatARuleTakesIn) {
  const record::Store store = shop();
  const record::StoreView view(store, later);
  const StoreFold folding(view);
  EXPECT_EQ(folding.state(Story{}, view.customer({0})).text, "t10 i7 t20 t30 i8 ");
  EXPECT_EQ(folding.state(Story{}, view.customer({1})).text, "t5 ");
}

// Takes in what an Entry leaves out.
struct Costs {
  struct State {
    std::int64_t goods = 0, contacts = 0;
    friend constexpr bool operator==(const State&, const State&) = default;
  };
  void absorb(State& state, const StoredTransaction& row) const { state.goods += row.goods; }
  void absorb(State& state, const Interaction& contact) const { state.contacts += contact.cost; }
};

TEST(StoreFold, ARuleMayAskForTheWholeTransaction) {
  record::StoreBuilder builder;
  const Stamp stamp{.source = builder.source(std::string_view("a")), .at = first_day};
  (void)builder.add(StoredTransaction{.stamp = stamp, .amount = 10, .goods = 4});
  (void)builder.add(Interaction{.stamp = stamp, .cost = 3});
  const record::Store store = std::move(builder).build();
  const record::StoreView view(store, later);
  EXPECT_EQ(StoreFold(view).state(Costs{}, view.customer({0})), (Costs::State{4, 3}));
}

TEST(StoreFold, ARuleOfOneKindSeesThatKindOfAllSourceRecords) {
  const record::Store store = shop();
  const record::StoreView view(store, later);
  const auto [spend, days, contacts] =
      StoreFold(view).each_customer({}, NetSpend{}, PurchaseDays{}, Contacts{});
  ASSERT_EQ(spend.size(), 2U);
  EXPECT_EQ(spend[0].total, 60);
  EXPECT_EQ(days[0].days, 1U);
  EXPECT_EQ(contacts[0].undirected, 2U);
  EXPECT_EQ(days[1].first_day, day_number(first_day) + 1);
}

TEST(StoreFold, DaysAreCutInTheStoresZone) {
  record::StoreBuilder builder({.zone = core::Zone::fixed(3h + 30min)});
  (void)builder.add(StoredTransaction{
      .stamp = {.source = builder.source(std::string_view("a")), .at = first_day + 21h}});
  const record::Store store = std::move(builder).build();
  const record::StoreView view(store, later);
  const auto [days] = StoreFold(view).each_customer({}, PurchaseDays{});
  EXPECT_EQ(days[0].first_day, day_number(first_day) + 1);
}

TEST(StoreFold, IsTheSameForAnyNumberOfThreads) {
  record::StoreBuilder builder;
  std::mt19937_64 random(5);
  const auto below = [&](std::int64_t end) {
    return static_cast<std::int64_t>(random() >> 1) % end;
  };
  for (int i = 0; i < 60'000; ++i) {
    (void)builder.add(
        StoredTransaction{.stamp = {.source = builder.source(below(20'000)),
                                    .at = first_day + std::chrono::seconds{below(30'000'000)}},
                          .amount = below(1'000)});
  }
  const record::Store store = std::move(builder).build();
  const record::StoreView view(store, later);
  const StoreFold folding(view);
  const auto expected = folding.each_customer({}, PurchaseGaps{}, NetSpend{});
  EXPECT_EQ(folding.each_customer({.threads = 8}, PurchaseGaps{}, NetSpend{}), expected);
}

TEST(StoreFold, StopsWhenAsked) {
  const record::Store store = shop();
  const record::StoreView view(store, later);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(
      (void)StoreFold(view).each_customer({.watch = {.stop = stop.get_token()}}, NetSpend{}),
      core::Cancelled);
}

}  // namespace
}  // namespace rapport::fold
