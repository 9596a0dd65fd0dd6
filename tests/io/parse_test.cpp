#include <rapport/io/parse.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <charconv>
#include <clocale>
#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace rapport::io {
namespace {

using core::Currency;
using core::Reason;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Currency usd("USD");
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

TEST(ParseMinor, ReadsDecimalsExactly) {
  constexpr struct {
    const char* text;
    const char* currency;
    std::int64_t minor;
  } rows[] = {
      {"12.34", "USD", 1234},
      {"0.1", "USD", 10},
      {"1.15", "USD", 115},  // 114.99999999999999 by way of a double
      {"-5", "USD", -500},
      {"+5", "USD", 500},
      {"-0.00", "USD", 0},
      {".5", "USD", 50},
      {"5.", "USD", 500},
      {"12.3400000", "USD", 1234},
      {"00012.34", "USD", 1234},
      {" 12.34\t", "USD", 1234},
      {"1200", "JPY", 1200},
      {"1200.0", "IRR", 1200},
      {"1.234", "KWD", 1234},
      {"92233720368547758.07", "USD", most},
      {"-92233720368547758.08", "USD", least},
  };
  for (const auto& [text, currency, minor] : rows) {
    const auto parsed = parse_minor(text, Currency(currency));
    EXPECT_TRUE(parsed) << text;
    EXPECT_EQ(parsed.value, minor) << text;
  }
}

TEST(ParseMinor, SaysWhyATextIsNoAmount) {
  constexpr struct {
    const char* text;
    Reason reason;
  } rows[] = {
      {"", Reason::bad_amount},
      {"-", Reason::bad_amount},
      {".", Reason::bad_amount},
      {"--5", Reason::bad_amount},
      {"+-5", Reason::bad_amount},
      {"1e3", Reason::bad_amount},
      {"1e308", Reason::bad_amount},
      {"nan", Reason::bad_amount},
      {"inf", Reason::bad_amount},
      {"0x1p3", Reason::bad_amount},
      {"(5)", Reason::bad_amount},
      {"$5", Reason::bad_amount},
      {"5 USD", Reason::bad_amount},
      {"1,5", Reason::bad_amount},
      {"1.234,56", Reason::bad_amount},
      {"1 000", Reason::bad_amount},
      {"1.2.3", Reason::bad_amount},
      {"\xDB\xB1\xDB\xB2", Reason::bad_amount},
      {"12.345", Reason::inexact_amount},
      {"0.001", Reason::inexact_amount},
      {"92233720368547758.08", Reason::amount_overflow},
      {"-92233720368547758.09", Reason::amount_overflow},
      {"99999999999999999999999999999999999", Reason::amount_overflow},
      {"18446744073709551616", Reason::amount_overflow},
  };
  for (const auto& [text, reason] : rows) EXPECT_EQ(parse_minor(text, usd).refused, reason) << text;
}

TEST(ParseMinor, ReadsOtherMarksAndDigitsWhereTheDialectSaysSo) {
  const Dialect german{.decimal_mark = ',', .group_mark = '.'};
  EXPECT_EQ(parse_minor("1.234.567,89", usd, german).value, 123456789);
  EXPECT_EQ(parse_minor("1234,5", usd, german).value, 123450);
  for (const char* text : {"1.23,4", "1234.567", ".123", "1..234", "1.234.", "1,234.5"}) {
    EXPECT_EQ(parse_minor(text, usd, german).refused, Reason::bad_amount) << text;
  }
  const Dialect native{.digits = Digits::native};
  EXPECT_EQ(parse_minor("۱۲۳٫۴۵", usd, native).value, 12345);
  EXPECT_EQ(parse_minor("١٢٣", usd, native).value, 12300);
  EXPECT_EQ(parse_minor("-۱٬۲۳۴٬۵۶۷٫۸", usd, native).value, -123456780);
  EXPECT_EQ(parse_minor("12.34", usd, native).value, 1234);
  for (const char* text : {"۱٬۲۳", "۱٫۲٫۳", "۱é", "\xDB"}) {
    EXPECT_EQ(parse_minor(text, usd, native).refused, Reason::bad_amount) << text;
  }
}

TEST(ParseMinor, ReadsBackEveryAmountThatIsPrinted) {
  rc::check("parse_minor(decimal_text(x)) == x", [] {
    const auto minor = *rc::gen::arbitrary<std::int64_t>();
    const int decimals = *rc::gen::inRange(0, 7);
    const auto parsed = parse_minor(core::decimal_text(minor, decimals), Currency("XXA", decimals));
    RC_ASSERT(!parsed.refused && parsed.value == minor);
  });
  for (const std::int64_t minor : {most, least, std::int64_t{0}}) {
    EXPECT_EQ(parse_minor(core::decimal_text(minor, 2), usd).value, minor);
  }
}

core::Instant at(int year, unsigned month, unsigned day, seconds time = {}) {
  return core::Day{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} +
         time;
}

TEST(ParseInstant, ReadsTheFormsOfIso8601) {
  const auto morning = hours{10} + minutes{5} + seconds{9};
  const struct {
    const char* text;
    core::Instant instant;
  } rows[] = {
      {"1997-09-30", at(1997, 9, 30)},
      {"19970930", at(1997, 9, 30)},
      {" 1997-09-30 ", at(1997, 9, 30)},
      {"1997-09-30T10:05", at(1997, 9, 30, hours{10} + minutes{5})},
      {"1997-09-30 10:05:09", at(1997, 9, 30, morning)},
      {"1997-09-30T10:05:09.999999Z", at(1997, 9, 30, morning)},
      {"1997-09-30t10:05:09,5z", at(1997, 9, 30, morning)},
      {"19970930T100509Z", at(1997, 9, 30, morning)},
      {"1997-09-30T10:05:09+03:30", at(1997, 9, 30, morning - hours{3} - minutes{30})},
      {"1997-09-30T10:05:09-0330", at(1997, 9, 30, morning + hours{3} + minutes{30})},
      {"1997-09-30 10:05:09+00", at(1997, 9, 30, morning)},
      {"1997-09-30 10:05:09 +01:00", at(1997, 9, 30, morning - hours{1})},
      {"1997-09-30T24:00", at(1997, 10, 1)},
      {"2000-02-29", at(2000, 2, 29)},
      {"0000-01-01", at(0, 1, 1)},
      {"9999-12-31T23:59:59Z", at(9999, 12, 31, hours{24} - seconds{1})},
      {"2016-12-31T23:59:60Z", at(2017, 1, 1)},
      {"2017-01-01T03:29:60+03:30", at(2017, 1, 1)},
  };
  for (const auto& [text, instant] : rows) {
    const auto parsed = parse_instant(text);
    EXPECT_TRUE(parsed) << text;
    EXPECT_EQ(core::to_text(parsed.value), core::to_text(instant)) << text;
  }
}

TEST(ParseInstant, RefusesAnythingElse) {
  for (const char* text : {"",
                           "1997",
                           "1997-09",
                           "1997-9-30",
                           "97-09-30",
                           "1997/09/30",
                           "30.09.1997",
                           "09/30/1997",
                           "1997-02-30",
                           "1900-02-29",
                           "1997-13-01",
                           "1997-00-10",
                           "1997-01-00",
                           "1997-0930",
                           "199709-30",
                           "1997-09-30T",
                           "1997-09-30T1",
                           "1997-09-30T10",
                           "1997-09-30T10:5",
                           "1997-09-30T25:00",
                           "1997-09-30T24:01",
                           "1997-09-30T24:00:00.1",
                           "1997-09-30T10:60",
                           "1997-09-30T10:00:61",
                           "1997-09-30T10:00:60Z",
                           "1997-09-30T10:00:09.",
                           "1997-09-30X10:00",
                           "1997-09-30T10:00+",
                           "1997-09-30T10:00+1",
                           "1997-09-30T10:00+24:00",
                           "1997-09-30T10:00+01:60",
                           "1997-09-30T10:00Zx",
                           "1997-09-30Z",
                           "1997-09-30  10:00",
                           "-1997-09-30",
                           "+1997-09-30",
                           "12345-01-01",
                           "1997-09-30T10:00 UTC",
                           "2451545",
                           "1997-09-30T10:05:0",
                           "1997-09-30T10:0509",
                           "1997-09-30T1005:09",
                           "yesterday"}) {
    EXPECT_EQ(parse_instant(text).refused, Reason::bad_date) << text;
  }
}

TEST(ParseInstant, ReadsTimesWithoutOffsetInTheZone) {
  const auto tehran = core::Zone::fixed(hours{3} + minutes{30});
  EXPECT_EQ(parse_instant("2025-03-21", tehran).value, at(2025, 3, 20, hours{20} + minutes{30}));
  EXPECT_EQ(parse_instant("2025-03-21T00:30", tehran).value, at(2025, 3, 20, hours{21}));
  EXPECT_EQ(parse_instant("2025-03-20T21:00Z", tehran).value, at(2025, 3, 20, hours{21}));
}

TEST(ParseInstant, ReadsNativeDigitsWhereTheDialectSaysSo) {
  EXPECT_EQ(parse_instant("۲۰۲۵-۰۳-۲۱", {}, {.digits = Digits::native}).value, at(2025, 3, 21));
  EXPECT_FALSE(parse_instant("۲۰۲۵-۰۳-۲۱"));
}

TEST(ParseInstant, ReadsBackEveryInstantThatIsPrinted) {
  rc::check("parse_instant(to_text(t)) == t", [] {
    // 0000-01-01 to 9999-12-31
    const core::Instant instant{
        seconds{*rc::gen::inRange<std::int64_t>(-62167219200, 253402300800)}};
    const auto parsed = parse_instant(core::to_text(instant));
    RC_ASSERT(!parsed.refused && parsed.value == instant);
  });
}

TEST(ParseNumber, ReadsWhatFromCharsReadsAndNoWords) {
  EXPECT_EQ(parse_number("1e308").value, 1e308);
  EXPECT_EQ(parse_number(" -1.5E-3 ").value, -1.5e-3);
  EXPECT_EQ(parse_number("+.5").value, 0.5);
  EXPECT_EQ(parse_number("5.").value, 5);
  EXPECT_TRUE(std::signbit(parse_number("-0").value));
  EXPECT_EQ(parse_number("1,5", {.decimal_mark = ','}).value, 1.5);
  EXPECT_EQ(parse_number("۱۲۳٫۵", {.digits = Digits::native}).value, 123.5);
  for (const char* text : {"", "nan", "inf", "-inf", "0x1p3", "1,5", "1e", "1e+", "e5", ".", "1 2",
                           "1e400", "-1e400", "1e-400", "1.2.3", "--1"}) {
    EXPECT_EQ(parse_number(text).refused, Reason::bad_amount) << text;
  }
}

TEST(ParseNumber, ReadsBackEveryDoubleBitForBit) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 1'000'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    const auto parsed = parse_number({text, static_cast<std::size_t>(end - text)});
    ASSERT_TRUE(parsed) << value;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(parsed.value), std::bit_cast<std::uint64_t>(value));
  }
  for (const double value : {5e-324, 2.2250738585072011e-308, 1.7976931348623157e308}) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    EXPECT_EQ(parse_number({text, static_cast<std::size_t>(end - text)}).value, value);
  }
}

TEST(Parsers, DoNotKnowTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  int tried = 0;
  for (const char* name : {"de_DE.UTF-8", "fa_IR.UTF-8", "tr_TR.UTF-8", "C.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) == nullptr) continue;
    ++tried;
    EXPECT_EQ(parse_minor("12.34", usd).value, 1234) << name;
    EXPECT_FALSE(parse_minor("12,34", usd)) << name;
    EXPECT_EQ(parse_number("1.5").value, 1.5) << name;
    EXPECT_EQ(parse_instant("1997-09-30").value, at(1997, 9, 30)) << name;
  }
  std::setlocale(LC_ALL, before.c_str());
  if (tried == 0) GTEST_SKIP() << "skipped: no other locale is installed";
}

}  // namespace
}  // namespace rapport::io
