#include <rapport/io/definition.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <system_error>

namespace rapport::io {
namespace {

using namespace relationship;

constexpr std::string_view small = R"({
  "name": "small",
  "indicators": [
    {
      "id": "length",
      "aggregate": "length_days",
      "transform": {"kind": "saturating", "half": 730},
      "dimension": "length",
      "weight": 0.4
    },
    {
      "id": "purchases",
      "aggregate": "purchases",
      "parameters": {"channel": "web", "window_days": 365},
      "transform": {"kind": "logarithm", "scale": 2, "full": 52},
      "dimension": "frequency",
      "weight": 0.6
    }
  ]
}
)";

// `small` with its first `from` replaced by `to`.
std::string with(std::string_view from, std::string_view to) {
  std::string json(small);
  const auto begin = json.find(from);
  if (begin == std::string::npos) throw std::logic_error("no " + std::string(from));
  return json.replace(begin, from.size(), to);
}

DefinitionError error_of(std::string_view json) {
  try {
    static_cast<void>(read_index(json));
  } catch (const DefinitionError& error) {
    return error;
  }
  return {"nowhere", "nothing"};
}

// Every member differs from its default.
IndexDefinition whole() {
  const auto day = [](int year) { return core::Day{std::chrono::year{year} / 2 / 29}; };
  IndexDefinition definition{
      .name = "نزدیکی \"و\" دوستی\\",
      .version = 7,
      .business = "line\nbreak\ttab \x01 end",
      .why = "because",
      .indicators =
          {{.id = "a",
            .aggregate = "purchases",
            .parameters = {{"window_days", 30.5}, {"channel", "web"}, {"category", ""}},
            .transform = Saturating{1.0 / 3},
            .direction = Direction::less,
            .dimension = Dimension::recovery,
            .weight = 0.1,
            .why = "x"},
           {.id = "b", .aggregate = "b", .transform = Logarithm{1e-7, 1e22}, .weight = 0.2},
           {.id = "c", .aggregate = "c", .transform = Linear{-1.5, 4.25}, .weight = 0},
           {.id = "d", .aggregate = "d", .transform = Rank{10}},
           {.id = "e", .aggregate = "e", .transform = Own{"mine"}}},
      .groups = {{.id = "g", .combine = {{"d", 0.25}, {"h", 0.75}}, .weight = 0.7, .why = "y"},
                 {.id = "h", .combine = {{"e", 1}}}},
      .provenance = {.weights = WeightSource::estimated,
                     .by = "Z",
                     .date = day(2024),
                     .consistency_ratio = 0.05,
                     .features_as_of = day(2004),
                     .outcome = DayRange{day(2008), day(2012)}},
      .minimum_coverage = 0.25};
  return definition;
}

TEST(ReadIndex, TakesMembersAsTheyStandAndDefaultsForTheRest) {
  const auto definition = read_index(small);
  EXPECT_EQ(definition.name, "small");
  EXPECT_EQ(definition.version, 1);
  EXPECT_EQ(definition.minimum_coverage, 0.5);
  EXPECT_EQ(definition.provenance, Provenance{});
  ASSERT_EQ(definition.indicators.size(), 2U);
  const auto& [id, aggregate, parameters, transform, direction, dimension, weight, why] =
      definition.indicators[1];
  EXPECT_EQ(id, "purchases");
  EXPECT_EQ(aggregate, "purchases");
  EXPECT_EQ(parameters, (Parameters{{"window_days", 365.0}, {"channel", "web"}}));
  EXPECT_EQ(transform, Transform(Logarithm{2, 52}));
  EXPECT_EQ(direction, Direction::more);
  EXPECT_EQ(dimension, Dimension::frequency);
  EXPECT_EQ(weight, 0.6);
  EXPECT_EQ(why, "");
}

TEST(ReadIndex, SkipsAByteOrderMark) {
  EXPECT_EQ(read_index("\xEF\xBB\xBF" + std::string(small)), read_index(small));
}

TEST(ReadIndex, ReadsBackWhatIsWritten) {
  EXPECT_EQ(read_index(to_json(whole())), whole());
  EXPECT_EQ(to_json(read_index(to_json(whole()))), to_json(whole()));
  EXPECT_EQ(fingerprint(read_index(to_json(whole()))), fingerprint(whole()));
  EXPECT_EQ(to_json(read_index(small)), with("\"name\": \"small\",",
                                             "\"name\": \"small\",\n  "
                                             "\"version\": 1,"));
}

TEST(ReadIndex, ReadsEveryDoubleBackToTheLastBit) {
  std::mt19937_64 random(20240229);
  auto definition = read_index(small);
  for (int i = 0; i < 2000; ++i) {
    // Every exponent is as likely, and subnormal numbers are among them.
    const std::uint64_t bits = i == 0 ? 1 : random() >> 1U;
    double half = 0;
    std::memcpy(&half, &bits, sizeof half);
    if (!std::isfinite(half) || half == 0) continue;
    definition.indicators[0].transform = Saturating{half};
    ASSERT_EQ(read_index(to_json(definition)), definition) << half;
  }
}

TEST(ReadIndex, RoundsNumbersToTheNearestDouble) {
  // Written with more digits than a double has; these come out an ulp off where a parser scales
  // the digits by a power of ten in doubles.
  for (const auto& [text, value] :
       {std::pair{"9007199254740993", 9007199254740992.0},
        std::pair{"8.98846567431158e307", 8.98846567431158e307},
        std::pair{"1.7976931348623157e308", std::numeric_limits<double>::max()},
        std::pair{"179769313486231580793e-10", 17976931348.6231580793},
        std::pair{"2.2250738585072014e-308", std::numeric_limits<double>::min()}}) {
    const auto definition = read_index(with("730", text));
    EXPECT_EQ(std::get<Saturating>(definition.indicators[0].transform).half, value) << text;
  }
}

TEST(ReadIndex, GivesTheSameFingerprintForAnyLayoutOfAFile) {
  const std::string other = R"({"indicators":[{"weight":4e-1,"why":"","dimension":"length",
    "transform":{"half":7.30E+2,"kind":"saturating"},"direction":"more","aggregate":"length_days",
    "id":"len\u0067th"},{"id":"purchases","aggregate":"purchases","parameters":
    {"window_days":365.0,"channel":"web"},"transform":{"kind":"logarithm","full":52,"scale":2},
    "dimension":"frequency","weight":0.60}],"minimum_coverage":0.5,"name":"small","groups":[]})";
  EXPECT_EQ(read_index(other), read_index(small));
  EXPECT_EQ(fingerprint(read_index(other)), fingerprint(read_index(small)));
  EXPECT_NE(fingerprint(read_index(with("730", "730.0000000000001"))),
            fingerprint(read_index(small)));
}

TEST(BadDefinitions, ThatAreNoJsonNameLineAndColumn) {
  struct Case {
    std::string json, place, text;
  };
  const Case cases[] = {
      {"", "", "line 1, column 1: the text ends before its value does"},
      {"{\"name\": ", "/name", "line 1, column 10: the text ends before its value does"},
      {with("\"small\",", "\"small\""), "/name", "line 3, column 3: this is not JSON"},
      {with("0.4", "04"), "/indicators/0/weight", "line 9, column 18: this is not JSON"},
      {with("0.4", "nan"), "/indicators/0/weight", "line 9, column 17: this is not JSON"},
      {with("0.4", "1e999"), "/indicators/0/weight", "too large for a double"},
      {with("0.4", "1e-999"), "/indicators/0/weight", "or too small"},
      {with("\"weight\": 0.4", "\"weight\": 0.4, \"id\": 1"), "/indicators/0/id",
       "this key stands here twice"},
      {with("\"name\"", "\"na\\u006de\": 1, \"name\""), "/name", "this key stands here twice"},
      {with("small", "sm\\u0000all"), "/name", "a text may not hold a NUL"},
      {with("small", "sm\xFF"), "/name", "line 2, column 14: this is not JSON"},
      {with("small", "sm\\ud800"), "/name", "this is not JSON"},
      {std::string(small) + "]", "", "the text goes on after its value"},
      {with("{", "{ // why\n"), "", "this is not JSON"},
      {with("{\n  \"name\"", "{\n  \"é\": [}, \"name\""), "/é/0", "line 2, column 9"},
  };
  for (const auto& [json, place, text] : cases) {
    const auto error = error_of(json);
    EXPECT_EQ(error.place(), place) << error.what();
    EXPECT_NE(error.text().find(text), std::string::npos) << error.text();
    EXPECT_TRUE(error.text().starts_with("line ")) << error.text();
  }
}

TEST(BadDefinitions, OfTenMegabytesOfNestingNameThePlace) {
  std::string text;
  for (const std::string open : {"[", "{\"a\":", "[{\"b\":"}) {
    std::string json;
    while (json.size() < 10'000'000) json += open;
    const auto error = error_of(json);
    EXPECT_NE(error.text().find("line 1, column "), std::string::npos) << error.text();
    EXPECT_NE(error.text().find("nested more than 32 deep"), std::string::npos) << error.text();
    EXPECT_EQ(error.place().substr(0, 4), open == "["          ? "/0/0"
                                          : open == "[{\"b\":" ? "/0/b"
                                                               : "/a/a");
    EXPECT_LT(std::string_view(error.what()).size(), 300U);
  }
}

TEST(BadDefinitions, BeyondAMegabyteAreNotReadToTheirEnd) {
  const auto error = error_of("{\"name\": [" + std::string(10'000'000, ' '));
  EXPECT_EQ(error.place(), "/name/0");
  EXPECT_EQ(error.text(), "line 1, column 1048577: the text has more than 1048576 bytes");
  // A whole value with spaces after it is too long, too.
  EXPECT_NE(error_of(std::string(small) + std::string(1'048'576, ' ')).text().find("more than"),
            std::string::npos);
}

TEST(BadDefinitions, OfTheWrongShapeNamePlaceAndWhatIsKnown) {
  struct Case {
    std::string json, place, text;
  };
  const Case cases[] = {
      {"[]", "", "must be an object, but is an array"},
      {"{}", "", "lacks the member \"name\""},
      {R"({"name": "x"})", "", "lacks the member \"indicators\""},
      {R"({"name": "x", "indicators": {}})", "/indicators", "must be an array, but is an object"},
      {R"({"name": "x", "indicators": []})", "/indicators", "is empty"},
      {with("\"name\"", "\"nmae\""), "/nmae",
       "there is no such member; there are: name, version, business, why, indicators, groups, "
       "provenance, minimum_coverage"},
      {with("\"name\"", "\"a/b~c\": 1, \"name\""), "/a~1b~0c", "there is no such member"},
      {with("\"small\"", "5"), "/name", "must be a text, but is a number"},
      {with("\"small\"", "\"\""), "/name", "is empty"},
      {with("\"name\"", "\"version\": 1.5, \"name\""), "/version", "must be a whole number"},
      {with("\"name\"", "\"version\": 1e10, \"name\""), "/version", "must be a whole number"},
      {with("\"id\": \"length\",", ""), "/indicators/0", "lacks the member \"id\""},
      {with("\"weight\"", "\"wieght\""), "/indicators/0/wieght", "there are: id, aggregate, "},
      {with("0.4", "\"0.4\""), "/indicators/0/weight", "must be a number, but is a text"},
      {with("0.4", "null"), "/indicators/0/weight", "must be a number, but is null"},
      {with("0.4", "true"), "/indicators/0/weight", "but is true or false"},
      {with("0.4", "-0.4"), "/indicators/0/weight", "is -0.4"},
      {with("0.4", "0.5"), "/indicators", "add up to 1.1, but must add up to 1"},
      {with("\"dimension\": \"length\"", "\"dimension\": \"width\""), "/indicators/0/dimension",
       "\"width\" is none of these: length, frequency, recency, depth, breadth, reciprocity, "
       "reliability, recovery, regularity"},
      {with("\"weight\"", "\"direction\": \"up\", \"weight\""), "/indicators/0/direction",
       "\"up\" is none of these: more, less"},
      {with("saturating", "cubic"), "/indicators/0/transform/kind",
       "\"cubic\" is none of these: saturating, logarithm, linear, rank, own"},
      {with("\"kind\": \"saturating\", ", ""), "/indicators/0/transform",
       "lacks the member \"kind\""},
      {with("\"half\": 730", "\"half\": 730, \"full\": 1"), "/indicators/0/transform/full",
       "there is no such member; there are: kind, half"},
      {with("730", "0"), "/indicators/0/transform/half", "is 0, but must be finite and > 0"},
      {with("\"web\"", "[]"), "/indicators/1/parameters/channel",
       "must be a number or a text, but is an array"},
      {with("365", "-1"), "/indicators/1/parameters/window_days", "days > 0"},
      {with("\"name\"", R"("groups": [{"id": "g"}], "name")"), "/groups/0",
       "lacks the member \"combine\""},
      {with("\"name\"",
            R"("groups": [{"id": "g", "combine": [{"id": "x", "weight": 1}]}], "name")"),
       "/groups/0/combine/0/id", "no indicator and no group \"x\""},
      {with("\"name\"",
            R"("groups": [{"id": "g", "combine": [{"id": "g", "weight": 1}]}], "name")"),
       "/groups/0/combine/0", "g -> g"},
      {with("\"name\"", R"("provenance": {"weights": "guessed"}, "name")"), "/provenance/weights",
       "\"guessed\" is none of these: stated, ahp, estimated, latent"},
      {with("\"name\"", R"("provenance": {"date": "2023-02-29"}, "name")"), "/provenance/date",
       "\"2023-02-29\" is no day as in 2024-03-01"},
      {with("\"name\"", R"("provenance": {"outcome": {"first": "2023-02-28"}}, "name")"),
       "/provenance/outcome", "lacks the member \"last\""},
  };
  for (const auto& [json, place, text] : cases) {
    const auto error = error_of(json);
    EXPECT_EQ(error.place(), place) << error.what();
    EXPECT_NE(error.text().find(text), std::string::npos) << error.text();
  }
}

TEST(BadDefinitions, AreQuotedInOneShortLine) {
  const auto error = error_of(with("saturating", std::string(1000, 'x') + "\\n\\u0007"));
  EXPECT_EQ(std::string_view(error.what()).find('\n'), std::string_view::npos);
  EXPECT_LT(std::string_view(error.what()).size(), 200U);
}

TEST(BadDefinitions, AreNotWritten) {
  auto definition = whole();
  definition.name = "sm\xFF";
  EXPECT_THROW(static_cast<void>(to_json(definition)), DefinitionError);
  definition = whole();
  definition.indicators[2].why = std::string("a\0b", 3);
  try {
    static_cast<void>(to_json(definition));
    FAIL();
  } catch (const DefinitionError& error) {
    EXPECT_EQ(error.place(), "/indicators/2/why");
  }
  EXPECT_THROW(static_cast<void>(to_json({})), DefinitionError);
}

TEST(ReadIndexFile, NamesTheFile) {
  const std::string path = testing::TempDir() + "rapport_definition_test.json";
  std::ofstream(path) << small;
  EXPECT_EQ(read_index_file(path), read_index(small));
  std::ofstream(path) << with("0.4", "-1");
  try {
    static_cast<void>(read_index_file(path));
    FAIL();
  } catch (const DefinitionError& error) {
    EXPECT_EQ(error.what(),
              path + ": /indicators/0/weight: is -1, but a weight must be finite and >= 0");
  }
  std::filesystem::remove(path);
  EXPECT_THROW(static_cast<void>(read_index_file(path)), std::system_error);
}

}  // namespace
}  // namespace rapport::io
