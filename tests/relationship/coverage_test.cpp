#include <rapport/relationship/coverage.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;

constexpr record::Name job{1}, instagram{2}, telegram{3};
const record::Sight sight({.as_of = core::as_of("2024-12-31")}, core::Zone());
constexpr core::Instant may{core::Day{2024y / 5 / 1}};

const std::vector<WantedItem> eight = {
    {"email", HasContact{record::ContactKind::email}},
    {"phone", HasContact{record::ContactKind::phone}},
    {"postal", HasContact{record::ContactKind::postal}},
    {"social", HasContact{record::ContactKind::social}},
    {"job", HasTopic{job}},
    {"purchase history", HasPurchases{}},
    {"transaction dates", HasPurchaseDates{}},
    {"social network data", HasChannel{{telegram, instagram}}},
};

struct Customer {
  std::vector<record::ContactPoint> points;
  std::vector<record::KnowledgeItem> knowledge;
  std::vector<record::StoredTransaction> transactions;
  std::vector<record::Interaction> interactions;

  [[nodiscard]] CustomerData data() const {
    return {points, knowledge, transactions, interactions};
  }
};

Customer well_known() {
  Customer customer;
  for (const auto kind : {record::ContactKind::email, record::ContactKind::phone,
                          record::ContactKind::postal, record::ContactKind::social}) {
    customer.points.push_back({.stamp = {.at = may}, .kind = kind});
  }
  customer.knowledge = {{.stamp = {.at = may}, .topic = job}};
  customer.transactions = {{.stamp = {.at = may}, .amount = 100}};
  customer.interactions = {{.stamp = {.at = may}, .channel = instagram}};
  return customer;
}

TEST(R08_DatabaseOfCustomers, AllEightItemsAreEightOfEight) {
  const Coverage covered = coverage(well_known().data(), eight, sight);
  EXPECT_EQ(covered.covered, 8U);
  EXPECT_EQ(covered.wanted, 8U);
  EXPECT_EQ(to_text(covered), "8 of 8");
}

TEST(R08_DatabaseOfCustomers, WithoutTheJobSevenOfEightAndTheJobIsNamed) {
  Customer customer = well_known();
  customer.knowledge.clear();
  const Coverage covered = coverage(customer.data(), eight, sight);
  EXPECT_EQ(covered.covered, 7U);
  EXPECT_EQ(covered.missing, (std::vector<std::string>{"job"}));
  EXPECT_EQ(to_text(covered), "7 of 8; missing: job");
}

TEST(Coverage, EachItemIsMissedByItself) {
  const auto missing = [](const Customer& customer) {
    return coverage(customer.data(), eight, sight).missing;
  };
  using Names = std::vector<std::string>;
  Customer customer = well_known();
  customer.points[2].until = may + 24h;
  EXPECT_EQ(missing(customer), Names{"postal"});
  customer = well_known();
  customer.transactions[0].stamp.at = {};
  EXPECT_EQ(missing(customer), Names{"transaction dates"});
  customer.transactions[0].kind = record::TransactionKind::refund;
  EXPECT_EQ(missing(customer), (Names{"purchase history", "transaction dates"}));
  customer = well_known();
  customer.transactions[0].role = record::Role::supplier;
  EXPECT_EQ(missing(customer), (Names{"purchase history", "transaction dates"}));
  customer = well_known();
  customer.interactions[0].channel = job;
  EXPECT_EQ(missing(customer), Names{"social network data"});
}

TEST(Coverage, CountsWhatCanBeSeen) {
  const record::Sight before({.as_of = core::as_of("2024-04-30")}, core::Zone());
  EXPECT_EQ(coverage(well_known().data(), eight, before).covered, 0U);
  EXPECT_EQ(to_text(coverage({}, {}, sight)), "0 of 0");
}

}  // namespace
}  // namespace rapport::relationship
