#include <rapport/testing/small_shop.hpp>

#include <rapport/io/store.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/promises.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::testing {
namespace {

using namespace record;
using namespace std::chrono_literals;

/// What can be seen of a shop on its last day.
class Seen {
 public:
  explicit Seen(const SmallShop& shop) : view_(shop.store, {.as_of = shop.last_day}) {}

  [[nodiscard]] const Store& store() const { return view_.store(); }
  [[nodiscard]] SourceId source(std::uint32_t number) const {
    return store().find_source(std::string_view(shop_key(number))).value();
  }
  template <Record Row>
  [[nodiscard]] std::vector<Row> rows(std::uint32_t number) const {
    return view_.customer(view_.clusters().customer(source(number))).template rows<Row>();
  }
  [[nodiscard]] std::string_view text(Name name) const { return store().text(name); }

 private:
  StoreView view_;
};

const SmallShop& shop() {
  static const SmallShop made = make_small_shop();
  return made;
}
const SmallShopTruth& truth() { return shop().truth; }
const Seen& seen() {
  static const Seen view(shop());
  return view;
}

/// Calls f(number, truth of the customer).
template <class F>
void each_customer(const F& f) {
  for (std::uint32_t number = 1; number <= truth().customers.size(); ++number) {
    SCOPED_TRACE(number);
    f(number, truth().customers[number - 1]);
  }
}

PromiseTruth count(const std::vector<Promise>& promises) {
  const Sight sight({.as_of = shop().last_day}, {});
  PromiseTruth count;
  for (const Promise& promise : promises) {
    switch (relationship::status(promise, sight)) {
      case relationship::PromiseStatus::open: ++count.open; break;
      case relationship::PromiseStatus::kept: ++count.kept; break;
      case relationship::PromiseStatus::late: ++count.late; break;
      case relationship::PromiseStatus::broken: ++count.broken; break;
      case relationship::PromiseStatus::waived: ++count.waived; break;
    }
  }
  return count;
}

template <class Row, class Holds>
std::uint32_t count_if(const std::vector<Row>& rows, const Holds& holds) {
  return static_cast<std::uint32_t>(std::ranges::count_if(rows, holds));
}

/// All files of the store one after the other.
std::string bytes_of(const Store& store) {
  std::ostringstream out;
  for (const std::string_view kind : kind_names) io::write_records(kind, out, store);
  io::write_links(out, store);
  return out.str();
}

TEST(SmallShop, HasRecordsOfEveryKindWithinItsDays) {
  std::apply(
      [&](const auto&... kinds) {
        const auto look = [&]<class Row>(const Row&) {
          EXPECT_GT(shop().store.table<Row>().size(), 5U) << Row::kind_name;
        };
        (look(kinds), ...);
      },
      AllKinds{});
  EXPECT_EQ(shop().store.refused(), 0U);
  EXPECT_EQ(shop().store.clusters().customers(), 240U);
  EXPECT_EQ(shop().last_day.day(), SmallShopOptions().opening + std::chrono::days{7 * 104 - 1});
  EXPECT_LE(shop().store.last_day(), shop().last_day.day());
  EXPECT_EQ(make_small_shop({.customers = 0}).store.rows(), 0U);
}

TEST(SmallShop, TellsWhichPromisesWereKept) {
  std::array<PromiseTruth, 4> departments;
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    std::vector<Promise> firm, own;
    for (const Promise& promise : seen().rows<Promise>(number)) {
      (promise.by == Side::firm ? firm : own).push_back(promise);
    }
    EXPECT_EQ(count(firm), customer.by_firm);
    EXPECT_EQ(count(own), customer.by_customer);
    for (std::size_t i = 0; i < departments.size(); ++i) {
      std::vector<Promise> part;
      std::ranges::copy_if(firm, std::back_inserter(part), [&](const Promise& promise) {
        return static_cast<std::size_t>(promise.department) == i;
      });
      const PromiseTruth counted = count(part);
      departments[i].kept += counted.kept;
      departments[i].late += counted.late;
      departments[i].broken += counted.broken;
      departments[i].waived += counted.waived;
      departments[i].open += counted.open;
    }
  });
  EXPECT_EQ(departments, truth().by_department);
}

TEST(SmallShop, KeepsPromisesAtTheRatesItIsTold) {
  const SmallShopOptions options = {.customers = 4000};
  const SmallShop large = make_small_shop(options);
  // 15 % are neglected, 2 % of promises are waived: each is a factor of about that size. Five
  // standard errors of the smallest department are 0.03.
  for (std::size_t i = 1; i < 4; ++i) {
    const PromiseTruth& told = large.truth.by_department[i];
    const double due = told.kept + told.late + told.broken;
    EXPECT_GT(due, 2000);
    EXPECT_NEAR(told.kept / due, options.kept_in_time[i] * (1 - 0.15 / 2), 0.03) << i;
  }
}

TEST(SmallShop, TellsFailuresFromComplaints) {
  std::uint32_t failures = 0, complaints = 0, well = 0;
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    const auto told = seen().rows<Complaint>(number);
    EXPECT_EQ(told.size(), customer.complaints);
    EXPECT_LE(customer.complaints, customer.failures);
    std::chrono::seconds silent{0};
    for (const Complaint& complaint : told) {
      silent += complaint.reported_at - complaint.stamp.at;
      EXPECT_EQ(complaint.stamp.known, complaint.reported_at);
      EXPECT_EQ(count_if(seen().rows<StoredTransaction>(number),
                         [&](const auto& row) { return row.stamp.key == complaint.about; }),
                1U);
    }
    EXPECT_EQ(silent, customer.silent);
    EXPECT_EQ(count_if(seen().rows<RecoveryAction>(number),
                       [](const auto& act) { return act.kind == RecoveryKind::compensate; }),
              customer.recovered_well);
    failures += customer.failures;
    complaints += customer.complaints;
    well += customer.recovered_well;
  });
  EXPECT_GT(failures, complaints);
  EXPECT_GT(complaints, well);
  EXPECT_GT(well, 5U);
}

TEST(R39_SmallShop, TellsTheStoryOfTheTornParcel) {
  const auto complaints = seen().rows<Complaint>(truth().story);
  ASSERT_EQ(complaints.size(), 1U);
  const Complaint& torn = complaints[0];
  EXPECT_EQ(std::chrono::floor<std::chrono::days>(torn.stamp.at), truth().story_begin);
  EXPECT_EQ(torn.reported_at - torn.stamp.at, std::chrono::days{45});
  EXPECT_EQ(seen().text(torn.channel), "social:instagram");
  EXPECT_EQ(seen().text(torn.category), "packaging");
  EXPECT_EQ(torn.evidence, 1U);
  std::vector<RecoveryKind> kinds;
  for (const RecoveryAction& act : seen().rows<RecoveryAction>(truth().story)) {
    EXPECT_EQ(act.complaint, torn.stamp.key);
    kinds.push_back(act.kind);
  }
  EXPECT_EQ(kinds, (std::vector{RecoveryKind::apologise, RecoveryKind::ask_evidence,
                                RecoveryKind::apologise, RecoveryKind::fix,
                                RecoveryKind::compensate, RecoveryKind::follow_up}));
  // At day 20 nothing is known of it; with today's knowledge it is.
  const core::AsOf day20(truth().story_begin + std::chrono::days{20});
  const StoreView then(shop().store, {.as_of = day20});
  const StoreView now(shop().store, {.as_of = day20, .known = shop().last_day});
  const auto story = shop().store.clusters().customer(seen().source(truth().story));
  EXPECT_EQ(then.customer(story).rows<Complaint>().size(), 0U);
  EXPECT_EQ(now.customer(story).rows<Complaint>().size(), 1U);
}

TEST(R43_SmallShop, TheGiftOfTheStoryIsWorth400000Rials) {
  const SmallShop rial = make_small_shop({.customers = 1, .currency = core::Currency("IRR")});
  std::vector<std::int64_t> costs;
  for (const RecoveryAction& act : Seen(rial).rows<RecoveryAction>(1)) {
    if (act.cost != 0) costs.push_back(act.cost);
  }
  EXPECT_EQ(costs, std::vector<std::int64_t>{400'000});
}

TEST(SmallShop, LosesDairyBuyersWhoBuyOnEachWeek) {
  std::uint32_t switchers = 0;
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    if (!customer.left_dairy) return;
    ++switchers;
    std::optional<core::Instant> dairy, before;
    for (const auto& row : seen().rows<StoredTransaction>(number)) {
      if (seen().text(row.category) == "dairy") dairy = row.stamp.at;
      if (seen().text(row.category) != "bread") continue;
      if (before) {
        EXPECT_LE(row.stamp.at - *before, std::chrono::days{8});
      }
      before = row.stamp.at;
    }
    ASSERT_TRUE(dairy && before);
    EXPECT_EQ(std::chrono::floor<std::chrono::days>(*dairy), *customer.left_dairy);
    EXPECT_GT(*before - *dairy, 60 * 24h);
  });
  EXPECT_TRUE(truth().customers[truth().switcher - 1].left_dairy);
  EXPECT_GT(switchers, 8U);
}

TEST(SmallShop, KnowsSomeCustomersUnderTwoKeys) {
  const Store& store = shop().store;
  std::uint32_t members = 0;
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    const auto club = store.find_source(std::string_view(club_key(number)));
    EXPECT_EQ(club.has_value(), customer.in_club);
    if (!club) return;
    ++members;
    EXPECT_EQ(store.clusters().customer(*club), store.clusters().customer(seen().source(number)));
  });
  EXPECT_EQ(store.links().size(), members);
  EXPECT_TRUE(truth().customers[truth().club - 1].in_club);
  EXPECT_GT(members, 20U);
}

TEST(SmallShop, PassesOneCustomerOnFourTimesAYear) {
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    if (number == truth().story) return;
    std::uint32_t changes = 0;
    std::optional<Name> before;
    for (const Interaction& contact : seen().rows<Interaction>(number)) {
      if (before && contact.agent != *before) {
        ++changes;
        EXPECT_LT(contact.stamp.at - SmallShopOptions().opening, std::chrono::days{365});
      }
      before = contact.agent;
    }
    EXPECT_EQ(changes, customer.agent_changes);
    EXPECT_EQ(changes, number == truth().passed_on ? 4U : 0U);
  });
}

TEST(SmallShop, GetsAnswersWhereAndWhenCustomersLikeToAnswer) {
  std::uint32_t answers = 0, evening_sms = 0;
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    const auto contacts = seen().rows<Interaction>(number);
    EXPECT_EQ(count_if(contacts, [](const auto& c) { return c.direction == Direction::outbound; }),
              customer.contacts);
    const auto replies = [](const Interaction& c) {
      return c.direction == Direction::inbound && c.in_reply_to != 0;
    };
    EXPECT_EQ(count_if(contacts, replies), customer.replies);
    if (!customer.evening_sms) return;
    answers += customer.replies;
    evening_sms += count_if(contacts, [&](const Interaction& c) {
      return replies(c) && seen().text(c.channel) == "sms" &&
             c.stamp.at - std::chrono::floor<std::chrono::days>(c.stamp.at) >= 18h;
    });
  });
  EXPECT_TRUE(truth().customers[truth().evening - 1].evening_sms);
  EXPECT_GT(answers, 25U);
  EXPECT_GT(evening_sms, 3 * answers / 4);
}

TEST(SmallShop, DisturbsOneCustomerTwoDaysAfterTheirWithdrawal) {
  std::vector<std::pair<std::uint32_t, std::chrono::seconds>> violations;
  std::uint32_t withdrawals = 0;
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    std::optional<core::Instant> granted, revoked;
    for (const Consent& consent : seen().rows<Consent>(number)) {
      (consent.state == ConsentState::granted ? granted : revoked) = consent.stamp.at;
    }
    EXPECT_EQ(revoked, customer.withdrawn);
    withdrawals += revoked ? 1U : 0U;
    for (const Interaction& contact : seen().rows<Interaction>(number)) {
      if (seen().text(contact.purpose) != "promotion") continue;
      EXPECT_TRUE(granted && *granted <= contact.stamp.at);
      if (revoked && contact.stamp.at >= *revoked) {
        violations.emplace_back(number, contact.stamp.at - *revoked);
      }
    }
  });
  EXPECT_GT(withdrawals, 5U);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].first, truth().disturbed);
  EXPECT_EQ(violations[0].second, std::chrono::days{2});
}

TEST(SmallShop, AsksOnTwoScales) {
  std::set<std::pair<std::string_view, std::int32_t>> scales;
  each_customer([&](std::uint32_t number, const CustomerTruth&) {
    for (const Survey& survey : seen().rows<Survey>(number)) {
      scales.emplace(seen().text(survey.kind), survey.scale_high);
    }
  });
  EXPECT_EQ(scales,
            (std::set<std::pair<std::string_view, std::int32_t>>{{"csat", 5}, {"nps", 10}}));
}

TEST(SmallShop, BuysFromOneOfItsCustomers) {
  const StoreView supplied(shop().store, {.as_of = shop().last_day}, Role::supplier);
  each_customer([&](std::uint32_t number, const CustomerTruth&) {
    const auto id = supplied.clusters().customer(seen().source(number));
    const bool supplies = !supplied.customer(id).rows<StoredTransaction>().empty();
    EXPECT_EQ(supplies, number == truth().both_sides);
  });
  EXPECT_FALSE(seen().rows<StoredTransaction>(truth().both_sides).empty());
  std::set<Role> roles;
  for (const Party& party : seen().rows<Party>(truth().both_sides)) {
    EXPECT_EQ(party.kind, PartyKind::organisation);
    roles.insert(party.role);
  }
  EXPECT_EQ(roles, (std::set{Role::customer, Role::supplier}));
}

TEST(SmallShop, GrantsAPrivilegeByLotAndKnowsWhatItDid) {
  const auto share_of_treats = [](const SmallShop& made, bool granted) {
    double bought = 0, all = 0;
    for (std::uint32_t i = 1; i < made.truth.customers.size(); ++i) {  // without the story
      const CustomerTruth& customer = made.truth.customers[i];
      if (customer.granted != granted) continue;
      ++all;
      bought += customer.bought_treats ? 1 : 0;
    }
    return bought / all;
  };
  each_customer([&](std::uint32_t number, const CustomerTruth& customer) {
    const auto grants = seen().rows<Grant>(number);
    EXPECT_EQ(grants.size(), customer.granted ? 1U : 0U);
    if (!grants.empty()) {
      EXPECT_EQ(std::chrono::floor<std::chrono::days>(grants[0].stamp.at), truth().granted_on);
    }
    EXPECT_EQ(count_if(seen().rows<StoredTransaction>(number),
                       [&](const auto& row) { return seen().text(row.category) == "treats"; }),
              customer.bought_treats ? 1U : 0U);
  });
  // 800 of 4000 are held out: four standard errors of the difference are 0.05.
  const SmallShop works = make_small_shop({.customers = 4000});
  const SmallShop does_nothing = make_small_shop({.customers = 4000, .grant_effect = 0});
  EXPECT_NEAR(share_of_treats(works, true) - share_of_treats(works, false), 0.25, 0.05);
  EXPECT_NEAR(share_of_treats(does_nothing, true) - share_of_treats(does_nothing, false), 0, 0.05);
}

TEST(SmallShop, LearnsSomeFactsLateAndTakesSomeBack) {
  std::uint32_t late = 0, voided = 0, told_late = 0, told_voided = 0;
  const auto& table = shop().store.table<StoredTransaction>();
  for (std::uint32_t source = 0; source < shop().store.sources().size(); ++source) {
    const auto [begin, end] = table.run({source});
    for (auto i = begin; i < end; ++i) {
      const Stamp stamp = table.row({source}, i).stamp;
      late += stamp.known != stamp.at ? 1U : 0U;
      voided += stamp.voided ? 1U : 0U;
    }
  }
  each_customer([&](std::uint32_t, const CustomerTruth& customer) {
    told_late += customer.late_facts;
    told_voided += customer.voided;
  });
  EXPECT_EQ(late, told_late);
  EXPECT_EQ(voided, told_voided);
  EXPECT_GT(late, 10U);
  EXPECT_GT(voided, 3U);
}

TEST(SmallShop, IsTheSameForTheSameSeedAndAnyNumberOfThreads) {
  const std::string bytes = bytes_of(shop().store);
  EXPECT_EQ(bytes_of(make_small_shop({.threads = 8}).store), bytes);
  EXPECT_NE(bytes_of(make_small_shop({.seed = 1405}).store), bytes);
}

TEST(SmallShop, KeepsItsFirstCustomersWhenMoreCome) {
  const SmallShop few = make_small_shop({.customers = 30});
  const Seen seen_few(few);
  EXPECT_TRUE(std::ranges::equal(few.truth.customers, std::span(truth().customers).first(30)));
  for (std::uint32_t number = 1; number <= 30; ++number) {
    SCOPED_TRACE(number);
    const auto a = seen_few.rows<StoredTransaction>(number);
    const auto b = seen().rows<StoredTransaction>(number);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].stamp.at, b[i].stamp.at);
      EXPECT_EQ(a[i].amount, b[i].amount);
    }
    EXPECT_EQ(seen_few.rows<Interaction>(number).size(), seen().rows<Interaction>(number).size());
  }
}

TEST(SmallShop, FillsUpToTheRecordsAskedFor) {
  const SmallShop full = make_small_shop({.customers = 200, .pace = 0.1, .least_records = 60});
  const Store& store = full.store;
  std::vector<std::uint64_t> records(200);
  std::apply(
      [&](const auto&... kinds) {
        const auto add = [&]<class Row>(const Row&) {
          for (std::uint32_t i = 0; i < store.sources().size(); ++i) {
            const auto [begin, end] = store.table<Row>().run({i});
            records[store.clusters().customer({i}).value] += end - begin;
          }
        };
        (add(kinds), ...);
      },
      AllKinds{});
  EXPECT_GE(*std::ranges::min_element(records), 60U);
}

// The files that the example programs and their pages read. If the shop is to be another one, write
// them anew: write_store(".../examples/data/small_shop", make_small_shop({.customers = 40}).store).
TEST(SmallShop, IsTheOneUnderTheExamples) {
  const std::filesystem::path files =
      std::filesystem::path(RAPPORT_SOURCE_DIR) / "examples/data/small_shop";
  const SmallShop made = make_small_shop({.customers = 40});
  std::uintmax_t size = 0;
  const auto expect_file = [&](std::string_view name, const std::string& expected) {
    std::ifstream in(files / (std::string(name) + ".csv"));
    const std::string found((std::istreambuf_iterator<char>(in)), {});
    EXPECT_TRUE(found == expected) << name;
    size += found.size();
  };
  for (const std::string_view kind : kind_names) {
    std::ostringstream out;
    io::write_records(kind, out, made.store);
    expect_file(kind, out.str());
  }
  std::ostringstream links;
  io::write_links(links, made.store);
  expect_file("links", links.str());
  EXPECT_LT(size, 200'000U);
  EXPECT_EQ(bytes_of(io::read_store(files.string(), {.strict = true})), bytes_of(made.store));
}

TEST(SmallShop, RejectsSharesThatAreNone) {
  EXPECT_THROW((void)make_small_shop({.failed = 1.5}), std::domain_error);
  EXPECT_THROW((void)make_small_shop({.reported = -1}), std::domain_error);
  EXPECT_THROW((void)make_small_shop({.treats = 0.9, .grant_effect = 0.2}), std::domain_error);
  EXPECT_THROW((void)make_small_shop({.kept_in_time = {0, 2, 0, 0}}), std::domain_error);
  EXPECT_THROW((void)make_small_shop({.weeks = 77}), std::domain_error);
  EXPECT_THROW((void)make_small_shop({.pace = 0}), std::domain_error);
}

}  // namespace
}  // namespace rapport::testing
