#include <rapport/mpi/scorecard.hpp>

#include <rapport/io/scorecard.hpp>
#include <rapport/mpi/transactions.hpp>
#include <rapport/testing/shop.hpp>

#include <gtest/gtest.h>

#include "mpi/shared_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::mpi {
namespace {

const testing::ShopOptions shop_options = {.customers = 400};

std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A shop whose rows are all with the last process at first.
Part dealt_shop(const Team& team) {
  std::vector<record::Ledger> mine(1);
  if (team.rank() == team.size() - 1) mine.front() = testing::make_shop(shop_options);
  return deal(team, std::move(mine));
}

TEST(SharedScores, OfEveryModelAreTheBytesOfOneProcess) {
  const Team team;
  const Part part = dealt_shop(team);
  const tests::SharedFile file(team, "scores.csv", "");
  for (const PurchaseModel model :
       {PurchaseModel::mbg_nbd, PurchaseModel::bg_nbd, PurchaseModel::mbg_cnbd_k,
        PurchaseModel::pareto_nbd, PurchaseModel::nbd}) {
    SCOPED_TRACE(to_text(model));
    ScoreOptions options{.as_of = testing::last_day(shop_options), .model = model};
    options.rfm.binning =
        model == PurchaseModel::nbd ? rfm::Binning::nested : rfm::Binning::independent;
    write_csv(team, file.path(), score(team, part.ledger, options));
    if (team.rank() == 0) {
      std::ostringstream expected;
      io::write_csv(expected, rapport::score(testing::make_shop(shop_options), options));
      EXPECT_EQ(text_of_file(file.path()), expected.str());
    }
  }
}

TEST(SharedScores, TakeCustomersWithoutAPurchaseByThatDay) {
  const Team team;
  const Part part = dealt_shop(team);
  const tests::SharedFile file(team, "early.csv", "");
  const ScoreOptions options{
      .as_of = as_of(testing::last_day(shop_options).day() - std::chrono::days(300))};
  write_csv(team, file.path(), score(team, part.ledger, options));
  if (team.rank() == 0) {
    std::ostringstream expected;
    io::write_csv(expected, rapport::score(testing::make_shop(shop_options), options));
    EXPECT_EQ(text_of_file(file.path()), expected.str());
  }
}

TEST(SharedScores, RejectOptionsOnAllProcesses) {
  const Team team;
  const Part part = dealt_shop(team);
  EXPECT_ANY_THROW(static_cast<void>(
      score(team, part.ledger, {.as_of = testing::last_day(shop_options), .margin = 2})));
}

TEST(SharedScores, ThatCannotBeWrittenLeaveTheFileAsItWas) {
  const Team team;
  const Part part = dealt_shop(team);
  const auto scores = score(team, part.ledger, {.as_of = testing::last_day(shop_options)});
  for (const std::string_view path : {"/nowhere/at/all.csv", RAPPORT_TEST_FOLDER}) {
    EXPECT_ANY_THROW(write_csv(team, std::string(path), scores));
  }
  // One process alone cannot: its options are no good.
  const tests::SharedFile file(team, "kept.csv", "as it was");
  const io::WriterOptions bad{.delimiter = team.rank() == team.size() - 1 ? '#' : ','};
  EXPECT_ANY_THROW(write_csv(team, file.path(), scores, bad));
  EXPECT_EQ(text_of_file(file.path()), "as it was");
  EXPECT_FALSE(std::filesystem::exists(file.path() + ".tmp"));
}

}  // namespace
}  // namespace rapport::mpi
