#include <rapport/testing/shop.hpp>

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/summary.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace rapport::testing {
namespace {

TEST(Shop, IsTheSameForAnyNumberOfThreads) {
  const record::Ledger one = make_shop(), many = make_shop({.threads = 8});
  EXPECT_TRUE(std::ranges::equal(one.view().times, many.view().times));
  EXPECT_TRUE(std::ranges::equal(one.view().amounts, many.view().amounts));
}

TEST(Shop, HasTheCustomersAskedForWithinItsDays) {
  const record::Ledger shop = make_shop({.customers = 200});
  EXPECT_EQ(shop.customers().size(), 200U);
  EXPECT_EQ(shop.refusals().total(), 0U);
  EXPECT_GE(shop.first_day(), ShopOptions().opening);
  EXPECT_LE(shop.last_day(), last_day().day());
  EXPECT_EQ(make_shop({.customers = 0}).rows(), 0U);
}

TEST(Shop, KeepsItsFirstCustomersWhenMoreCome) {
  const record::Ledger few = make_shop({.customers = 50}), more = make_shop({.customers = 100});
  const auto rows = few.rows();
  EXPECT_TRUE(std::ranges::equal(few.view().amounts, more.view().amounts.first(rows)));
}

TEST(Shop, TellsTheStoryOfItsModels) {
  const ShopOptions options = {.customers = 20'000, .returned = 0, .threads = 2};
  const record::Ledger shop = make_shop(options);
  const clv::Summary summary = clv::summarise(shop, {.as_of = last_day(options)});
  // Purchases of one day are one, which lowers the rate a little: so not to the last digit.
  const auto purchases = clv::fit<clv::MbgNbd>(summary.histories());
  ASSERT_TRUE(purchases.usable()) << purchases.message;
  EXPECT_NEAR(purchases.params.r / 0.9, 1, 0.1);
  EXPECT_NEAR(purchases.params.alpha / 7, 1, 0.15);
  EXPECT_NEAR(purchases.params.a / 0.7, 1, 0.15);
  const auto amounts = clv::fit<clv::GammaGamma>(summary.spends());
  ASSERT_TRUE(amounts.usable()) << amounts.message;
  EXPECT_NEAR(amounts.model().population_mean() / options.amounts.population_mean(), 1, 0.03);
}

TEST(Shop, TakesBackWhatItIsToldTo) {
  const auto returns = [](double share) {
    const record::Ledger shop = make_shop({.customers = 2000, .returned = share});
    const auto amounts = shop.view().amounts;
    return static_cast<double>(std::ranges::count_if(amounts, [](auto a) { return a < 0; })) /
           static_cast<double>(std::ranges::count_if(amounts, [](auto a) { return a > 0; }));
  };
  EXPECT_EQ(returns(0), 0);
  EXPECT_NEAR(returns(0.03), 0.03, 0.01);
}

TEST(Shop, RejectsWhatNoShopCanBe) {
  EXPECT_THROW((void)make_shop({.weeks = 0}), std::domain_error);
  EXPECT_THROW((void)make_shop({.returned = 1.5}), std::domain_error);
}

}  // namespace
}  // namespace rapport::testing
