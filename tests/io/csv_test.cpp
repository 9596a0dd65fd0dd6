#include <rapport/io/csv.hpp>
#include <rapport/io/detail/scan.hpp>

#include "support/csv_reference.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <ctime>
#include <random>
#include <stdexcept>

namespace rapport::io {
namespace {

using core::Reason;
using tests::CsvRow;
using tests::reference_rows;
using tests::tokenized_rows;

std::vector<std::vector<std::string>> rows_of(std::string_view text, const Dialect& dialect = {}) {
  CsvReader csv(Input::text(text), dialect);
  std::vector<std::vector<std::string>> rows;
  while (csv.next()) {
    rows.emplace_back();
    for (std::size_t i = 0; i < csv.header().size(); ++i) rows.back().emplace_back(csv.field(i));
  }
  return rows;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(CsvReader, ReadsQuotesDelimitersAndLineEndsInsideFields) {
  EXPECT_EQ(rows_of("a,b\n1,2\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\n"),
            (Rows{{"1", "2"}, {"x,y", "say \"hi\""}, {"two\r\nlines", ""}}));
}

TEST(CsvReader, TakesAnyLineEndABomAndNoLastLineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    for (const auto& last : {std::string(), end, end + end}) {
      const std::string text =
          "\xEF\xBB\xBF"
          "a,b" +
          end + end + "1,2" + end + "3,4" + last;
      EXPECT_EQ(rows_of(text), (Rows{{"1", "2"}, {"3", "4"}})) << testing::PrintToString(text);
    }
  }
}

TEST(CsvReader, FindsTheDelimiterInTheHeader) {
  EXPECT_EQ(rows_of("a;b;\"c,d,e,f\"\n1;2,5;3\n"), (Rows{{"1", "2,5", "3"}}));
  EXPECT_EQ(rows_of("a\tb\n1\t2\n"), (Rows{{"1", "2"}}));
  EXPECT_EQ(rows_of("a\n1\n"), (Rows{{"1"}}));
  EXPECT_EQ(rows_of("a,b;c\n1,2;3\n", {.delimiter = ';'}), (Rows{{"1,2", "3"}}));
}

TEST(CsvReader, FindsColumnsByNameAndSaysWhichThereAre) {
  CsvReader csv(Input::text("Customer_ID, date ,amount\n", "shop.csv"));
  EXPECT_EQ(csv.column("customer_id"), 0U);
  EXPECT_EQ(csv.column("date"), 1U);
  try {
    static_cast<void>(csv.column("price"));
    FAIL();
  } catch (const std::invalid_argument& error) {
    const std::string text = error.what();
    for (const char* part : {"\"price\"", "shop.csv", "\"Customer_ID\", \"date\", \"amount\""}) {
      EXPECT_NE(text.find(part), std::string::npos) << text;
    }
  }
  CsvReader twice(Input::text("a,b,a,B,B\n"));
  EXPECT_THROW(static_cast<void>(twice.find("a")), std::invalid_argument);
  EXPECT_EQ(twice.find("b"), 1U);  // the exact name wins
}

TEST(CsvReader, LocatesTheRowsThatAreNotSound) {
  CsvReader csv(
      Input::text("a,b\n1,2\n3\n\n4,5,6\n7,x\"y\n8,\"9\nstill 9\"\n10,\x80\n11,\"no end\n12,13\n"));
  std::uint64_t good = 0;
  while (csv.next()) ++good;
  EXPECT_EQ(good, 3U);
  EXPECT_EQ(csv.rows(), good + csv.refusals().total());
  const auto only = [&](Reason reason) { return csv.refusals().first(reason).front(); };
  EXPECT_EQ(only(Reason::missing_field).line, 3U);
  EXPECT_EQ(only(Reason::missing_field).field, "b");
  EXPECT_EQ(only(Reason::extra_field).line, 5U);
  EXPECT_EQ(only(Reason::extra_field).column, 5U);
  EXPECT_EQ(only(Reason::bad_quoting).line, 6U);
  EXPECT_EQ(only(Reason::bad_quoting).column, 3U);
  EXPECT_EQ(csv.refusals().first(Reason::bad_quoting)[1].line, 10U);
  EXPECT_EQ(only(Reason::bad_encoding).line, 9U);
  EXPECT_EQ(only(Reason::bad_encoding).column, 4U);
}

TEST(CsvReader, SaysWhatIsWrongWithAHeader) {
  for (const std::string_view text : {"", "\xEF\xBB\xBF", "\n\n", "a,\"b\n", "a,b\"c\n"}) {
    EXPECT_THROW(CsvReader(Input::text(text)), std::invalid_argument) << text;
  }
  const std::string utf16(
      "\xFF\xFE"
      "a\0,\0b\0\n\0",
      10);
  EXPECT_THROW(CsvReader(Input::text(utf16)), std::invalid_argument);
  EXPECT_THROW(CsvReader(Input::text("a,b,c\n"), {.max_columns = 2}), std::invalid_argument);
  EXPECT_THROW(CsvReader(Input::text("a\n"), {.delimiter = 'x'}), std::invalid_argument);
}

TEST(CsvReader, ThrowsAtTheFirstRefusedRowInStrictMode) {
  CsvReader csv(Input::text("a,b\n1,2\n3\n"), {}, true);
  EXPECT_TRUE(csv.next());
  try {
    static_cast<void>(csv.next());
    FAIL();
  } catch (const core::RowRefused& refused) {
    EXPECT_EQ(refused.refusal().line, 3U);
    EXPECT_EQ(refused.refusal().row, 2U);
  }
}

TEST(Scan, ClassifiesEveryByteAsTheBytewiseFormDoes) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 2000; ++trial) {
    std::array<char, 64> block;
    for (char& c : block) c = static_cast<char>(random());
    for (unsigned i = 0; i < 8; ++i) block[random() % 64] = ",\"\n\r;\t"[random() % 6];
    for (const char delimiter : {',', ';', '\t'}) {
      const auto fast = detail::classify(block.data(), delimiter);
      const auto plain = detail::classify_bytewise(block.data(), delimiter);
      ASSERT_EQ(fast.structural, plain.structural);
      ASSERT_EQ(fast.suspect, plain.suspect);
    }
  }
}

// All texts of up to five of these, also behind so many bytes that they lie across the blocks of
// 64 in which the scanner works.
TEST(Tokenizer, AgreesWithTheReferenceOnAllShortTexts) {
  using namespace std::string_view_literals;
  constexpr std::array alphabet = {","sv,  "\""sv,           "\r"sv,   "\n"sv, "a"sv,
                                   "\0"sv, "\xEF\xBB\xBF"sv, "\xC0"sv, " "sv};
  const Dialect dialect{.delimiter = ',', .max_field_bytes = 100};
  const auto try_all = [&](std::size_t length, const std::string& before) {
    std::size_t texts = 1;
    for (std::size_t i = 0; i < length; ++i) texts *= alphabet.size();
    for (std::size_t number = 0; number < texts; ++number) {
      std::string text = before;
      for (std::size_t i = 0, rest = number; i < length; ++i, rest /= alphabet.size()) {
        text += alphabet[rest % alphabet.size()];
      }
      ASSERT_EQ(tokenized_rows(text, dialect), reference_rows(text, ',', 100))
          << testing::PrintToString(text);
    }
  };
  for (std::size_t length = 0; length <= 5; ++length) try_all(length, "");
  for (std::size_t pad = 58; pad <= 64; ++pad) {
    try_all(3, std::string(pad, 'x') + '\n');
    try_all(3, "\"" + std::string(pad, 'x'));
  }
}

TEST(Tokenizer, AgreesWithTheReferenceOnRandomTextsAndLimits) {
  std::mt19937 random(2);
  constexpr std::string_view letters = ",,\"\"\"\n\n\rab\xC3\xA9";
  for (int trial = 0; trial < 20'000; ++trial) {
    std::string text(random() % 300, ' ');
    for (char& c : text) c = letters[random() % letters.size()];
    const std::size_t limit = 1 + random() % 40;
    ASSERT_EQ(tokenized_rows(text, {.delimiter = ',', .max_field_bytes = limit}),
              reference_rows(text, ',', limit))
        << limit << ' ' << testing::PrintToString(text);
  }
}

TEST(Tokenizer, ReadsOnAfterAQuoteThatIsNeverClosed) {
  std::string text = "1,\"open\n";
  for (int i = 0; i < 100'000; ++i) text += "2,3\n";
  const auto rows = tokenized_rows(text, {.delimiter = ','});
  EXPECT_EQ(rows.size(), 100'001U);
  EXPECT_EQ(rows[0].refused, Reason::bad_quoting);
}

// Ten times the input takes about ten times as much of the processor, however busy the machine is:
// the worst texts for a reader that goes back.
TEST(Tokenizer, TakesLinearTimeOnUnbalancedQuotes) {
  for (const std::string_view line :
       {"\"\n", "\"\"\n", "\"\"\"\n", "x,\"a\"\"\n", "\"a", "\"a\n\n"}) {
    const auto seconds = [&](std::size_t bytes) {
      std::string text;
      while (text.size() < bytes) text += line;
      const std::clock_t begin = std::clock();
      detail::Tokenizer tokenizer(text, {.delimiter = ','}, 4);
      detail::Row row;
      while (tokenizer.next(row)) {
      }
      return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    };
    // Quadratic would be 100 times; caches may blur 10 times to 30.
    const double small = seconds(200'000), large = seconds(2'000'000);
    EXPECT_LT(large, 30 * small + 0.1) << testing::PrintToString(line);
  }
}

TEST(Tokenizer, RefusesWhatIsTooLong) {
  const std::string huge(5'000'000, 'x');
  const auto rows = tokenized_rows("1," + huge + "\n2,\"" + huge + "\"\n3,4\n", {.delimiter = ','});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].refused, Reason::too_long);
  EXPECT_EQ(rows[1].refused, Reason::too_long);
  EXPECT_EQ(rows[2], (CsvRow{3, {}, {"3", "4"}}));
  const auto long_row =
      tokenized_rows("a,b,c,d,e,f,g\n1,2\n", {.delimiter = ',', .max_row_bytes = 8});
  EXPECT_EQ(long_row[0].refused, Reason::too_long);
  EXPECT_FALSE(long_row[1].refused);
}

TEST(ReadNumbers, ReadsNamedColumnsAndReportsWhatIsNotANumber) {
  const auto table = read_numbers(
      Input::text("T,frequency,note,recency\n38.9,2,a,30.4\n1,nan,b,2\n3,,c,4\n5,1e3,d,6\n"),
      {"frequency", "recency", "T"}, {"customers", "T"});
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(*table.find("frequency"), (std::vector<double>{2, 1000}));
  EXPECT_EQ(*table.find("T"), (std::vector<double>{38.9, 5}));
  EXPECT_EQ(table.find("customers"), nullptr);
  EXPECT_EQ(table.refusals.count(Reason::bad_amount), 1U);
  EXPECT_EQ(table.refusals.first(Reason::missing_field)[0].line, 4U);
}

TEST(ReadNumbers, NamesEveryMissingColumn) {
  try {
    static_cast<void>(read_numbers(Input::text("x,recency\n1,2\n"), {"frequency", "recency", "T"}));
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("\"frequency\", \"T\""), std::string::npos);
  }
}

}  // namespace
}  // namespace rapport::io
