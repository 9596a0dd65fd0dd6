#include <rapport/record/clusters.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

namespace rapport::record {
namespace {

TEST(Clusters, WithoutLinksEverySourceRecordIsACustomer) {
  const Clusters clusters(3);
  ASSERT_EQ(clusters.customers(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    ASSERT_EQ(clusters.sources({i}).size(), 1U);
    EXPECT_EQ(clusters.sources({i})[0], SourceId{i});
    EXPECT_EQ(clusters.customer({i}), CustomerId{i});
  }
}

TEST(Clusters, LinksReachThroughEachOther) {
  const std::vector<Link> links = {{{4}, {2}}, {{1}, {4}}};
  const Clusters clusters(5, links);
  ASSERT_EQ(clusters.customers(), 3U);
  const auto joined = clusters.sources({1});
  EXPECT_EQ(std::vector<SourceId>(joined.begin(), joined.end()),
            (std::vector<SourceId>{{1}, {2}, {4}}));
  EXPECT_EQ(clusters.customer({4}), CustomerId{1});
  EXPECT_EQ(clusters.customer({3}), CustomerId{2});
}

TEST(Clusters, DoNotDependOnTheOrderOfLinks) {
  std::mt19937 random(3);
  std::vector<Link> links;
  for (int i = 0; i < 60; ++i) {
    links.push_back({{static_cast<std::uint32_t>(random() % 100)},
                     {static_cast<std::uint32_t>(random() % 100)}});
  }
  const Clusters expected(100, links);
  for (int i = 0; i < 10; ++i) {
    std::shuffle(links.begin(), links.end(), random);
    for (Link& link : links) std::swap(link.a, link.b);
    EXPECT_EQ(Clusters(100, links), expected);
  }
}

TEST(Clusters, RejectALinkToNobody) {
  EXPECT_THROW(Clusters(2, std::vector<Link>{{{0}, {2}}}), std::invalid_argument);
}

TEST(R63_MatchProbability, FollowsFromTheWeightsOfAgreement) {
  const std::vector<double> weights = {-6.67, 4.74, 6.49, -1.97, -1.12, 8.00};
  EXPECT_NEAR(match_probability(weights), 0.9986, 5e-5);
  EXPECT_EQ(match_probability({}), 0.5);
  EXPECT_EQ(match_probability(std::vector<double>{4000}), 1);
  EXPECT_EQ(match_probability(std::vector<double>{-4000}), 0);
  EXPECT_THROW((void)match_probability(std::vector<double>{std::nan("")}), std::domain_error);
}

}  // namespace
}  // namespace rapport::record
