#include <rapport/io/zone.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace rapport::io {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

core::Day day(int year, int month, int number) {
  return core::Day{std::chrono::year{year} / month / number};
}

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string file_of(const char* name) {
  std::ifstream in(std::string("/usr/share/zoneinfo/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

#define REQUIRE_TZDATA() \
  if (file_of("UTC").empty()) GTEST_SKIP() << "skipped: tzdata is not installed"

TEST(ReadZone, KnowsUtcAndFixedOffsetsWithoutADatabase) {
  EXPECT_TRUE(read_zone("UTC", "/nowhere").is_utc());
  EXPECT_TRUE(read_zone("Z", "/nowhere").is_utc());
  EXPECT_EQ(read_zone("+03:30", "/nowhere").initial_offset(), hours{3} + minutes{30});
  EXPECT_EQ(read_zone("-0500", "/nowhere").initial_offset(), -hours{5});
  EXPECT_EQ(read_zone("+14", "/nowhere").initial_offset(), hours{14});
}

// The last evening of 1403 in UTC is the first night of 1404 in Tehran.
TEST(R64_TimeZones, ASaleLateInTheEveningFallsOnTheNextDayInTehran) {
  REQUIRE_TZDATA();
  const auto tehran = read_zone("Asia/Tehran");
  const core::Instant sale = day(2025, 3, 20) + hours{21};
  EXPECT_EQ(tehran.day_of(sale), day(2025, 3, 21));
  EXPECT_EQ(core::Zone().day_of(sale), day(2025, 3, 20));
  EXPECT_EQ(tehran.begin_of(day(2025, 3, 21)), day(2025, 3, 20) + hours{20} + minutes{30});
  EXPECT_EQ(tehran.offset_at(day(2060, 7, 1)), hours{3} + minutes{30});  // no summer time any more
  EXPECT_EQ(tehran.offset_at(day(2020, 7, 1)), hours{4} + minutes{30});
}

TEST(ReadZone, KnowsTheDaysWhenNewYorkChangesItsClocks) {
  REQUIRE_TZDATA();
  const auto zone = read_zone("America/New_York");
  EXPECT_EQ(zone.offset_at(day(2024, 3, 10) + hours{7} - seconds{1}), -hours{5});
  EXPECT_EQ(zone.offset_at(day(2024, 3, 10) + hours{7}), -hours{4});
  EXPECT_EQ(zone.begin_of(day(2024, 3, 11)) - zone.begin_of(day(2024, 3, 10)), hours{23});
  EXPECT_EQ(zone.begin_of(day(2024, 11, 4)) - zone.begin_of(day(2024, 11, 3)), hours{25});
}

// By the rule of the European Union: 01:00 UTC on the last Sundays of March and October.
TEST(ReadZone, FollowsTheRuleBeyondTheTables) {
  REQUIRE_TZDATA();
  const auto zone = read_zone("Europe/Berlin");
  EXPECT_EQ(zone.offset_at(day(2060, 3, 28) + hours{1} - seconds{1}), hours{1});
  EXPECT_EQ(zone.offset_at(day(2060, 3, 28) + hours{1}), hours{2});
  EXPECT_EQ(zone.offset_at(day(2060, 10, 31) + hours{1} - seconds{1}), hours{2});
  EXPECT_EQ(zone.offset_at(day(2060, 10, 31) + hours{1}), hours{1});
  EXPECT_EQ(zone.offset_at(day(2066, 1, 31)), hours{1});
  const auto sydney = read_zone("Australia/Sydney");  // summer over the turn of the year
  EXPECT_EQ(sydney.offset_at(day(2060, 1, 1)), hours{11});
  EXPECT_EQ(sydney.offset_at(day(2060, 7, 1)), hours{10});
}

TEST(ReadZone, ReadsTheWholeDatabase) {
  REQUIRE_TZDATA();
  int zones = 0;
  for (const char* folder : {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia",
                             "Europe", "Indian", "Pacific", "Etc"}) {
    const std::filesystem::path base = "/usr/share/zoneinfo";
    if (!std::filesystem::is_directory(base / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(base / folder)) {
      if (!entry.is_regular_file()) continue;
      ++zones;
      const auto name = std::filesystem::relative(entry.path(), base).string();
      EXPECT_NO_THROW(static_cast<void>(read_zone(name))) << name;
    }
  }
  EXPECT_GT(zones, 100);
}

TEST(ReadZone, LetsNoNameLeaveTheFolder) {
  for (const char* name : {"", ".", "..", "/etc/passwd", "../../etc/passwd", "Asia/../UTC",
                           "Asia//Tehran", "Asia/", "Asia", "Asia/Atlantis", "tehran time",
                           "Asia\\Tehran", "+25:00", "+1", "+03:3", "posixrules.txt"}) {
    EXPECT_THROW(static_cast<void>(read_zone(name)), std::invalid_argument) << name;
  }
  EXPECT_THROW(static_cast<void>(read_zone(std::string_view("UTC\0", 4))), std::invalid_argument);
}

// A file of version 2 with one offset, no changes and the given footer.
std::string tzif(const std::string& footer, char version = '2') {
  const auto header = [&](char types, char characters) {
    std::string text = "TZif";
    text += version;
    text += std::string(15, '\0');
    for (const char count : {'\0', '\0', '\0', '\0', types, characters}) {
      text += std::string(3, '\0') + count;
    }
    return text;
  };
  const std::string body = std::string(6, '\0') + std::string("X\0", 2);
  return header(1, 2) + body + header(1, 2) + body + "\n" + footer + "\n";
}

TEST(ParseTzif, ReadsEveryFormOfRule) {
  const auto july_2040 = [](const std::string& footer) {
    return parse_tzif(bytes(tzif(footer)), "test").offset_at(day(2040, 7, 1));
  };
  EXPECT_EQ(july_2040(""), seconds{0});
  EXPECT_EQ(july_2040("EST5"), -hours{5});
  EXPECT_EQ(july_2040("<+0330>-3:30"), hours{3} + minutes{30});
  EXPECT_EQ(july_2040("<-03>3:30:15"), -(hours{3} + minutes{30} + seconds{15}));
  EXPECT_EQ(july_2040("EST5EDT,M3.2.0,M11.1.0"), -hours{4});
  EXPECT_EQ(july_2040("EST5EDT4:30,M3.2.0/0,M11.1.0/-1"), -(hours{4} + minutes{30}));
  EXPECT_EQ(july_2040("EST5EDT,J60,J300"), -hours{4});
  EXPECT_EQ(july_2040("EST5EDT,59,299/3"), -hours{4});
  EXPECT_EQ(july_2040("XXX3EDT4,0/0,J365/23"), -hours{4});  // summer all the year round
  const auto always = parse_tzif(bytes(tzif("XXX3EDT4,0/0,J365/23")), "test");
  EXPECT_EQ(always.offset_at(day(2041, 1, 1) + hours{4}), -hours{4});
}

TEST(ParseTzif, RefusesMalformedRules) {
  for (const char* footer :
       {"E5", "EST", "EST5EDT", "EST25", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J300", "EST5EDT,J1,J366",
        "EST5EDT,1,366", "EST5EDT,M3.2.0,M11.1.0x", "<EST5", "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5:60", "EST24EDT23,J1,J2"}) {
    EXPECT_THROW(static_cast<void>(parse_tzif(bytes(tzif(footer)), "test")), std::invalid_argument)
        << footer;
  }
}

TEST(ParseTzif, RefusesEveryTruncationAndSurvivesEveryFlippedByte) {
  std::string file = file_of("Europe/Berlin");
  if (file.empty()) file = tzif("EST5EDT,M3.2.0,M11.1.0");
  for (std::size_t size = 0; size < file.size(); ++size) {
    ASSERT_THROW(static_cast<void>(parse_tzif(bytes(file.substr(0, size)), "cut")),
                 std::invalid_argument)
        << size;
  }
  std::mt19937 random(4);
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string flipped = file;
    flipped[i] = static_cast<char>(random());
    try {
      static_cast<void>(parse_tzif(bytes(flipped), "flipped"));
    } catch (const std::invalid_argument&) {
    }
  }
}

TEST(ParseTzif, SaysWhatToDo) {
  try {
    static_cast<void>(parse_tzif(bytes("PK\x03\x04 no zone at all"), "Asia/Tehran"));
    FAIL();
  } catch (const std::invalid_argument& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("Asia/Tehran"), std::string::npos) << text;
    EXPECT_NE(text.find("tzdata"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace rapport::io
