#include <rapport/record/store_builder.hpp>
#include <rapport/record/timeline.hpp>

#include "support/days.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <string_view>
#include <vector>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using tests::as_of_day;
using tests::on;

// The same shop, with ada's two source records linked or apart.
Store shop(bool linked) {
  StoreBuilder builder;
  const auto stamp = [&](std::string_view who, int at) {
    return Stamp{.source = builder.source(who), .at = on(at)};
  };
  (void)builder.add(StoredTransaction{.stamp = stamp("shop:ada", 0), .amount = 100});
  (void)builder.add(
      Interaction{.stamp = stamp("club:ada", 1), .department = Department::marketing});
  (void)builder.add(Interaction{.stamp = stamp("shop:ada", 2), .department = Department::service});
  (void)builder.add(
      Promise{.stamp = stamp("club:ada", 2), .department = Department::sales, .due_at = on(5)});
  (void)builder.add(StoredTransaction{.stamp = stamp("club:ada", 3), .amount = 50});
  (void)builder.add(Complaint{.stamp = {.source = builder.source(std::string_view("shop:ada")),
                                        .at = on(0),
                                        .known = on(45)}});
  (void)builder.add(StoredTransaction{.stamp = stamp("shop:ben", 1), .amount = 7});
  if (linked) builder.link(std::string_view("shop:ada"), std::string_view("club:ada"));
  return std::move(builder).build();
}

Timeline timeline_of(const Store& store, std::string_view key, const PointInTime& point) {
  const StoreView view(store, point);
  return timeline(view.customer(store.clusters().customer(*store.find_source(key))));
}

TEST(R56_Timeline, DepartmentsAndKindsAddUpToTheWhole) {
  const Timeline all = timeline_of(shop(true), "shop:ada", as_of_day(60));
  ASSERT_EQ(all.records.size(), 6U);
  const auto departments = all.by_department();
  const auto kinds = all.by_kind();
  EXPECT_EQ(std::accumulate(departments.begin(), departments.end(), 0U), all.records.size());
  EXPECT_EQ(std::accumulate(kinds.begin(), kinds.end(), 0U), all.records.size());
  std::size_t slices = 0;
  for (const auto department :
       {Department::unknown, Department::marketing, Department::sales, Department::service}) {
    slices += all.of(department).records.size();
    EXPECT_EQ(all.of(department).records.size(), departments[static_cast<std::size_t>(department)]);
  }
  EXPECT_EQ(slices, all.records.size());
}

TEST(R56_Timeline, RunsInTheOrderOfTimeThroughAllKinds) {
  const Timeline all = timeline_of(shop(true), "club:ada", as_of_day(60));
  for (std::size_t i = 1; i < all.records.size(); ++i) {
    EXPECT_LE(stamp_of(all.records[i - 1]).at, stamp_of(all.records[i]).at);
  }
  EXPECT_TRUE(std::holds_alternative<StoredTransaction>(all.records[0]));
  EXPECT_TRUE(std::holds_alternative<Complaint>(all.records[1]));
}

TEST(R56_Timeline, AMergedCustomerDiffersFromTheTwoByTheirUnionAlone) {
  const Store apart = shop(false);
  const Store joined = shop(true);
  EXPECT_EQ(apart.clusters().customers(), 3U);
  EXPECT_EQ(joined.clusters().customers(), 2U);
  const auto a = timeline_of(apart, "shop:ada", as_of_day(60)).records;
  const auto b = timeline_of(apart, "club:ada", as_of_day(60)).records;
  std::vector<AnyRecord> both = timeline_of(joined, "shop:ada", as_of_day(60)).records;
  EXPECT_EQ(both.size(), a.size() + b.size());
  for (const auto* part : {&a, &b}) {
    for (const AnyRecord& record : *part) {
      EXPECT_EQ(std::count(both.begin(), both.end(), record), 1);
    }
  }
}

TEST(R63_Identity, SeparatingWhatWasJoinedReturnsEveryRecord) {
  const Store store = shop(true);
  const Clusters apart(store.sources().size());
  const Store never_joined = shop(false);
  const StoreView separated(store, apart, as_of_day(60));
  const StoreView original(never_joined, as_of_day(60));
  ASSERT_EQ(separated.customers(), original.customers());
  for (std::uint32_t i = 0; i < separated.customers(); ++i) {
    EXPECT_EQ(timeline(separated.customer({i})).records, timeline(original.customer({i})).records);
  }
}

TEST(R39_Knowledge, AFailureIsUnknownUntilItIsReported) {
  const Store store = shop(true);
  const auto complaints = [&](const PointInTime& point) {
    return timeline_of(store, "shop:ada", point).by_kind()[kind_number<Complaint>];
  };
  EXPECT_EQ(complaints(as_of_day(20)), 0U);
  PointInTime in_hindsight = as_of_day(20);
  in_hindsight.known = core::as_of(on(60));
  EXPECT_EQ(complaints(in_hindsight), 1U);
  EXPECT_EQ(complaints(as_of_day(44)), 0U);
  EXPECT_EQ(complaints(as_of_day(45)), 1U);
}

}  // namespace
}  // namespace rapport::record
