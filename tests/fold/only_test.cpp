#include <rapport/fold/only.hpp>

#include <rapport/fold/balance.hpp>
#include <rapport/fold/contacts.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace rapport::fold {
namespace {

struct Large {
  bool operator()(const Entry& entry) const { return entry.amount >= 10; }
};

static_assert(Invertible<Only<NetSpend, Large>>);
static_assert(Consecutive<Only<PurchaseDays, Large>> && !Mergeable<Only<PurchaseDays, Large>>);
static_assert(!Aggregate<Only<NetSpend, Large>, record::Interaction>);
static_assert(!Aggregate<Only<Contacts, Large>, record::Interaction>);

TEST(Only, SeesTheWantedEventsAlone) {
  const Only rule{NetSpend{}, Large{}};
  const std::vector<Entry> entries = {{.amount = 9}, {.amount = 10}, {.amount = 30}};
  auto state = over(rule, entries);
  EXPECT_EQ(state.total, 40);
  const auto part = over(rule, std::vector<Entry>{{.amount = 10}});
  merge(rule, state, part);
  unmerge(rule, state, part);
  EXPECT_EQ(state.total, 40);
}

TEST(InstantOf, IsThatOfTheEventWhateverItsKind) {
  const core::Instant at{std::chrono::seconds{99}};
  EXPECT_EQ(instant_of(Entry{.at = at}), at);
  EXPECT_EQ(instant_of(record::Holding{.stamp = {.at = at}}), at);
}

}  // namespace
}  // namespace rapport::fold
