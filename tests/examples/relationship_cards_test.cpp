// relationship_cards as its users run it: a folder of CSV files and a definition in; JSON lines, a
// page and an exit code out.

#include <gtest/gtest.h>

#include "support/data.hpp"

#include <boost/json.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace rapport {
namespace {

namespace json = boost::json;

const std::string small_shop = RAPPORT_SOURCE_FOLDER "/examples/data/small_shop";

std::string preset(const std::string& name) { return RAPPORT_PRESETS_DIR "/" + name + ".json"; }

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A decimal of at most six places as whole millionths.
std::int64_t micro(const json::value& number) {
  const double millions = number.to_number<double>() * 1e6;
  EXPECT_NEAR(millions, std::round(millions), 1e-6) << "more than six places";
  return std::llround(millions);
}
std::int64_t micro_or_0(const json::value& number) { return number.is_null() ? 0 : micro(number); }

std::string text_of(const json::object& card, const char* key) {
  return card.at(key).as_string().c_str();
}

struct Outcome {
  int exit_code;
  std::string out, err, cards;

  [[nodiscard]] std::vector<json::object> objects() const {
    std::vector<json::object> result;
    std::istringstream lines(cards);
    for (std::string line; std::getline(lines, line);) {
      result.push_back(json::parse(line).as_object());  // throws for what is no JSON
    }
    return result;
  }
};

class RelationshipCards : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string_view(RAPPORT_RELATIONSHIP_CARDS).empty()) {
      GTEST_SKIP() << "skipped: the example programs are not built";
    }
    std::filesystem::remove_all(folder());
    std::filesystem::create_directories(folder());
  }

  // Each test has a folder of its own.
  [[nodiscard]] static std::string folder() {
    return RAPPORT_TEST_FOLDER "/relationship_cards/" +
           std::string(testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  [[nodiscard]] static std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder() + '/' + name, std::ios::binary) << text;
    return name;
  }

  // Runs in that folder; cards are written to cards.jsonl unless the options say where.
  [[nodiscard]] static Outcome run(const std::string& options) {
    std::filesystem::remove(folder() + "/cards.jsonl");
    const std::string where =
        options.find("--out") == std::string::npos ? " --out cards.jsonl" : "";
    const std::string command = "cd '" + folder() + "' && '" RAPPORT_RELATIONSHIP_CARDS "' " +
                                options + where + " >out 2>err";
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), contents(folder() + "/out"), contents(folder() + "/err"),
            contents(folder() + "/cards.jsonl")};
  }
  [[nodiscard]] static std::string options(const std::string& data, const std::string& definition) {
    return "--data '" + data + "' --definition '" + definition + "' ";
  }

  // The files of the shop with their rows in another order.
  static void shuffle_shop(unsigned seed, const std::string& to) {
    std::mt19937 random(seed);
    std::filesystem::create_directories(to);
    for (const auto& entry : std::filesystem::directory_iterator(small_shop)) {
      std::istringstream in(contents(entry.path().string()));
      std::vector<std::string> lines;
      for (std::string line; std::getline(in, line);) lines.push_back(line);
      std::shuffle(lines.begin() + 1, lines.end(), random);
      std::ofstream out(to / entry.path().filename(), std::ios::binary);
      for (const std::string& line : lines) out << line << '\n';
    }
  }
};

TEST_F(RelationshipCards, WritesOneCardACustomerInTheOrderOfTheirKeys) {
  for (const std::string name : {"supermarket", "bank"}) {
    SCOPED_TRACE(name);
    const Outcome cards = run(options(small_shop, preset(name)));
    ASSERT_EQ(cards.exit_code, 0) << cards.err;
    EXPECT_NE(cards.out.find("Closeness by " + name + " 1 as of 2024-12-29"), std::string::npos);
    const auto objects = cards.objects();
    ASSERT_EQ(objects.size(), 40U);
    std::vector<std::string> keys;
    for (const json::object& card : objects) {
      keys.push_back(text_of(card, "customer"));
      EXPECT_TRUE(card.at("sources").as_array().front() == card.at("customer"));
      EXPECT_EQ(text_of(card, "as_of"), "2024-12-29");
      EXPECT_EQ(text_of(card, "definition"), name + " 1");
      EXPECT_EQ(text_of(card, "fingerprint"), text_of(objects.front(), "fingerprint"));
    }
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
  }
}

TEST_F(RelationshipCards, PrintsPartsThatAddUpExactly) {
  const auto objects = run(options(small_shop, preset("bank"))).objects();
  ASSERT_EQ(objects.size(), 40U);
  std::size_t parts = 0;
  for (const json::object& card : objects) {
    SCOPED_TRACE(text_of(card, "customer"));
    std::int64_t score = 0;
    for (const json::value& reason : card.at("reasons").as_array()) {
      score += micro(reason.at("contribution"));
    }
    EXPECT_EQ(score, micro_or_0(card.at("score")));
    const json::object& change = card.at("change").as_object();
    std::int64_t total = 0;
    for (const json::value& part : change.at("parts").as_array()) {
      total += micro(part.at("change"));
      ++parts;
    }
    EXPECT_EQ(total, micro(change.at("total")));
    EXPECT_EQ(total, micro_or_0(change.at("after")) - micro_or_0(change.at("before")));
    const json::object& events = card.at("events").as_object();
    for (const char* by : {"by_department", "by_kind"}) {
      std::int64_t all = 0;
      for (const auto& each : events.at(by).as_object()) all += each.value().as_int64();
      EXPECT_EQ(all, events.at("all").as_int64()) << by;
    }
  }
  EXPECT_GT(parts, 40U);
}

TEST_F(RelationshipCards, AreTheSameBytesForAnyThreadsAndOrderOfRows) {
  for (const std::string name : {"supermarket", "bank"}) {
    const Outcome one = run(options(small_shop, preset(name)) + "--threads 1");
    ASSERT_EQ(one.exit_code, 0) << one.err;
    EXPECT_EQ(run(options(small_shop, preset(name)) + "--threads 8").cards, one.cards);
    shuffle_shop(7, folder() + "/shuffled");
    const Outcome shuffled = run(options("shuffled", preset(name)) + "--threads 3");
    EXPECT_EQ(shuffled.cards, one.cards);
    EXPECT_EQ(shuffled.out, one.out);
  }
}

TEST_F(RelationshipCards, NameNoPathAndNoClock) {
  const Outcome cards = run(options(small_shop, preset("supermarket")));
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date(today);
  std::ostringstream text;
  text << int{date.year()} << '-' << (unsigned{date.month()} < 10 ? "0" : "")
       << unsigned{date.month()} << '-' << (unsigned{date.day()} < 10 ? "0" : "")
       << unsigned{date.day()};
  for (const std::string& found : {text.str(), folder(), std::string("small_shop"),
                                   std::string("presets"), std::string(".csv")}) {
    EXPECT_EQ(cards.cards.find(found), std::string::npos) << found;
  }
}

TEST_F(RelationshipCards, ShowsOneCustomerByAnyOfTheirKeys) {
  const Outcome all = run(options(small_shop, preset("bank")));
  const Outcome club = run(options(small_shop, preset("bank")) + "--customer club:17");
  ASSERT_EQ(club.exit_code, 0) << club.err;
  EXPECT_EQ(std::count(club.cards.begin(), club.cards.end(), '\n'), 1);
  EXPECT_NE(all.cards.find(club.cards), std::string::npos) << "the same card";
  EXPECT_NE(club.out.find("club:17"), std::string::npos);
  EXPECT_NE(club.out.find("Why "), std::string::npos);
  const Outcome shop = run(options(small_shop, preset("bank")) + "--customer shop:17 --quiet");
  EXPECT_EQ(shop.cards, club.cards) << "two source records, one customer";
  EXPECT_EQ(shop.out, "");
}

TEST_F(RelationshipCards, IsQuietWhereAsked) {
  const Outcome cards = run(options(small_shop, preset("supermarket")) + "--quiet");
  EXPECT_EQ(cards.exit_code, 0);
  EXPECT_EQ(cards.out, "");
  EXPECT_EQ(cards.err, "");
  EXPECT_EQ(cards.objects().size(), 40U);
  // A definition that is too narrow is warned of, unless nothing is to be said.
  const std::string narrow = options(small_shop, file("narrow.json", R"({"name": "narrow",
    "indicators": [{"id": "a", "aggregate": "purchases", "weight": 1, "dimension": "frequency",
                    "transform": {"kind": "saturating", "half": 9}}]})"));
  EXPECT_NE(run(narrow).err.find("W_few_criteria"), std::string::npos);
  EXPECT_EQ(run(narrow + "--quiet").err, "");
}

TEST_F(RelationshipCards, KnowsNobodyBeforeTheShopOpened) {
  const Outcome cards = run(options(small_shop, preset("supermarket")) + "--as-of 2022-06-30");
  ASSERT_EQ(cards.exit_code, 0) << cards.err;
  for (const json::object& card : cards.objects()) {
    EXPECT_TRUE(card.at("score").is_null());
    EXPECT_EQ(text_of(card, "distance"), "unknown");
    EXPECT_EQ(card.at("events").at("all").as_int64(), 0);
  }
}

TEST_F(RelationshipCards, SaysInOneLineWhatToDo) {
  const std::string shop = options(small_shop, preset("bank"));
  const auto of_definition = [&](const std::string& name, const std::string& text) {
    return options(small_shop, file(name, text));
  };
  const struct {
    std::string options, hint;
  } rows[] = {
      {options("absent", preset("bank")), "absent/transactions.csv"},
      {options(small_shop, "absent.json"), "absent.json"},
      {shop + "--customer nobody", "there is no customer nobody"},
      {shop + "--as-of 2024-13-01", "YYYY-MM-DD"},
      {shop + "--threads 0", "must be in [1, 1024]"},
      {shop + "--definitions x", "there are: --data --definition"},
      {shop + "--timezone Mars/Phobos", "Asia/Tehran"},
      {shop + "--columns customer=buyer", "buyer"},
      {shop + "--out absent/cards.jsonl", "does the folder exist"},
      {"--definition x", "--data is missing"},
      {of_definition("cut.json", "{\"name\": \"x\",\n \"indicators\": ["), "line 2"},
      {of_definition("word.json", R"({"name": "x", "indicators": [{"id": "a",
         "aggregate": "purchases", "transform": {"kind": "linear", "from": 0, "to": 1},
         "dimension": "size", "weight": 1}]})"),
       "word.json: /indicators/0/dimension"},
      {of_definition("aggregate.json", R"({"name": "x", "indicators": [{"id": "a",
         "aggregate": "luck", "transform": {"kind": "linear", "from": 0, "to": 1},
         "dimension": "depth", "weight": 1}]})"),
       "/indicators/0/aggregate: \"luck\""},
  };
  for (const auto& [options, hint] : rows) {
    SCOPED_TRACE(options);
    const Outcome cards = run(options);
    EXPECT_NE(cards.exit_code, 0);
    EXPECT_EQ(cards.out, "");
    EXPECT_EQ(cards.cards, "") << "what stood there is not written over";
    EXPECT_NE(cards.err.find(hint), std::string::npos) << cards.err;
    EXPECT_TRUE(cards.err.starts_with("relationship_cards: ")) << cards.err;
    EXPECT_EQ(std::count(cards.err.begin(), cards.err.end(), '\n'), 1) << cards.err;
  }
}

// Transactions alone: what needs other records is unknown, and said to be.
TEST_F(RelationshipCards, ReadsCdnow) {
  RAPPORT_REQUIRE_DATA();
  std::filesystem::create_directories(folder() + "/cdnow");
  std::filesystem::copy_file(tests::data_file("cdnow_sample_transactions.csv"),
                             folder() + "/cdnow/transactions.csv");
  const std::string cdnow =
      "--columns customer=customer_id,date=date,amount=amount --as-of 1997-09-30 ";
  const Outcome market = run(options("cdnow", preset("supermarket")) + cdnow);
  ASSERT_EQ(market.exit_code, 0) << market.err;
  const auto cards = market.objects();
  ASSERT_EQ(cards.size(), 2357U);
  const tests::Table summary(tests::data_file("cdnow_summary.csv"));
  ASSERT_EQ(summary.rows(), 2357U);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    // Keys that are numbers are in the order of the numbers.
    ASSERT_EQ(text_of(cards[i], "customer"), summary.text(i, "customer_id"));
    const auto value = [&](std::string_view indicator) {
      for (const json::value& reason : cards[i].at("reasons").as_array()) {
        if (reason.at("indicator").as_string() == indicator)
          return reason.at("value").to_number<double>();
      }
      return -1.0;
    };
    // The published summary, customer by customer.
    EXPECT_EQ(value("purchases"), summary.number(i, "frequency") + 1);
    EXPECT_NEAR(value("length"), 7 * summary.number(i, "T"), 1e-9);
    EXPECT_NEAR(value("recency"), 7 * (summary.number(i, "T") - summary.number(i, "recency")),
                1e-9);
  }
  const Outcome bank = run(options("cdnow", preset("bank")) + cdnow);
  ASSERT_EQ(bank.exit_code, 0) << bank.err;
  for (const json::object& card : bank.objects()) {
    EXPECT_LT(micro(card.at("coverage")), 1'000'000);
    EXPECT_LT(micro(card.at("low")), micro(card.at("high")));
  }
}

}  // namespace
}  // namespace rapport
