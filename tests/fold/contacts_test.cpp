#include <rapport/fold/contacts.hpp>

#include <rapport/fold/aggregate.hpp>

#include <gtest/gtest.h>

#include <cstdint>
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

TEST(NameCounts, KeepNamesInOrderAndForgetThoseThatAreTakenOut) {
  NameCounts counts;
  for (const std::uint32_t name : {5U, 2U, 5U}) counts.add(name);
  EXPECT_EQ(counts.items(), (std::vector<NameCounts::Item>{{2, 1}, {5, 2}}));
  EXPECT_EQ(counts.total(), 3U);
  EXPECT_EQ(counts.most(), 2U);
  NameCounts part;
  part.add(2);
  NameCounts both = counts;
  both.add(part);
  both.take(part);
  EXPECT_EQ(both, counts);
  counts.take(part);
  EXPECT_EQ(counts.items(), (std::vector<NameCounts::Item>{{5, 2}}));
  EXPECT_EQ(NameCounts().most(), 0U);
}

TEST(CountedBy, LeavesOutWhatBearsNoNameAndReturnsOfGoods) {
  const std::vector<Entry> entries = {
      {.category = 3}, {.category = 0}, {.kind = record::TransactionKind::refund, .category = 4}};
  EXPECT_EQ(over(PurchasedCategories{}, entries).items(), (std::vector<NameCounts::Item>{{3, 1}}));
}

TEST(CountedBy, ChannelsComeFromPurchasesAndContactsAlike) {
  UsedChannels::State state;
  const UsedChannels rule;
  rule.absorb(state, Entry{.channel = 1});
  rule.absorb(state, Interaction{.channel = {2}});
  rule.absorb(state, Interaction{.channel = {1}});
  EXPECT_EQ(state.items(), (std::vector<NameCounts::Item>{{1, 2}, {2, 1}}));
}

}  // namespace
}  // namespace rapport::fold
