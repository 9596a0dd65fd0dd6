#include <rapport/mpi/team.hpp>

#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/fold/cuts.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::mpi {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Every so-many-th element from the rank's own place on.
std::vector<double> mine_of(const Team& team, const std::vector<double>& all) {
  std::vector<double> mine;
  for (auto i = static_cast<std::size_t>(team.rank()); i < all.size();
       i += static_cast<std::size_t>(team.size())) {
    mine.push_back(all[i]);
  }
  return mine;
}

TEST(Team, SumsAndPlacesCountEveryProcessOnce) {
  const Team team;
  const auto rank = static_cast<std::uint64_t>(team.rank());
  const auto size = static_cast<std::uint64_t>(team.size());
  EXPECT_LT(rank, size);
  EXPECT_EQ(team.sum(rank + 1), size * (size + 1) / 2);
  EXPECT_EQ(team.sum_before(rank + 1), rank * (rank + 1) / 2);
}

TEST(Team, TheErrorOfOneIsTheErrorOfAll) {
  const Team team;
  const int last = team.size() - 1;
  const auto step = [&] {
    if (team.rank() == last) throw std::domain_error("the disk is full");
  };
  if (team.size() == 1) {
    EXPECT_THROW(team.together(step), std::domain_error);
    return;
  }
  try {
    team.together(step);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const TeamError& error) {
    EXPECT_EQ(error.rank(), last);
    EXPECT_STREQ(error.what(), "the disk is full");
  }
}

TEST(Team, OfSeveralErrorsTheLowestRanksIsReported) {
  const Team team;
  if (team.size() == 1) GTEST_SKIP() << "one process has one error";
  try {
    team.together([&] { throw std::runtime_error(std::to_string(team.rank())); });
    ADD_FAILURE() << "nothing was thrown";
  } catch (const TeamError& error) {
    EXPECT_EQ(error.rank(), 0);
    EXPECT_STREQ(error.what(), "0");
  }
}

TEST(Team, AfterAnErrorWorkGoesOn) {
  const Team team;
  EXPECT_ANY_THROW(team.together([] { throw std::runtime_error("once"); }));
  team.together([] {});
  EXPECT_EQ(team.sum(1), static_cast<std::uint64_t>(team.size()));
}

TEST(Team, QuantileCutsAreThoseOfAllValuesInOnePlace) {
  const Team team;
  std::mt19937 random(5);
  std::vector<std::vector<double>> cases = {
      {},
      {nan, nan},
      {3},
      {3, 3, 3, 3, 3, 3},
      {0.0, -0.0, 1, -1},
      {1e300, -1e300, 5e-324, -5e-324, 1, 2, 3},
  };
  for (const int size : {2, 10, 999}) {
    std::vector<double> days, cents, wild, mostly_missing;
    for (int i = 0; i < size; ++i) {
      days.push_back(static_cast<double>(random() % 500));
      cents.push_back(static_cast<double>(random()) - 1e9);
      wild.push_back(std::exp(static_cast<double>(random() % 1000) / 10 - 50) *
                     (random() % 2 == 0 ? 1 : -1));
      mostly_missing.push_back(random() % 10 == 0 ? 0.1 * i : nan);
    }
    cases.insert(cases.end(), {days, cents, wild, mostly_missing});
  }
  for (const auto& all : cases) {
    for (const int bins : {1, 5, 10}) {
      SCOPED_TRACE(std::to_string(all.size()) + " values, " + std::to_string(bins) + " bins");
      EXPECT_EQ(team.quantile_cuts(mine_of(team, all), bins, 2), fold::quantile_cuts(all, bins));
    }
  }
}

TEST(Team, QuantileCutsMayBeMany) {
  const Team team;
  std::vector<double> all;
  for (int i = 0; i < 3'000; ++i) all.push_back(std::sin(i) * std::exp(i % 30));
  EXPECT_EQ(team.quantile_cuts(mine_of(team, all), 255, 2), fold::quantile_cuts(all, 255));
}

TEST(Team, QuantileCutsRejectWhatThoseOfOneProcessReject) {
  const Team team;
  EXPECT_THROW(static_cast<void>(team.quantile_cuts({}, 0, 1)), std::domain_error);
  // All of them throw, whoever has the value.
  const auto mine = mine_of(team, {1, 2, 3, 4, inf});
  EXPECT_THROW(static_cast<void>(team.quantile_cuts(mine, 5, 1)), std::domain_error);
}

// Histories by chance, in weeks of whole days; enough of them for several blocks of patterns.
struct Base {
  std::vector<double> frequency, recency, age, monetary_value;

  explicit Base(int customers) {
    std::mt19937 random(11);
    for (int i = 0; i < customers; ++i) {
      const auto days = 30 + random() % 300;
      const auto purchases = random() % 3 == 0 ? 0 : 1 + random() % 7;
      frequency.push_back(static_cast<double>(purchases));
      recency.push_back(purchases == 0 ? 0 : static_cast<double>(1 + random() % days) / 7);
      age.push_back(static_cast<double>(days) / 7);
      monetary_value.push_back(purchases == 0 ? nan : static_cast<double>(random() % 9'000) / 100);
    }
  }
  [[nodiscard]] Base part(const Team& team) const {
    Base result(0);
    result.frequency = mine_of(team, frequency);
    result.recency = mine_of(team, recency);
    result.age = mine_of(team, age);
    result.monetary_value = mine_of(team, monetary_value);
    return result;
  }
  [[nodiscard]] clv::Histories histories() const {
    return {{.frequency = frequency, .recency = recency, .age = age}, weeks};
  }
  [[nodiscard]] clv::Spends spends() const {
    return clv::Spends({.frequency = frequency, .monetary_value = monetary_value});
  }
};

template <class T>
std::vector<T> copy(std::span<const T> values) {
  return {values.begin(), values.end()};
}

TEST(Team, PatternsAreThoseOfEverybody) {
  const Team team;
  const Base all(20'000);
  const Base mine = all.part(team);
  const clv::Patterns expected(all.histories());
  const clv::Patterns patterns = team.patterns(mine.histories());
  EXPECT_GT(expected.size(), 3 * 4096U);
  EXPECT_EQ(copy(patterns.frequency()), copy(expected.frequency()));
  EXPECT_EQ(copy(patterns.recency()), copy(expected.recency()));
  EXPECT_EQ(copy(patterns.age()), copy(expected.age()));
  EXPECT_EQ(copy(patterns.count()), copy(expected.count()));

  const clv::SpendPatterns spends(all.spends());
  const clv::SpendPatterns shared = team.patterns(mine.spends());
  EXPECT_EQ(copy(shared.mean()), copy(spends.mean()));
  EXPECT_EQ(copy(shared.count()), copy(spends.count()));
  EXPECT_EQ(shared.left_out(), spends.left_out());
}

template <class Model>
void expect_same_derivatives(const Team& team, const Model& model, const auto& patterns) {
  const auto alone = log_likelihood_derivatives(model, patterns, core::Threads(1));
  const auto together = log_likelihood_derivatives(model, patterns, team.shared(core::Threads(2)));
  EXPECT_EQ(together.value, alone.value);
  EXPECT_EQ(together.gradient, alone.gradient);
  EXPECT_EQ(together.hessian, alone.hessian);
}

TEST(Team, LikelihoodsAreTheSameBytesAsThoseOfOneProcess) {
  const Team team;
  const Base all(20'000);
  const clv::Patterns patterns(all.histories());
  expect_same_derivatives(team, clv::MbgNbd({.r = 0.5, .alpha = 6, .a = 0.8, .b = 2.5}), patterns);
  expect_same_derivatives(team, clv::ParetoNbd({.r = 0.5, .alpha = 10, .s = 0.6, .beta = 12}),
                          patterns);
  expect_same_derivatives(team, clv::GammaGamma({.p = 6, .q = 4, .gamma = 15}),
                          clv::SpendPatterns(all.spends()));
}

TEST(Team, FitsAreTheSameBytesAsThoseOfOneProcess) {
  const Team team;
  const Base all(3'000);
  const Base mine = all.part(team);
  const auto alone = clv::fit<clv::MbgNbd>(all.histories());
  const auto together = clv::fit<clv::MbgNbd>(team.patterns(mine.histories()),
                                              {.threads = team.shared(core::Threads(1))});
  EXPECT_EQ(together.parameters, alone.parameters);
  EXPECT_EQ(together.log_likelihood, alone.log_likelihood);
  EXPECT_EQ(together.status, alone.status);
  EXPECT_EQ(together.evaluations, alone.evaluations);
}

TEST(Team, AWorkerWithoutCustomersTakesPartInTheFit) {
  const Team team;
  const Base all(2'000);
  const Base mine = team.rank() == 0 ? all : Base(0);
  const auto alone = clv::fit<clv::GammaGamma>(all.spends());
  const auto together = clv::fit<clv::GammaGamma>(team.patterns(mine.spends()),
                                                  {.threads = team.shared(core::Threads(1))});
  EXPECT_EQ(together.parameters, alone.parameters);
  EXPECT_EQ(together.left_out, alone.left_out);
}

}  // namespace
}  // namespace rapport::mpi
