#include <rapport/mpi/transactions.hpp>

#include <gtest/gtest.h>

#include "mpi/shared_file.hpp"

#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace rapport::mpi {
namespace {

using tests::SharedFile;

// One line a row of a part, the customer's key first: what can be told of a ledger.
std::string rows_of(const record::Ledger& ledger) {
  const record::LedgerView view = ledger;
  std::string text;
  for (std::uint32_t c = 0; c < view.customers(); ++c) {
    for (auto row = view.offsets[c]; row < view.offsets[c + 1]; ++row) {
      text += ledger.customers().key_text({c}) + ' ' + std::to_string(view.times[row]) + ' ' +
              std::to_string(view.amounts[row]) + ' ' +
              std::to_string(static_cast<int>(view.kind(row))) + '\n';
    }
  }
  return text;
}

// What all parts hold, one after the other, is what one process reads.
void expect_as_one_reads(const std::string& text, const io::TransactionsOptions& options) {
  const Team team;
  const SharedFile file(team, "transactions.csv", text);
  const Part part = read_transactions(team, file.path(), options);
  const record::Ledger whole = io::read_transactions(file.path());
  const std::string expected = rows_of(whole);
  const std::string mine = rows_of(part.ledger);
  const std::uint64_t begin = team.sum_before(mine.size());
  ASSERT_LE(begin + mine.size(), expected.size());
  EXPECT_EQ(mine, expected.substr(begin, mine.size()));
  EXPECT_EQ(team.sum(mine.size()), expected.size());
  EXPECT_EQ(part.rows_read, whole.rows_read());
  EXPECT_EQ(part.last_day, whole.last_day());
  EXPECT_EQ(part.refusals.total(), whole.refusals().total());
  EXPECT_EQ(part.refusals.summary(), whole.refusals().summary());
}

std::string rows_by_chance(int rows, const std::string& key_prefix, bool with_traps) {
  std::mt19937 random(3);
  std::string text = "customer_id,note,date,amount\n";
  for (int i = 0; i < rows; ++i) {
    const auto customer = std::to_string(random() % 90);
    text += key_prefix.empty() ? customer : '"' + key_prefix + customer + '"';
    text += with_traps && i % 5 == 0    ? ",\"a line\nand \"\"another\"\"\r\n1,2,3\""
            : with_traps && i % 61 == 7 ? ",\"never closed"
                                        : ",plain";
    text += ",1997-0" + std::to_string(1 + random() % 9) + "-1" + std::to_string(random() % 10);
    text += with_traps && i % 37 == 5 ? ",ten" : "," + std::to_string(random() % 100);
    text += i % 3 == 0 ? "\r\n" : i % 7 == 0 ? "\n\n" : "\n";
  }
  return text;
}

TEST(DealtTransactions, OfPlainRowsAreThoseOfOneProcess) {
  const std::string text = rows_by_chance(500, "", false);
  for (const std::size_t block : {1U, 7U, 100U, 1U << 22}) {
    SCOPED_TRACE(block);
    expect_as_one_reads(text, {.block_bytes = block});
  }
}

TEST(DealtTransactions, WithLineEndsInQuotesAreCutBetweenRows) {
  for (const std::string key : {"", "k,", "two\nlines "}) {
    const std::string text = rows_by_chance(500, key, true);
    for (const std::size_t block : {3U, 50U, 1U << 22}) {
      SCOPED_TRACE(block);
      expect_as_one_reads(text, {.block_bytes = block});
    }
  }
}

TEST(DealtTransactions, OfOneKeyThatIsNoNumberAreAllTexts) {
  std::string text = rows_by_chance(300, "", false);
  text += "zoe,plain,1997-01-01,5\n";
  expect_as_one_reads(text, {});
}

TEST(DealtTransactions, OfFewCustomersLeaveSomeProcessesWithoutAny) {
  expect_as_one_reads("customer_id,date,amount\n1,1997-01-01,5\n", {});
  expect_as_one_reads("customer_id,date,amount\n1,1997-01-01,5\n1,1997-01-02,5", {});
  expect_as_one_reads(
      "\xEF\xBB\xBF"
      "customer_id;date;amount\r\n",
      {});
}

TEST(DealtTransactions, ARowLongerThanAShareIsReadByOne) {
  const std::string note(5'000, 'x');
  expect_as_one_reads("customer_id,note,date,amount\n1,\"" + note + "\n" + note +
                          "\",1997-01-01,5\n2,,1997-01-02,6\n",
                      {.block_bytes = 10});
}

TEST(DealtTransactions, InStrictModeTheFirstRefusedRowIsTheErrorOfAll) {
  const Team team;
  const SharedFile file(team, "strict.csv", rows_by_chance(500, "", true));
  std::string expected, found;
  try {
    static_cast<void>(io::read_transactions(file.path(), {.strict = true}));
  } catch (const core::RowRefused& refused) {
    expected = refused.what();
  }
  try {
    static_cast<void>(read_transactions(team, file.path(), {.strict = true}));
  } catch (const std::runtime_error& error) {
    found = error.what();
  }
  EXPECT_FALSE(expected.empty());
  EXPECT_EQ(found, expected);
}

TEST(DealtTransactions, OfAFileThatIsNotThereAreAnErrorOfAll) {
  const Team team;
  EXPECT_THROW(static_cast<void>(read_transactions(team, "/nowhere/at/all.csv")),
               std::runtime_error);
  const SharedFile file(team, "columns.csv", "customer_id,amount\n1,2\n");
  EXPECT_ANY_THROW(static_cast<void>(read_transactions(team, file.path())));
}

TEST(DealtTransactions, WhoseAmountsTogetherDoNotFitAreAnErrorOfAll) {
  const Team team;
  record::TransactionColumns columns({});
  EXPECT_FALSE(columns.add({.customer = std::int64_t{team.rank()},
                            .at = core::Day(std::chrono::days(10'000)),
                            .amount = std::numeric_limits<std::int64_t>::max() / 3 * 2}));
  std::vector<record::Ledger> mine;
  mine.push_back(record::build_ledger({std::move(columns)}));
  if (team.size() == 1) {
    EXPECT_EQ(deal(team, std::move(mine)).rows_read, 1U);
  } else {
    EXPECT_THROW(static_cast<void>(deal(team, std::move(mine))), TeamError);
  }
}

TEST(DealtTransactions, OfNothingAreAnErrorOfAll) {
  EXPECT_ANY_THROW(static_cast<void>(deal(Team(), {})));
}

}  // namespace
}  // namespace rapport::mpi
