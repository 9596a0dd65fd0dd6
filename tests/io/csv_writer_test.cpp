#include <rapport/io/csv.hpp>
#include <rapport/io/csv_writer.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace rapport::io {
namespace {

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(CsvWriter, QuotesWhatNeedsIt) {
  std::ostringstream out;
  CsvWriter csv(out);
  for (const char* text : {"plain", "a,b", "say \"hi\"", "two\nlines", " edge", "a;b", ""}) {
    csv.text(text);
  }
  csv.end_row();
  csv.finish();
  EXPECT_EQ(out.str(), "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" edge\",\"a;b\",\n");
}

TEST(CsvWriter, PrintsNumbersShortAndExact) {
  std::ostringstream out;
  CsvWriter csv(out, {.delimiter = ';'});
  csv.number(0.1);
  csv.number(-1e300);
  csv.number(-std::numeric_limits<double>::quiet_NaN());
  csv.number(std::numeric_limits<double>::infinity());
  csv.number(std::numeric_limits<std::int64_t>::min());
  csv.number(7);
  csv.amount(-5, core::Currency("USD"));
  csv.empty();
  csv.end_row();
  csv.finish();
  EXPECT_EQ(out.str(), "0.1;-1e+300;nan;inf;-9223372036854775808;7;-0.05;\n");
}

TEST(CsvWriter, WritesWhatTheReaderReadsBack) {
  rc::check("read(write(texts)) == texts", [] {
    const auto texts =
        *rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(
            rc::gen::element('a', ',', '"', '\n', '\r', ' ', ';', '=')));
    std::ostringstream out;
    CsvWriter csv(out, {.guard_text = false});
    csv.text("header");
    csv.end_row();
    for (const auto& text : texts) {
      csv.text(text);
      csv.end_row();
    }
    csv.finish();
    const std::string written = out.str();
    CsvReader reader(Input::text(written), {.delimiter = ','});
    std::vector<std::string> back;
    while (reader.next()) back.emplace_back(reader.field(0));
    RC_ASSERT(back == texts);
  });
}

TEST(CsvWriter, KeepsTheNameFreeUntilTheFileIsWhole) {
  const std::string path = testing::TempDir() + "/rapport_csv_writer_test.csv";
  std::ofstream(path) << "old";
  {
    CsvWriter csv(path);
    csv.text("new");
    csv.end_row();
    EXPECT_EQ(slurp(path), "old");
  }
  EXPECT_EQ(slurp(path), "old");  // not finished
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  CsvWriter csv(path);
  csv.text("new");
  csv.end_row();
  csv.finish();
  EXPECT_EQ(slurp(path), "new\n");
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  std::filesystem::remove(path);
}

TEST(CsvWriter, ReportsWhatCannotBeWritten) {
  EXPECT_THROW(CsvWriter("/nowhere/at/all.csv"), std::system_error);
  EXPECT_THROW(CsvWriter("x.csv", {.delimiter = '"'}), std::invalid_argument);
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "skipped: no /dev/full here";
  CsvWriter csv("/dev/full");
  csv.text("x");
  csv.end_row();
  EXPECT_THROW(csv.finish(), std::system_error);
}

// OWASP, CSV Injection: what a cell may begin with to be run.
TEST(Guarded, NeutralisesFormulasAndGivesThemBack) {
  std::vector<std::string> formulas;
  for (const std::string before :
       {"", " ", "   ", "\t", "\r", "\n", "\xC2\xA0", "x\n", "x\r\n ", "\"\n"}) {
    for (const std::string formula : {"=1+1",
                                      "+1",
                                      "-1",
                                      "@SUM(A1)",
                                      "=cmd|' /C calc'!A0",
                                      "=HYPERLINK(\"http://x\")",
                                      "=",
                                      "+",
                                      "-2+3+cmd|' /C calc'!A0",
                                      "@A1",
                                      "\xEF\xBC\x9D"
                                      "1",
                                      "\xEF\xBC\x8B"
                                      "1",
                                      "\xEF\xBC\x8D"
                                      "1",
                                      "\xEF\xBC\xA0"
                                      "A1",
                                      "=\n",
                                      "-\xC2\xA0",
                                      "=\"\"",
                                      "+,;",
                                      "--",
                                      "@@"}) {
      formulas.push_back(before + formula);
    }
  }
  EXPECT_EQ(formulas.size(), 200U);
  for (const std::string& text : formulas) {
    EXPECT_EQ(guarded(text), "'" + text);
    EXPECT_EQ(unguarded(guarded(text)), text);
    EXPECT_EQ(unguarded(guarded("'" + text)), "'" + text);
  }
  for (const std::string text :
       {"", "a=b", "1-2", "name@host", "O'Hara", "'quoted'", "x\ny", "''"}) {
    EXPECT_EQ(guarded(text), text);
    EXPECT_EQ(unguarded(text), text);
  }
}

TEST(Guarded, IsUndoneExactlyForEveryText) {
  rc::check("unguarded(guarded(x)) == x", [] {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::element('\'', '=', '-', ' ', '\t', '\n', 'a'));
    RC_ASSERT(unguarded(guarded(text)) == text);
  });
}

TEST(CsvWriter, GuardsTextsButNoNumbersOfItsOwn) {
  std::ostringstream out;
  CsvWriter csv(out);
  csv.text("=1");
  csv.text("-5");
  csv.number(-5);
  csv.amount(-500, core::Currency("USD"));
  csv.end_row();
  csv.finish();
  EXPECT_EQ(out.str(), "'=1,'-5,-5,-5.00\n");
}

}  // namespace
}  // namespace rapport::io
