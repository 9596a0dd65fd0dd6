#include <rapport/relationship/definition.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::relationship {
namespace {

Indicator indicator(std::string id, Dimension dimension, std::optional<double> weight) {
  return {.id = id,
          .aggregate = id,
          .transform = Saturating{.half = 10},
          .dimension = dimension,
          .weight = weight};
}

// Three indicators over three dimensions: nothing to object to.
IndexDefinition sound() {
  return {.name = "sound",
          .indicators = {indicator("length", Dimension::length, 0.5),
                         indicator("purchases", Dimension::frequency, 0.25),
                         indicator("spend", Dimension::depth, 0.25)}};
}

IndexDefinition grouped() {
  auto definition = sound();
  definition.indicators[0].weight = 0.4;
  definition.indicators[1].weight = {};
  definition.indicators[2].weight = {};
  definition.groups = {
      {.id = "outer", .combine = {{"inner", 0.5}, {"length", 0.5}}, .weight = 0.6},
      {.id = "inner", .combine = {{"purchases", 0.75}, {"spend", 0.25}}},
  };
  return definition;
}

std::vector<WarningCode> codes(const std::vector<Warning>& warnings) {
  std::vector<WarningCode> codes;
  for (const auto& warning : warnings) codes.push_back(warning.code);
  return codes;
}

// Where and with what text validate objects to a definition.
struct Objection {
  std::string place, text;
};
Objection objection_to(const IndexDefinition& definition) {
  try {
    validate(definition);
  } catch (const DefinitionError& error) {
    return {error.place(), error.text()};
  }
  return {"nowhere", "nothing"};
}

std::vector<KnownAggregate> known() {
  return {{.name = "length"},
          {.name = "purchases", .numbers = {"window_days"}, .texts = {"channel"}},
          {.name = "spend", .numbers = {"window_days"}},
          {.name = "spend_of_next_year", .looks_ahead = true}};
}

TEST(R31_Indicators, ThreeOverTwoDimensionsLoadClean) {
  auto definition = sound();
  definition.indicators[2].dimension = Dimension::frequency;
  EXPECT_TRUE(check(definition, known()).empty());
}

TEST(R31_Indicators, TwoGiveAWarningThatQuotesTheRule) {
  auto definition = sound();
  definition.indicators.pop_back();
  definition.indicators[1].weight = 0.5;
  const auto warnings = check(definition, known());
  ASSERT_EQ(codes(warnings), std::vector{WarningCode::few_criteria});
  EXPECT_EQ(to_text(warnings[0]),
            "W_few_criteria at /indicators: closeness, like friendship, cannot be measured by one "
            "or two criteria: 2 indicators weigh anything, over 2 of 9 dimensions");
}

TEST(R31_Indicators, AllOfOneDimensionGiveTheSameWarning) {
  auto definition = sound();
  for (auto& each : definition.indicators) each.dimension = Dimension::depth;
  const auto warnings = check(definition, known());
  ASSERT_EQ(codes(warnings), (std::vector{WarningCode::few_criteria, WarningCode::one_dimension}));
  EXPECT_NE(warnings[0].text.find("like friendship, cannot be measured by one or two criteria"),
            std::string::npos);
  EXPECT_EQ(warnings[1].text, "all indicators look at depth alone");
}

TEST(R31_Indicators, ThatWeighNothingDoNotHelpOut) {
  auto definition = sound();
  definition.indicators[0].weight = 0.75;
  definition.indicators[2].weight = 0;
  EXPECT_EQ(codes(check(definition)), std::vector{WarningCode::few_criteria});
}

TEST(R38_Dimensions, AnIndexBuiltOnlyOnSpendCoversOneOfNine) {
  const IndexDefinition spend_only{.name = "spend only",
                                   .indicators = {indicator("spend", Dimension::depth, 1)}};
  EXPECT_EQ(to_text(dimensions_covered(spend_only)), "1 of 9");
  EXPECT_EQ(codes(check(spend_only)), std::vector{WarningCode::few_criteria});
}

TEST(R38_Dimensions, AreCountedOnceAndOnlyWhereSomethingWeighs) {
  auto definition = grouped();
  EXPECT_EQ(dimensions_covered(definition).dimensions,
            (std::vector{Dimension::length, Dimension::frequency, Dimension::depth}));
  definition.groups[1].combine = {{"purchases", 1}, {"spend", 0}};
  EXPECT_EQ(to_text(dimensions_covered(definition)), "2 of 9");
}

TEST(Definition, WeighsIndicatorsThroughGroups) {
  const auto weights = effective_weights(grouped());
  ASSERT_EQ(weights.size(), 3U);
  EXPECT_DOUBLE_EQ(weights[0], 0.4 + 0.6 * 0.5);
  EXPECT_DOUBLE_EQ(weights[1], 0.6 * 0.5 * 0.75);
  EXPECT_DOUBLE_EQ(weights[2], 0.6 * 0.5 * 0.25);
  EXPECT_TRUE(check(grouped(), known()).empty());
}

TEST(Definition, WeighsTheSameInWhateverOrderGroupsStand) {
  auto definition = grouped();
  std::swap(definition.groups[0], definition.groups[1]);
  EXPECT_EQ(effective_weights(definition), effective_weights(grouped()));
}

TEST(Definition, FollowsAChainOfManyGroups) {
  IndexDefinition definition = sound();
  definition.indicators.resize(1);
  definition.indicators[0].weight = {};
  constexpr int links = 20'000;
  for (int i = 0; i < links; ++i) {
    const std::string next = i + 1 < links ? "g" + std::to_string(i + 1) : "length";
    definition.groups.push_back({.id = "g" + std::to_string(i), .combine = {{next, 1}}});
  }
  definition.groups[0].weight = 1;
  EXPECT_EQ(effective_weights(definition), std::vector<double>{1});
}

TEST(Definition, CountsManyWaysToOneIndicatorWithoutGoingThemAll) {
  // Sixty levels of two groups that each combine both of the next: 2^60 ways.
  IndexDefinition definition = sound();
  for (auto& each : definition.indicators) each.weight = {};
  for (int level = 0; level < 60; ++level) {
    for (const std::string side : {"a", "b"}) {
      const std::string next = std::to_string(level + 1);
      definition.groups.push_back(
          {.id = side + std::to_string(level), .combine = {{"a" + next, 0.5}, {"b" + next, 0.5}}});
    }
  }
  definition.groups.push_back({.id = "a60", .combine = {{"length", 0.5}, {"purchases", 0.5}}});
  definition.groups.push_back({.id = "b60", .combine = {{"spend", 1}}});
  definition.groups[0].weight = 1;
  EXPECT_EQ(effective_weights(definition), (std::vector{0.25, 0.25, 0.5}));
}

TEST(BadDefinitions, NameThePlaceAndTheReason) {
  struct Case {
    std::function<void(IndexDefinition&)> spoil;
    std::string place, text;
  };
  const double nan = std::nan("");
  const auto day = [](int year) { return core::Day{std::chrono::year{year} / 1 / 1}; };
  const Case cases[] = {
      {[](auto& d) { d.name.clear(); }, "/name", "is empty"},
      {[](auto& d) { d.version = 0; }, "/version", "is 0, but must be >= 1"},
      {[&](auto& d) { d.minimum_coverage = nan; }, "/minimum_coverage", "in [0, 1]"},
      {[](auto& d) { d.minimum_coverage = 1.5; }, "/minimum_coverage", "is 1.5"},
      {[](auto& d) { d.indicators.clear(); }, "/indicators", "is empty"},
      {[](auto& d) { d.indicators[1].weight = 0.2; }, "/indicators",
       "add up to 0.95, but must add up to 1"},
      {[](auto& d) { d.indicators[1].weight = -0.25; }, "/indicators/1/weight", "is -0.25"},
      {[&](auto& d) { d.indicators[2].weight = nan; }, "/indicators/2/weight", "is nan"},
      {[](auto& d) { d.indicators[2].weight = {}; }, "/indicators", "add up to 0.75"},
      {[](auto& d) { d.indicators[2].id = "length"; }, "/indicators/2/id", "\"length\" is the id"},
      {[](auto& d) { d.indicators[0].id = "Length"; }, "/indicators/0/id", "a-z, 0-9 and _"},
      {[](auto& d) { d.indicators[0].id = ""; }, "/indicators/0/id", "1 to 64"},
      {[](auto& d) { d.indicators[0].id = std::string(65, 'a'); }, "/indicators/0/id", "1 to 64"},
      {[](auto& d) { d.indicators[1].aggregate = "a b"; }, "/indicators/1/aggregate", "a-z"},
      {[](auto& d) { d.indicators[0].parameters["x"] = std::nan(""); },
       "/indicators/0/parameters/x", "must be finite"},
      {[](auto& d) { d.indicators[0].parameters["window_days"] = 0.0; },
       "/indicators/0/parameters/window_days", "days > 0"},
      {[](auto& d) { d.indicators[0].parameters["window_days"] = std::string("year"); },
       "/indicators/0/parameters/window_days", "days > 0"},
      {[](auto& d) { d.indicators[0].parameters["\n"] = 1.0; }, "/indicators/0/parameters", "a-z"},
      {[](auto& d) { d.indicators[1].transform = Saturating{0}; }, "/indicators/1/transform/half",
       "is 0, but must be finite and > 0"},
      {[](auto& d) {
         d.indicators[1].transform = Linear{5, 5};
       },
       "/indicators/1/transform/to", "above from, which is 5"},
      {[](auto& d) { d.indicators[1].transform = Rank{1}; }, "/indicators/1/transform/bins",
       "in [2, 255]"},
      {[](auto& d) { d.indicators[1].transform = Own{}; }, "/indicators/1/transform/name", "a-z"},
      {[](auto& d) { d.groups = {{.id = "g"}}; }, "/groups/0/combine", "is empty"},
      {[](auto& d) {
         d.groups = {{.id = "spend", .combine = {{"length", 1}}}};
       },
       "/groups/0/id", "\"spend\" is the id"},
      {[](auto& d) {
         d.groups = {{.id = "g", .combine = {{"lenght", 1}}}};
       },
       "/groups/0/combine/0/id", "no indicator and no group \"lenght\""},
      {[](auto& d) {
         d.groups = {{.id = "g", .combine = {{"spend", 0.5}, {"spend", 0.5}}}};
       },
       "/groups/0/combine/1/id", "\"spend\" is a part of this group already"},
      {[](auto& d) {
         d.groups = {{.id = "g", .combine = {{"spend", 0.5}}}};
       },
       "/groups/0/combine", "parts add up to 0.5"},
      {[](auto& d) {
         d.groups = {{.id = "g", .combine = {{"spend", -1}}}};
       },
       "/groups/0/combine/0/weight", "is -1"},
      {[](auto& d) {
         d.groups = {{.id = "g", .combine = {{"spend", 1}}, .weight = INFINITY}};
       },
       "/groups/0/weight", "is inf"},
      {[](auto& d) {
         d.groups = {{.id = "g", .combine = {{"spend", 1}}, .weight = 0.5}};
       },
       "/indicators", "the weights of indicators and groups add up to 1.5"},
      {[](auto& d) {
         d.groups = {{.id = "g", .combine = {{"g", 1}}}};
       },
       "/groups/0/combine/0", "a group is part of itself: g -> g"},
      {[](auto& d) {
         d.groups = {{.id = "a", .combine = {{"b", 1}}},
                     {.id = "b", .combine = {{"spend", 0.5}, {"c", 0.5}}},
                     {.id = "c", .combine = {{"b", 1}}}};
       },
       "/groups/2/combine/0", "a group is part of itself: b -> c -> b"},
      {[](auto& d) { d.provenance.consistency_ratio = -0.1; }, "/provenance/consistency_ratio",
       "is -0.1"},
      {[&](auto& d) {
         d.provenance.outcome = {{day(2024), day(2023)}};
       },
       "/provenance/outcome", "ends on 2023-01-01, before it begins on 2024-01-01"},
      {[&](auto& d) { d.provenance.date = day(10'000); }, "/provenance/date", "0 to 9999"},
      {[](auto& d) { d.provenance.weights = WeightSource::estimated; }, "/provenance",
       "need features_as_of and outcome"},
  };
  for (const auto& [spoil, place, text] : cases) {
    auto definition = sound();
    spoil(definition);
    const auto objection = objection_to(definition);
    EXPECT_EQ(objection.place, place);
    EXPECT_NE(objection.text.find(text), std::string::npos) << objection.text;
    EXPECT_THROW(static_cast<void>(check(definition)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(effective_weights(definition)), DefinitionError);
  }
}

TEST(BadDefinitions, SayPlaceAndReasonInOneLine) {
  const DefinitionError error("/indicators/2/weight", "is -1", "shop.json");
  EXPECT_STREQ(error.what(), "shop.json: /indicators/2/weight: is -1");
  EXPECT_STREQ(DefinitionError("", "is odd").what(), "the definition: is odd");
}

TEST(BadDefinitions, AskForWhatNobodyKnows) {
  auto definition = sound();
  definition.indicators[1].aggregate = "purchase";
  try {
    static_cast<void>(check(definition, known()));
    FAIL();
  } catch (const DefinitionError& error) {
    EXPECT_EQ(error.place(), "/indicators/1/aggregate");
    EXPECT_EQ(error.text(),
              "\"purchase\" is no known aggregate; there are: length, purchases, spend, "
              "spend_of_next_year");
  }
}

TEST(BadDefinitions, AskAnAggregateForWhatItDoesNotTake) {
  auto definition = sound();
  definition.indicators[1].parameters = {{"window_days", 365.0}, {"channel", "web"}};
  EXPECT_TRUE(check(definition, known()).empty());
  definition.indicators[1].parameters["channel"] = 7.0;
  EXPECT_THROW(static_cast<void>(check(definition, known())), DefinitionError);
  definition.indicators[1].parameters = {{"colour", "red"}};
  try {
    static_cast<void>(check(definition, known()));
    FAIL();
  } catch (const DefinitionError& error) {
    EXPECT_EQ(error.place(), "/indicators/1/parameters/colour");
    EXPECT_EQ(error.text(),
              "\"purchases\" takes no such parameter; it takes: window_days, channel");
  }
}

TEST(Weights, MayMissOneByLessThanAScoreCanTell) {
  auto definition = sound();
  for (auto& each : definition.indicators) each.weight = 0.333333333;
  EXPECT_NO_THROW(validate(definition));
  for (auto& each : definition.indicators) each.weight = 0.333;
  EXPECT_THROW(validate(definition), DefinitionError);
}

TEST(Warnings, TellOfAnOutcomeThatTheIndicatorsKnow) {
  const auto day = [](unsigned d) {
    return core::Day{std::chrono::year{2024} / 3 / std::chrono::day{d}};
  };
  auto definition = sound();
  definition.provenance = {.weights = WeightSource::estimated,
                           .features_as_of = day(10),
                           .outcome = DayRange{day(11), day(31)}};
  EXPECT_TRUE(check(definition).empty());
  definition.provenance.outcome->first = day(10);
  const auto warnings = check(definition);
  ASSERT_EQ(codes(warnings), std::vector{WarningCode::leaking});
  EXPECT_EQ(warnings[0].place, "/provenance/outcome");
}

TEST(Warnings, TellOfAnIndicatorThatLooksAhead) {
  auto definition = sound();
  definition.indicators[1].aggregate = "spend_of_next_year";
  const auto warnings = check(definition, known());
  ASSERT_EQ(codes(warnings), std::vector{WarningCode::leaking});
  EXPECT_EQ(warnings[0].place, "/indicators/1/aggregate");
}

TEST(Warnings, TellOfComparisonsThatContradictEachOther) {
  auto definition = sound();
  definition.provenance = {.weights = WeightSource::ahp, .consistency_ratio = 0.1};
  EXPECT_TRUE(check(definition).empty());
  definition.provenance.consistency_ratio = 0.11;
  EXPECT_EQ(codes(check(definition)), std::vector{WarningCode::inconsistent});
}

TEST(Warnings, TellOfWhatNobodyWeighs) {
  auto definition = sound();
  definition.indicators.push_back(indicator("idle", Dimension::recency, {}));
  definition.groups = {{.id = "idlers", .combine = {{"idle", 1}}}};
  const auto warnings = check(definition);
  ASSERT_EQ(codes(warnings), (std::vector{WarningCode::unused, WarningCode::unused}));
  EXPECT_EQ(warnings[0].place, "/indicators/3");
  EXPECT_EQ(warnings[1].place, "/groups/0");
  // A weight of 0 that somebody states is what they want.
  definition.indicators[3].weight = 0;
  definition.groups[0].weight = 0;
  EXPECT_TRUE(check(definition).empty());
}

TEST(Warnings, TellOfTwoIndicatorsThatSayTheSame) {
  const double nan = std::nan("");
  const std::vector<std::vector<double>> columns{
      {1, 2, 3, 4, 5, nan}, {10, 8, 6, 4, 2, 100}, {1, -1, 1, -1, 1, 1}};
  const auto warnings = check_collinear(sound(), columns);
  ASSERT_EQ(codes(warnings), std::vector{WarningCode::collinear});
  EXPECT_EQ(warnings[0].place, "/indicators/1");
  EXPECT_EQ(warnings[0].text,
            "\"purchases\" says almost the same as \"length\": their correlation is -1");
}

TEST(Warnings, HoldCorrelationAgainstTheThreshold) {
  // By hand: deviations (-1.5, -.5, .5, 1.5) and (-1.5, .5, -.5, 1.5): 4 / 5.
  auto definition = sound();
  definition.indicators.pop_back();
  definition.indicators[1].weight = 0.5;
  const std::vector<std::vector<double>> columns{{1, 2, 3, 4}, {1, 3, 2, 4}};
  EXPECT_TRUE(check_collinear(definition, columns, 0.81).empty());
  const auto warnings = check_collinear(definition, columns, 0.79);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].text.find("correlation is 0.8"), std::string::npos);
}

TEST(Warnings, SayNothingOfCorrelationsThatDoNotExist) {
  const double nan = std::nan("");
  EXPECT_TRUE(check_collinear(sound(), std::vector<std::vector<double>>{{}, {}, {}}).empty());
  EXPECT_TRUE(
      check_collinear(sound(), std::vector<std::vector<double>>{{1, 2, nan}, {1, 2, 3}, {7, 7, 7}})
          .empty());
}

TEST(Warnings, NeedAColumnForEachIndicator) {
  using Columns = std::vector<std::vector<double>>;
  EXPECT_THROW(static_cast<void>(check_collinear(sound(), Columns{{1}, {1}})),
               std::invalid_argument);
  EXPECT_THROW(static_cast<void>(check_collinear(sound(), Columns{{1}, {1}, {1, 2}})),
               std::invalid_argument);
  EXPECT_THROW(static_cast<void>(check_collinear(sound(), Columns{{1}, {1}, {1}}, 1.5)),
               std::domain_error);
}

TEST(Fingerprint, IsTheSameForEqualDefinitions) {
  EXPECT_EQ(fingerprint(sound()), fingerprint(sound()));
  EXPECT_EQ(fingerprint(sound()).size(), 36U);
  EXPECT_EQ(fingerprint(sound())[14], '5');  // the version of the UUID
}

TEST(Fingerprint, IsTheSameOnEveryMachine) {
  // Also what Python's uuid.uuid5(uuid.NAMESPACE_OID, text) gives, the text spelt out by hand:
  // "26:rapport index definition 15:sound1:1", and so on, each member after its length.
  EXPECT_EQ(fingerprint(sound()), "8db53b81-5faf-525a-a960-222398284926");
}

TEST(Fingerprint, ChangesWithEveryMember) {
  const auto day = [](int year) { return core::Day{std::chrono::year{year} / 1 / 1}; };
  using Change = std::function<void(IndexDefinition&)>;
  const std::vector<Change> changes{
      [](auto&) {},
      [](auto& d) { d.name += "x"; },
      [](auto& d) { d.version = 2; },
      [](auto& d) { d.business = "x"; },
      [](auto& d) { d.why = "x"; },
      [](auto& d) { d.minimum_coverage = std::nextafter(0.5, 1); },
      [](auto& d) { d.indicators[0].weight = std::nextafter(0.4, 1); },
      [](auto& d) { d.indicators[1].weight = 0; },
      [](auto& d) { d.indicators[0].id = "x"; },
      [](auto& d) { d.indicators[0].aggregate = "x"; },
      [](auto& d) { d.indicators[0].why = "x"; },
      [](auto& d) { d.indicators[0].dimension = Dimension::recovery; },
      [](auto& d) { d.indicators[0].direction = Direction::less; },
      [](auto& d) {
        d.indicators[0].parameters = {{"a", 1.0}};
      },
      [](auto& d) {
        d.indicators[0].parameters = {{"a", 2.0}};
      },
      [](auto& d) {
        d.indicators[0].parameters = {{"a", "1"}};
      },
      [](auto& d) { d.indicators[0].transform = Saturating{11}; },
      [](auto& d) {
        d.indicators[0].transform = Logarithm{10, 11};
      },
      [](auto& d) {
        d.indicators[0].transform = Logarithm{10, 12};
      },
      [](auto& d) {
        d.indicators[0].transform = Linear{10, 11};
      },
      [](auto& d) {
        d.indicators[0].transform = Linear{9, 11};
      },
      [](auto& d) { d.indicators[0].transform = Rank{10}; },
      [](auto& d) { d.indicators[0].transform = Own{"a"}; },
      [](auto& d) { std::swap(d.indicators[0], d.indicators[1]); },
      [](auto& d) { d.groups[0].id = "x"; },
      [](auto& d) { d.groups[0].why = "x"; },
      [](auto& d) { d.groups[0].weight = 0.61; },
      [](auto& d) { d.groups[0].combine[0].weight = 0.51; },
      [](auto& d) { d.groups[0].combine[0].id = "x"; },
      [](auto& d) { d.groups.pop_back(); },
      [](auto& d) { d.provenance.weights = WeightSource::latent; },
      [](auto& d) { d.provenance.by = "x"; },
      [&](auto& d) { d.provenance.date = day(2024); },
      [&](auto& d) { d.provenance.features_as_of = day(2024); },
      [](auto& d) { d.provenance.consistency_ratio = 0.1; },
      [&](auto& d) {
        d.provenance.outcome = {{day(2024), day(2025)}};
      },
      [&](auto& d) {
        d.provenance.outcome = {{day(2024), day(2026)}};
      },
  };
  std::set<std::string> seen;
  for (const auto& change : changes) {
    auto definition = grouped();
    change(definition);
    EXPECT_TRUE(seen.insert(fingerprint(definition)).second) << seen.size();
  }
}

}  // namespace
}  // namespace rapport::relationship
