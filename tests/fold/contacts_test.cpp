#include <rapport/fold/contacts.hpp>

#include <rapport/fold/aggregate.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace rapport::fold {
namespace {

using record::Direction;
using record::Interaction;

static_assert(Invertible<Contacts> && Invertible<UsedChannels>);
static_assert(Aggregate<UsedChannels, Entry> && Aggregate<UsedChannels, Interaction>);
static_assert(!Aggregate<PurchasedCategories, Interaction>);

TEST(Contacts, AreCountedByDirectionAndTakenOutAgain) {
  const std::vector<Interaction> morning = {{.direction = Direction::inbound},
                                            {.direction = Direction::outbound}};
  const std::vector<Interaction> evening = {{.direction = Direction::inbound}, {}};
  auto state = over(Contacts{}, morning);
  const auto part = over(Contacts{}, evening);
  merge(Contacts{}, state, part);
  EXPECT_EQ(state, (Contacts::State{.inbound = 2, .outbound = 1, .undirected = 1}));
  EXPECT_EQ(state.all(), 4U);
  unmerge(Contacts{}, state, part);
  EXPECT_EQ(state, over(Contacts{}, morning));
}

// Name and count.
using Counts = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
Counts counts_of(const Tally<std::uint32_t>& tally) {
  Counts counts;
  for (const auto& [name, count] : tally.counts()) counts.emplace_back(name, count);
  return counts;
}

TEST(CountedBy, LeavesOutWhatBearsNoNameAndReturnsOfGoods) {
  const std::vector<Entry> entries = {
      {.category = 3}, {.category = 0}, {.kind = record::TransactionKind::refund, .category = 4}};
  EXPECT_EQ(counts_of(over(PurchasedCategories{}, entries)), (Counts{{3, 1}}));
}

TEST(CountedBy, ChannelsComeFromPurchasesAndContactsAlike) {
  UsedChannels::State state;
  const UsedChannels rule;
  rule.absorb(state, Entry{.channel = 1});
  rule.absorb(state, Interaction{.channel = {2}});
  rule.absorb(state, Interaction{.channel = {1}});
  EXPECT_EQ(counts_of(state), (Counts{{1, 2}, {2, 1}}));
}

}  // namespace
}  // namespace rapport::fold
