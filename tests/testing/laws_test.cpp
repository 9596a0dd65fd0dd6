#include <rapport/testing/laws.hpp>

#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>

#include <gtest/gtest.h>

namespace rapport::testing {
namespace {

using Laws = std::vector<std::string>;

// A sum of doubles that says it can be merged: 0.1 + 0.2 + 0.3 depends on the order.
struct RoundingSpend {
  struct State {
    double total = 0;
    friend bool operator==(const State&, const State&) = default;
  };
  void absorb(State& state, const fold::Entry& entry) const {
    state.total += static_cast<double>(entry.amount) / 100;
  }
  void merge(State& state, const State& other) const { state.total += other.total; }
};

// A count of days that says any two of its states can be merged.
struct MergingDays : fold::PurchaseDays {
  void merge(State& state, const State& other) const {
    if (state.days == 0 || (other.days > 0 && other.first_day < state.first_day)) {
      State later = state;
      state = other;
      append(state, later);
    } else {
      append(state, other);
    }
  }
};

// A count of days that forgets the day the cut runs through.
struct ForgetfulDays : fold::PurchaseDays {
  void append(State& state, const State& later) const {
    if (state.days == 0) state.first_day = later.first_day;
    if (later.days > 0) state.last_day = later.last_day;
    state.days += later.days;
  }
};

// A greatest amount that says it can be taken apart again.
struct LossyMaximum {
  struct State {
    std::int64_t most = 0;
    friend bool operator==(const State&, const State&) = default;
  };
  void absorb(State& state, const fold::Entry& entry) const {
    state.most = std::max(state.most, entry.amount);
  }
  void merge(State& state, const State& other) const {
    state.most = std::max(state.most, other.most);
  }
  void unmerge(State&, const State&) const {}
};

TEST(Laws, TriesTheLawsThatTheVerbsPromiseAndNoOthers) {
  EXPECT_EQ(check_laws(fold::RepeatSpend{}).tried, (Laws{"prefix"}));
  EXPECT_EQ(check_laws(fold::PurchaseDays{}).tried, (Laws{"prefix", "append"}));
  EXPECT_EQ(check_laws(fold::EntrySpan{}).tried, (Laws{"prefix", "append", "merge"}));
  EXPECT_EQ(check_laws(fold::NetSpend{}).tried, (Laws{"prefix", "append", "merge", "unmerge"}));
}

TEST(Laws, CatchASumOfDoublesThatClaimsToMerge) {
  const LawReport report = check_laws(RoundingSpend{});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.broken.back().law, "merge");
  EXPECT_EQ(report.broken.back().entries.size(), 3U) << "no two amounts round:\n" << report.text();
}

TEST(Laws, CatchACountOfDaysThatClaimsToMerge) {
  const LawReport report = check_laws(MergingDays{});
  ASSERT_EQ(report.broken.size(), 1U) << report.text();
  EXPECT_EQ(report.broken[0].law, "merge");
  EXPECT_LE(report.broken[0].entries.size(), 3U);
  EXPECT_NE(report.text().find("the law of merge is broken"), std::string::npos);
}

TEST(Laws, CatchADayThatIsCountedOnBothSidesOfACut) {
  const LawReport report = check_laws(ForgetfulDays{});
  ASSERT_EQ(report.broken.size(), 1U) << report.text();
  const BrokenLaw& broken = report.broken[0];
  EXPECT_EQ(broken.law, "append");
  ASSERT_EQ(broken.entries.size(), 2U);
  EXPECT_EQ(broken.entries[0].day, broken.entries[1].day);
}

TEST(Laws, CatchAMaximumThatClaimsToBeTakenApart) {
  const LawReport report = check_laws(LossyMaximum{});
  ASSERT_EQ(report.broken.size(), 1U) << report.text();
  EXPECT_EQ(report.broken[0].law, "unmerge");
  EXPECT_EQ(report.broken[0].entries.size(), 1U);
}

TEST(Laws, GeneratedEntriesAreOrderedAndRepeatable) {
  bool shared_instant = false, shared_day = false, refund_first = false;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto entries = generate_entries(seed, 12);
    EXPECT_EQ(entries, generate_entries(seed, 12));
    if (!entries.empty()) refund_first = refund_first || !entries[0].is_purchase();
    for (std::size_t i = 1; i < entries.size(); ++i) {
      EXPECT_LE(entries[i - 1].at, entries[i].at);
      shared_instant = shared_instant || entries[i - 1].at == entries[i].at;
      shared_day = shared_day ||
                   (entries[i - 1].day == entries[i].day && entries[i - 1].at != entries[i].at);
    }
  }
  EXPECT_TRUE(shared_instant && shared_day && refund_first);
}

}  // namespace
}  // namespace rapport::testing
