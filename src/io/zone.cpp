#include <rapport/io/input.hpp>
#include <rapport/io/utf8.hpp>
#include <rapport/io/zone.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <vector>

namespace rapport::io {
namespace {

using core::Instant;
using std::chrono::seconds;
using Changes = std::vector<core::Zone::Change>;

constexpr std::size_t most_bytes = std::size_t{1} << 20;  // the largest real file has 4 kB
constexpr int last_year = 2067;

// Reads big-endian numbers from the front of the bytes.
class TzifReader {
 public:
  TzifReader(std::span<const std::byte> bytes, const std::string& name)
      : bytes_(bytes), name_(name) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument("time zone \"" + name_ + "\": byte " + std::to_string(at_) +
                                " of its tz file: " + what +
                                "; install the system's package tzdata again");
  }

  void require(std::size_t size) const {
    if (size > bytes_.size() - at_) fail("the file is cut off");
  }
  std::span<const std::byte> take(std::size_t size) {
    require(size);
    const auto taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
  }
  std::uint8_t byte() { return std::to_integer<std::uint8_t>(take(1)[0]); }
  std::int64_t number(std::size_t size) {
    std::uint64_t bits = 0;
    for (const std::byte b : take(size)) bits = bits << 8 | std::to_integer<std::uint64_t>(b);
    return size == 4 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(bits))
                     : static_cast<std::int64_t>(bits);
  }
  std::size_t count() {
    const std::int64_t value = number(4);
    if (value < 0 || value > static_cast<std::int64_t>(most_bytes)) fail("a count is out of range");
    return static_cast<std::size_t>(value);
  }
  [[nodiscard]] std::string_view rest() {
    const auto left = take(bytes_.size() - at_);
    std::string_view text;
    if (!left.empty()) text = {reinterpret_cast<const char*>(left.data()), left.size()};
    return text;
  }

 private:
  std::span<const std::byte> bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
};

// RFC 8536, section 3.1.
struct Header {
  std::uint8_t version;
  std::size_t is_ut, is_standard, leaps, times, types, characters;

  [[nodiscard]] std::size_t body_bytes(std::size_t time_bytes) const noexcept {
    return times * (time_bytes + 1) + types * 6 + characters + leaps * (time_bytes + 4) +
           is_standard + is_ut;
  }
};

Header take_header(TzifReader& in) {
  for (const char c : {'T', 'Z', 'i', 'f'}) {
    if (in.byte() != static_cast<std::uint8_t>(c)) in.fail("this is no tz file");
  }
  Header header{};
  header.version = in.byte();
  in.take(15);
  header.is_ut = in.count();
  header.is_standard = in.count();
  header.leaps = in.count();
  header.times = in.count();
  header.types = in.count();
  header.characters = in.count();
  return header;
}

void check_offset(const TzifReader& in, std::int64_t offset) {
  if (offset <= -86'400 || offset >= 86'400) in.fail("an offset is a day or more");
}

// The rule for years after the tables, as in the TZ variable of POSIX: `<+0330>-3:30`,
// `EST5EDT,M3.2.0,M11.1.0`.
class Rule {
 public:
  // \pre the text outlives the call.
  Rule(std::string_view text, const TzifReader& in) : rest_(text), in_(in) {
    take_name();
    standard_ = -take_time(24);  // POSIX counts offsets westwards
    if (rest_.empty()) return;
    take_name();
    summer_ =
        !rest_.empty() && rest_.front() != ',' ? -take_time(24) : standard_ + std::chrono::hours{1};
    for (Day& day : days_) {
      if (!take(',')) fail();
      day = take_day();
    }
    if (!rest_.empty()) fail();
    seasonal_ = true;
  }

  // The changes that the rule makes in a year, in no particular order.
  void add_changes(int year, Changes& changes) const {
    if (!seasonal_) return;
    changes.push_back({begin_of(days_[0], year) - standard_, summer_});
    changes.push_back({begin_of(days_[1], year) - summer_, standard_});
  }
  [[nodiscard]] seconds standard() const noexcept { return standard_; }
  [[nodiscard]] seconds summer() const noexcept { return summer_; }
  [[nodiscard]] bool seasonal() const noexcept { return seasonal_; }

 private:
  struct Day {
    char form = 'n';  // 'M' month.week.weekday, 'J' day without 29 February, 'n' day
    int month = 0, week = 0, number = 0;
    seconds time = std::chrono::hours{2};
  };

  [[noreturn]] void fail() const { in_.fail("the rule for later years is malformed"); }

  bool take(char c) noexcept {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Three or more letters, or anything in <>.
  void take_name() {
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    std::size_t size = 0;
    if (take('<')) {
      size = rest_.find('>');
      if (size == std::string_view::npos) fail();
      rest_.remove_prefix(size + 1);
    } else {
      while (size < rest_.size() && letter(rest_[size])) ++size;
      rest_.remove_prefix(size);
    }
    if (size < 3) fail();
  }

  int take_number(int least, int most) {
    int number = 0;
    std::size_t digits = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 3; ++digits) {
      number = 10 * number + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    if (digits == 0 || number < least || number > most) fail();
    return number;
  }

  // [+-]hh[:mm[:ss]]
  seconds take_time(int most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    seconds time = std::chrono::hours{take_number(0, most_hours)};
    if (take(':')) {
      time += std::chrono::minutes{take_number(0, 59)};
      if (take(':')) time += seconds{take_number(0, 59)};
    }
    return negative ? -time : time;
  }

  Day take_day() {
    Day day;
    if (take('M')) {
      day.form = 'M';
      day.month = take_number(1, 12);
      if (!take('.')) fail();
      day.week = take_number(1, 5);
      if (!take('.')) fail();
      day.number = take_number(0, 6);
    } else if (take('J')) {
      day.form = 'J';
      day.number = take_number(1, 365);
    } else {
      day.number = take_number(0, 365);
    }
    if (take('/')) day.time = take_time(167);
    return day;
  }

  static Instant begin_of(const Day& day, int year) {
    using namespace std::chrono;
    const std::chrono::year y{year};
    sys_days date;
    if (day.form == 'M') {
      const std::chrono::month m{static_cast<unsigned>(day.month)};
      const weekday w{static_cast<unsigned>(day.number)};
      date = day.week == 5 ? sys_days{y / m / w[last]}
                           : sys_days{y / m / w[static_cast<unsigned>(day.week)]};
    } else if (day.form == 'J') {
      const bool after_february = day.number > 59;
      date = sys_days{y / January / 1} + std::chrono::days{day.number - 1} +
             std::chrono::days{y.is_leap() && after_february ? 1 : 0};
    } else {
      date = sys_days{y / January / 1} + std::chrono::days{day.number};
    }
    return date + day.time;
  }

  std::string_view rest_;
  const TzifReader& in_;
  seconds standard_{}, summer_{};
  bool seasonal_ = false;
  std::array<Day, 2> days_;
};

// Adds what the rule says from the last change on.
void extend(const Rule& rule, Changes& changes, const TzifReader& in) {
  check_offset(in, rule.standard().count());
  check_offset(in, rule.summer().count());
  const bool any = !changes.empty();
  const Instant after =
      any ? changes.back().since : Instant{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}};
  if (!rule.seasonal()) {
    if (!any) changes.push_back({after, rule.standard()});
    return;
  }
  const Instant least{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}};
  const Instant most{std::chrono::sys_days{std::chrono::year{last_year} / 1 / 1}};
  const std::chrono::year_month_day date{
      std::chrono::floor<std::chrono::days>(std::clamp(after, least, most))};
  Changes later;
  for (int year = static_cast<int>(date.year()) - 1; year <= last_year; ++year) {
    rule.add_changes(year, later);
  }
  std::stable_sort(later.begin(), later.end(),
                   [](const auto& a, const auto& b) { return a.since < b.since; });
  for (const auto& change : later) {
    if (any && change.since <= after) continue;
    // Summer all the year round ends and begins at one instant: what begins then holds.
    if (!changes.empty() && changes.back().since == change.since) {
      changes.back().offset = change.offset;
    } else {
      changes.push_back(change);
    }
  }
}

// "+03:30", "-0330", "+03", without more; nothing for any other text.
std::optional<seconds> fixed_offset(std::string_view text) {
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits(text.substr(1));
  if (digits.size() == 5 && digits[2] == ':') digits.erase(2, 1);
  const bool sound = (digits.size() == 2 || digits.size() == 4) &&
                     digits.find_first_not_of("0123456789") == std::string::npos;
  if (!sound) return std::nullopt;
  digits.resize(4, '0');
  const int hours = (digits[0] - '0') * 10 + digits[1] - '0';
  const int minutes = (digits[2] - '0') * 10 + digits[3] - '0';
  if (hours > 23 || minutes > 59) return std::nullopt;
  const seconds size = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return text[0] == '-' ? -size : size;
}

// Words of letters, digits, '_', '-' and '+', parted by '/': nothing that could leave the folder.
bool is_database_name(std::string_view name) {
  const auto in_word = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
  };
  if (name.empty() || name.size() > 255 || name.back() == '/') return false;
  char before = '/';
  for (const char c : name) {
    if (c == '/' ? before == '/' : !in_word(c)) return false;
    before = c;
  }
  return true;
}

}  // namespace

core::Zone parse_tzif(std::span<const std::byte> bytes, std::string name) {
  TzifReader in(bytes, name);
  if (bytes.size() > most_bytes) in.fail("the file is larger than any tz file");
  Header header = take_header(in);
  std::size_t time_bytes = 4;
  if (header.version != 0) {
    // The first tables, in 32 bits, are there for old readers only.
    in.take(header.body_bytes(time_bytes));
    header = take_header(in);
    time_bytes = 8;
  }
  if (header.leaps != 0) in.fail("it counts leap seconds: use the zone without \"right/\"");
  if (header.types == 0 || header.types > 256) in.fail("the number of offsets is out of range");

  // A count is believed only once its bytes are there, so memory stays within the file's size.
  in.require(header.body_bytes(time_bytes));
  std::vector<std::int64_t> times(header.times);
  for (auto& time : times) time = in.number(time_bytes);
  const auto types = in.take(header.times);
  std::vector<seconds> offsets(header.types);
  for (auto& offset : offsets) {
    const std::int64_t value = in.number(4);
    check_offset(in, value);
    offset = seconds{value};
    in.take(2);
  }
  in.take(header.characters + header.is_standard + header.is_ut);

  Changes changes;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto type = std::to_integer<std::size_t>(types[i]);
    if (type >= offsets.size()) in.fail("a change has no offset");
    // Some files begin at the Big Bang, -2^59 s; beyond that, times could not be added to.
    constexpr std::int64_t most = std::int64_t{1} << 60;
    if (times[i] < -most || times[i] > most) in.fail("a change is out of range");
    if (i > 0 && times[i] <= times[i - 1]) in.fail("changes are not in ascending order");
    changes.push_back({Instant{seconds{times[i]}}, offsets[type]});
  }
  const seconds initial = offsets[0];
  if (header.version != 0) {
    std::string_view footer = in.rest();
    if (footer.size() < 2 || footer.front() != '\n') in.fail("the rule for later years is missing");
    footer.remove_prefix(1);
    const auto end = footer.find('\n');
    if (end == std::string_view::npos) in.fail("the rule for later years is cut off");
    footer = footer.substr(0, end);
    if (!footer.empty()) extend(Rule(footer, in), changes, in);
  }
  seconds before = initial;
  std::erase_if(changes, [&](const core::Zone::Change& change) {
    const bool same = change.offset == before;
    before = change.offset;
    return same;
  });
  return {std::move(name), initial, std::move(changes)};
}

core::Zone read_zone(std::string_view name, const std::string& database) {
  if (name == "UTC" || name == "Z") return {};
  if (const auto offset = fixed_offset(name)) return core::Zone::fixed(*offset);
  if (!is_database_name(name)) {
    throw std::invalid_argument("read_zone: \"" + excerpt(name) +
                                "\" is no time zone: give UTC, an offset such as +03:30 or a name "
                                "such as Asia/Tehran");
  }
  const std::string path = database + '/' + std::string(name);
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw std::invalid_argument("read_zone: \"" + std::string(name) + "\" is not in \"" + database +
                                "\": check the spelling (names look like Asia/Tehran) and that the "
                                "system's package tzdata is installed");
  }
  const Input file = Input::file(path);
  return parse_tzif(std::as_bytes(std::span(file.bytes())), std::string(name));
}

}  // namespace rapport::io
