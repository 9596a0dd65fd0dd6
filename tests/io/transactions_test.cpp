#include <rapport/io/transactions.hpp>

#include "support/data.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <system_error>

namespace rapport::io {
namespace {

using core::Reason;

record::Ledger ledger_of(const std::string& text, const TransactionsOptions& options = {}) {
  return read_transactions(Input::text(text), options);
}

// Everything a ledger holds, as text.
std::string describe(const record::Ledger& ledger) {
  std::ostringstream out;
  const auto view = ledger.view();
  for (std::uint32_t c = 0; c < view.customers(); ++c) {
    out << ledger.customers().key_text({c}) << ':';
    for (auto row = view.offsets[c]; row < view.offsets[c + 1]; ++row) {
      out << ' ' << core::to_text(view.instant(row)) << ' ' << view.amounts[row] << ' '
          << core::to_text(view.kind(row));
      if (!view.channels.empty()) out << " #" << view.channels[row];
    }
    out << '\n';
  }
  for (std::size_t i = 0; i < core::reason_count; ++i) {
    const auto reason = static_cast<Reason>(i);
    if (ledger.refusals().count(reason) == 0) continue;
    out << ledger.refusals().count(reason) << " x\n";
    for (const auto& refusal : ledger.refusals().first(reason)) {
      out << refusal.row << ' ' << to_text(refusal) << '\n';
    }
  }
  return out.str();
}

// The same, but for the channels, by the reader of rows of any form: it alone reads channels, and
// this one tells no row from another.
TransactionsOptions by_the_general_way(TransactionsOptions options) {
  options.columns.channel = "amount";
  return options;
}

TEST(ReadTransactions, PlainRowsAreReadAsAllRowsAre) {
  const auto keys = std::to_array<const char*>({"7",
                                                "0",
                                                "00",
                                                "07",
                                                "-7",
                                                "-0",
                                                "12345678",
                                                "123456789",
                                                "1234567890123456",
                                                "12345678901234567",
                                                "9223372036854775807",
                                                "9223372036854775808",
                                                "+7",
                                                " 7",
                                                "7 ",
                                                "",
                                                " ",
                                                "c7",
                                                "7c",
                                                "\"7\"",
                                                "1e3",
                                                "\xD9\xA7",
                                                ":",
                                                "/"});
  const auto dates = std::to_array<const char*>(
      {"2024-02-29", "2023-02-29", "20240229", "2024-02-29 ", "2024/02/29", "2024-2-29",
       "2024-02-29T10:00:00Z", "2024-02-29 10:00", "1929-12-31", "2066-02-08", "\"2024-02-29\"", "",
       "0000000000", "2024-02-3:"});
  const auto amounts = std::to_array<const char*>(
      {"1.25",  "-1.25", "0.00", "-0.00", "12345678.99", "123456789.99", "1.2",      "1.250",
       "1.255", "1",     ".25",  "-.25",  "1.",          "+1.25",        "1,25",     " 1.25",
       "1.25 ", "",      "-",    "1.2x",  "x.25",        "--1.25",       "\"1.25\"", "1:.25"});
  std::mt19937 random(3);
  const auto pick = [&](const auto& texts, unsigned plain) {
    return std::string(random() % plain != 0 ? texts[0] : texts[random() % texts.size()]);
  };
  const core::Zone berlin("Europe/Berlin", std::chrono::hours{1}, {});
  for (int round = 0; round < 300; ++round) {
    std::string text = "customer_id,date,amount\n";
    for (int row = 0; row < 30; ++row) {
      text += pick(keys, 5) + ',' + pick(dates, 5) + ',' + pick(amounts, 5);
      if (random() % 40 == 0) text += ",more";
      if (random() % 40 == 0) text += "\n";
      text += random() % 3 == 0 ? "\r\n" : random() % 20 == 0 ? "\r" : "\n";
    }
    if (round % 2 == 0) text.pop_back();
    TransactionsOptions options;
    if (round % 3 == 1) options.currency = "KWD";
    if (round % 3 == 2) options.currency = "JPY";
    if (round % 5 == 1) options.zone = berlin;
    if (round % 7 == 1) options.dialect.max_field_bytes = 12;
    const auto seen = [&](const TransactionsOptions& how) {
      const auto ledger = ledger_of(text, how);
      std::string all = describe(ledger);
      for (auto at = all.find(" #"); at != std::string::npos; at = all.find(" #", at)) {
        all.erase(at, all.find_first_of(" \n", at + 1) - at);
      }
      return all;
    };
    ASSERT_EQ(seen(options), seen(by_the_general_way(options))) << text;
  }
}

TEST(ReadTransactions, RowsWithoutALedgerAreThoseOfOne) {
  std::string text = "customer_id,date,amount\n";
  for (int row = 0; row < 3000; ++row) {
    text += std::to_string(row % 700) + ",2024-01-" + (row % 9 == 0 ? "3" : "1") +
            std::to_string(row % 10) + ',' + std::to_string(row % 90) + ".50\n";
  }
  for (const int threads : {1, 3}) {
    TransactionRows rows =
        read_transaction_rows(Input::text(text), {.threads = threads, .block_bytes = 512});
    EXPECT_EQ(describe(record::build_ledger(std::move(rows.columns), 1, std::move(rows.refusals))),
              describe(ledger_of(text)));
  }
}

TEST(ReadTransactions, ReadsAShopByHand) {
  const auto ledger = ledger_of(
      "date,customer_id,amount,note\n"
      "2024-01-05,7,10.50,first\n"
      "2024-01-03T10:00:00Z,7,1.25,\"a, b\"\n"
      "2024-02-01,9,-3,back\n");
  EXPECT_EQ(describe(ledger),
            "7: 2024-01-03T10:00:00Z 125 sale 2024-01-05T00:00:00Z 1050 sale\n"
            "9: 2024-02-01T00:00:00Z -300 refund\n");
  EXPECT_TRUE(ledger.customers().numeric());
}

TEST(ReadTransactions, ReadsTheOptionalColumns) {
  const std::string text =
      "customer_id;date;amount;kind;channel;currency\n"
      "\"\"\"a\"\"\";2024-01-01;5;SALE;web;EUR\n"
      "b;2024-01-02;5;return;;\n"
      "b;2024-01-03;-5;Refund;shop;EUR\n"
      "b;2024-01-04;-5;;shop;EUR\n"
      "b;2024-01-05;-5;sale;shop;EUR\n"
      "b;2024-01-06;5;gift;shop;EUR\n"
      "b;2024-01-07;5;sale;shop;USD\n";
  const auto ledger = ledger_of(text, {.currency = "EUR"});
  EXPECT_EQ(describe(ledger),
            "\"a\": 2024-01-01T00:00:00Z 500 sale #2\n"
            "b: 2024-01-02T00:00:00Z -500 return #0 2024-01-03T00:00:00Z -500 refund #1 "
            "2024-01-04T00:00:00Z -500 refund #1\n"
            "1 x\n5 line 6, column 14, amount: a sale has an amount below zero: \"-5\"\n"
            "1 x\n6 line 7, column 16, kind: the kind is not sale, return or refund: \"gift\"\n"
            "1 x\n7 line 8, column 26, currency: the currency is not the ledger's: \"USD\"\n");
  TransactionsOptions without{.currency = "EUR"};
  without.columns.kind = "";
  without.columns.currency = "";
  EXPECT_EQ(ledger_of(text, without).refusals().total(), 0U);
}

TEST(ReadTransactions, LocatesEveryRowItRefuses) {
  const auto ledger = ledger_of(
      "\xEF\xBB\xBF"
      "customer_id,date,amount\r\n"
      "1,2024-01-01,1.00\r\n"
      ",2024-01-01,1.00\r\n"
      "1,,1.00\r\n"
      "  ,2024-01-01,1\r\n"
      "\r\n"
      "1,1997-02-30,1\r\n"
      "1,1900-01-01,1\r\n"
      "1,2024-01-01,1e308\r\n"
      "1,2024-01-01,1.001\r\n"
      "1,2024-01-01,99999999999999999999\r\n"
      "1,2024-01-01\r\n"
      "\"x\r\ny\",2024-01-01,z\r\n"
      "1,2024-01-01,2.00");
  EXPECT_EQ(ledger.rows(), 2U);
  EXPECT_EQ(ledger.rows_read(), 12U);
  const auto& refusals = ledger.refusals();
  EXPECT_EQ(to_text(refusals.first(Reason::missing_field)[0]),
            "line 3, column 1, customer_id: a field is missing or empty");
  EXPECT_EQ(to_text(refusals.first(Reason::missing_field)[1]),
            "line 4, column 3, date: a field is missing or empty");
  EXPECT_EQ(to_text(refusals.first(Reason::missing_field)[2]),
            "line 12, column 13, amount: a field is missing or empty");
  EXPECT_EQ(to_text(refusals.first(Reason::bad_date)[0]),
            "line 7, column 3, date: the date is not a day of the calendar: \"1997-02-30\"");
  EXPECT_EQ(refusals.first(Reason::bad_key)[0].line, 5U);
  EXPECT_EQ(refusals.first(Reason::date_out_of_range)[0].line, 8U);
  EXPECT_EQ(refusals.first(Reason::bad_amount)[0].text, "1e308");
  EXPECT_EQ(refusals.first(Reason::inexact_amount)[0].line, 10U);
  EXPECT_EQ(refusals.first(Reason::amount_overflow)[0].column, 14U);
  // A field behind a line end in quotes stands on the second of the row's lines.
  EXPECT_EQ(to_text(refusals.first(Reason::bad_amount)[1]),
            "line 14, column 15, amount: the amount is not a decimal number: \"z\"");
}

TEST(ReadTransactions, SurvivesHostileInput) {
  const std::string header = "customer_id,date,amount\n";
  const std::string good = "1,2024-01-01,1.00\n";
  const std::string huge(100'000'000, 'x');
  const std::vector<std::pair<std::string, Reason>> rows = {
      {std::string("1\0,2024-01-01,1\n", 16), Reason::bad_encoding},
      {"\xC0\xAF,2024-01-01,1\n", Reason::bad_encoding},
      {huge + ",2024-01-01,1\n", Reason::too_long},
      {"1,2024-01-01," + std::string(900'000, '9') + "\n", Reason::amount_overflow},
      {"1,2024-01-01,1e308\n", Reason::bad_amount},
      {"1,2024-01-01,\"1\n", Reason::bad_quoting},
      {std::string(1'000'000, ',') + "\n", Reason::extra_field},
      {std::string(1'000'000, '"') + "x\n", Reason::bad_quoting},
  };
  for (const auto& [row, reason] : rows) {
    const auto ledger = ledger_of(header + good + row + good);
    EXPECT_EQ(ledger.rows(), 2U) << row.substr(0, 30);
    EXPECT_EQ(ledger.refusals().count(reason), 1U) << row.substr(0, 30);
    EXPECT_EQ(ledger.refusals().total(), 1U) << row.substr(0, 30);
    EXPECT_EQ(ledger.refusals().first(reason)[0].line, 3U);
  }
}

TEST(ReadTransactions, ReportsAFileCutOffAnywhere) {
  const std::string text =
      "customer_id,date,amount\n1,2024-01-01,1.00\n\"2\",2024-01-02,\"2.00\"\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    try {
      const auto ledger = ledger_of(text.substr(0, size));
      EXPECT_LE(ledger.rows_read(), 2U);
    } catch (const std::invalid_argument&) {
      EXPECT_LT(size, text.find('\n'));
    }
  }
}

// Where the blocks are cut, and on how many threads they are read, cannot be seen in the result.
TEST(ReadTransactions, GivesTheSameForEveryCutAndAnyNumberOfThreads) {
  const std::string text =
      "customer_id,date,amount,channel\r\n"
      "1,2024-01-01,1.00,\"a\nb\"\r\n"
      "2,2024-01-02,x,\r\n\r\n"
      "\"q\"\"\r\n3,2024-01-03,2.00,c\r\n"
      "zwei,2024-01-04,3.00,\"never\r\n"
      "4,2024-01-05,4.00,\"two\rlines, \"\"quoted\"\"\n\"\r"
      "5,2024-01-06,bad,e\n"
      "6,2024-01-07,6.00,f\xC0\n"
      "7,2024-01-08";
  const std::string whole = describe(ledger_of(text));
  for (std::size_t block = 1; block <= text.size() + 1; ++block) {
    for (const int threads : {1, 3}) {
      TransactionsOptions options{.threads = threads, .block_bytes = block};
      ASSERT_EQ(describe(ledger_of(text, options)), whole) << block;
    }
  }
}

TEST(ReadTransactions, GivesTheSameForEveryCutOfRandomText) {
  std::mt19937 random(5);
  const std::vector<std::string> parts = {"1,2024-01-01,1.00\n",
                                          "2,2024-01-02,3\r\n",
                                          "\"",
                                          "\n",
                                          "\"3\",2024-01-03,\"4\"\n",
                                          "a,",
                                          "\r",
                                          "\"x\ny\",",
                                          "é"};
  for (int trial = 0; trial < 300; ++trial) {
    std::string text = "customer_id,date,amount\n";
    for (int i = 0; i < 12; ++i) text += parts[random() % parts.size()];
    const std::string whole = describe(ledger_of(text));
    for (std::size_t block = 1; block < 40; ++block) {
      ASSERT_EQ(describe(ledger_of(text, {.block_bytes = block})), whole)
          << block << ' ' << testing::PrintToString(text);
    }
  }
}

TEST(ReadTransactions, ThrowsAtTheFirstRefusedRowInStrictMode) {
  const std::string text = "customer_id,date,amount\n1,2024-01-01,1\n1,x,1\n1,2024-01-01,y\n";
  for (const std::size_t block : {1U, 7U, 1000U}) {
    try {
      static_cast<void>(ledger_of(text, {.strict = true, .block_bytes = block}));
      FAIL();
    } catch (const core::RowRefused& refused) {
      EXPECT_EQ(refused.refusal().line, 3U);
      EXPECT_EQ(refused.refusal().row, 2U);
      EXPECT_EQ(refused.refusal().reason, Reason::bad_date);
    }
  }
}

TEST(ReadTransactions, NamesMissingColumnsAndThoseThatAreThere) {
  const std::string text = "id,when,amount\n1,2024-01-01,1\n";
  try {
    static_cast<void>(ledger_of(text));
    FAIL();
  } catch (const std::invalid_argument& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("\"customer_id\", \"date\""), std::string::npos) << what;
    EXPECT_NE(what.find("\"id\", \"when\", \"amount\""), std::string::npos) << what;
  }
  TransactionsOptions options;
  options.columns = {.customer = "id", .date = "when"};
  EXPECT_EQ(ledger_of(text, options).rows(), 1U);
  options.columns.amount = "price";
  EXPECT_THROW(static_cast<void>(ledger_of(text, options)), std::invalid_argument);
  options.columns.amount = "";
  EXPECT_EQ(ledger_of(text, options).view().amounts[0], 0);
  EXPECT_THROW(static_cast<void>(ledger_of("")), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(ledger_of(text, {.block_bytes = 0})), std::invalid_argument);
}

TEST(ReadTransactions, ReadsFilesPipesAndStreams) {
  const std::string path = testing::TempDir() + "/rapport_transactions_test.csv";
  const std::string text = "customer_id,date,amount\n1,2024-01-01,1.00\n";
  std::ofstream(path) << text;
  EXPECT_EQ(read_transactions(path).rows(), 1U);
  std::istringstream in(text);
  EXPECT_EQ(read_transactions(Input::stream(in)).rows(), 1U);
  std::ofstream(path, std::ios::trunc).flush();
  EXPECT_THROW(static_cast<void>(read_transactions(path)), std::invalid_argument);
  std::filesystem::remove(path);
  try {
    static_cast<void>(read_transactions(path));
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
    EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
  }
  EXPECT_THROW(static_cast<void>(read_transactions("/")), std::system_error);
}

TEST(ReadTransactions, ReportsProgressAndStopsWhenAsked) {
  const std::string text = "customer_id,date,amount\n1,2024-01-01,1.00\n";
  std::uint64_t last = 0;
  TransactionsOptions options;
  options.watch.on_progress = [&](const core::Progress& p) {
    if (p.stage == "reading transactions") last = p.done;
  };
  static_cast<void>(ledger_of(text, options));
  EXPECT_EQ(last, text.size());
  std::stop_source stop;
  stop.request_stop();
  options.watch.stop = stop.get_token();
  EXPECT_THROW(static_cast<void>(ledger_of(text, options)), core::Cancelled);
}

// CDNOW, all buyers: Fader and Hardie count 23,570 customers and 69,659 transactions.
TEST(ReadTransactions, ReadsCdnowWithoutARefusal) {
  RAPPORT_REQUIRE_DATA();
  for (const int threads : {1, 2}) {
    const auto ledger = read_transactions(tests::data_file("cdnow_transactions.csv"),
                                          {.currency = "USD", .threads = threads});
    EXPECT_EQ(ledger.refusals().total(), 0U);
    EXPECT_EQ(ledger.rows(), 69'659U);
    EXPECT_EQ(ledger.customers().size(), 23'570U);
  }
}

}  // namespace
}  // namespace rapport::io
