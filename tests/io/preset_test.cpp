#include <rapport/io/preset.hpp>

#include <rapport/io/definition.hpp>
#include <rapport/io/input.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/catalogue.hpp>
#include <rapport/relationship/index.hpp>
#include <rapport/testing/small_shop.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::io {
namespace {

using namespace relationship;

std::string path_of(std::string_view name) {
  return std::string(RAPPORT_PRESETS_DIR "/").append(name).append(".json");
}

double weight_of(const IndexDefinition& definition, std::string_view id) {
  const auto weights = effective_weights(definition);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (definition.indicators[i].id == id) return weights[i];
  }
  return -1;
}

// The part of each indicator in the index of a customer with these values, all of them known.
std::vector<double> parts(const IndexDefinition& definition, const std::vector<double>& values) {
  auto parts = effective_weights(definition);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& indicator = definition.indicators[i];
    parts[i] *= Scale(indicator.transform, indicator.direction)(values[i]);
  }
  return parts;
}

TEST(R28_Presets, UseWhatTheLibraryOffersAndGiveScoresToASmallShop) {
  const Catalogue catalogue = built_in_catalogue();
  const auto shop = testing::make_small_shop();
  const record::StoreView view(shop.store, {.as_of = shop.last_day});
  for (const auto name : preset_names()) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(check(preset(name), catalogue.known()).empty());
    const IndexTable index = evaluate(view, preset(name));
    std::size_t known = 0;
    for (const Micro score : index.score) {
      if (score == unknown_score) continue;
      ++known;
      EXPECT_GE(score, 0);
      EXPECT_LE(score, one);
    }
    EXPECT_GT(known, index.size() / 2);
  }
}

TEST(R28_Presets, AreThereForEachBusinessThatTheArticleNames) {
  EXPECT_EQ(preset_names(),
            (std::vector<std::string_view>{"bank", "clinic", "confectioner", "education",
                                           "supermarket", "travel_agency"}));
  for (const auto name : preset_names()) {
    SCOPED_TRACE(name);
    const auto definition = preset(name);
    EXPECT_EQ(definition.name, name);
    EXPECT_FALSE(definition.why.empty());
    for (const auto& indicator : definition.indicators) {
      EXPECT_FALSE(indicator.why.empty()) << indicator.id;
    }
    EXPECT_EQ(definition.provenance.weights, WeightSource::stated);
  }
}

TEST(R28_Presets, TheClinicHasContinuityKeptAppointmentsAndComplaintRecovery) {
  const auto clinic = preset("clinic");
  EXPECT_GT(weight_of(clinic, "visit_continuity"), 0);
  EXPECT_GT(weight_of(clinic, "kept_appointments"), 0);
  EXPECT_GT(weight_of(clinic, "complaint_recovery"), 0);
  for (const auto& indicator : clinic.indicators) {
    if (indicator.id != "kept_appointments") continue;
    EXPECT_EQ(indicator.aggregate, "customer_promises");
    EXPECT_EQ(indicator.parameters, (Parameters{{"kind", "appointment"}}));
  }
}

TEST(R28_Presets, AChangedFileIsReadWithoutCompilingAgain) {
  std::string json(preset_json("clinic"));
  json.replace(json.find("\"half\": 6"), 9, "\"half\": 8");
  const std::string path = ::testing::TempDir() + "rapport_preset_test.json";
  std::ofstream(path) << json;
  const auto changed = read_index_file(path);
  EXPECT_NE(changed, preset("clinic"));
  EXPECT_NE(fingerprint(changed), fingerprint(preset("clinic")));
}

TEST(R28_Presets, AreTheFilesInTheTreeAsTheyWouldBeWritten) {
  for (const auto name : preset_names()) {
    const auto file = Input::file(path_of(name));
    EXPECT_EQ(file.bytes(), preset_json(name));
    EXPECT_EQ(to_json(preset(name)), preset_json(name));
  }
}

TEST(R31_Indicators, OfEveryPresetAreManySided) {
  for (const auto name : preset_names()) {
    const auto definition = preset(name);
    EXPECT_TRUE(check(definition).empty()) << name;
    EXPECT_GE(dimensions_covered(definition).dimensions.size(), 5U) << name;
  }
}

TEST(R32_Supermarket, LengthAndPurchasesGiveTheArticlesFigures) {
  // L / (L + 730 d) and F / (F + 52), weights 0.4 and 0.6: the preset without its other indicators.
  auto plain = preset("supermarket");
  plain.indicators.resize(2);
  ASSERT_EQ(plain.indicators[0].aggregate, "length_days");
  ASSERT_EQ(plain.indicators[1].aggregate, "purchases");
  plain.indicators[0].weight = 0.4;
  plain.indicators[1].weight = 0.6;
  constexpr struct {
    double length, purchases, score;
  } rows[] = {{1825, 210, 0.767}, {1460, 30, 0.486}, {40, 25, 0.216}, {400, 2, 0.164}};
  for (const auto& [length, purchases, score] : rows) {
    const auto each = parts(plain, {length, purchases});
    EXPECT_NEAR(each[0] + each[1], score, 0.0005);  // three decimals are given
  }
  const auto parts_of_a = parts(plain, {1825, 210});
  EXPECT_NEAR(parts_of_a[0], 0.286, 0.0005);
  EXPECT_NEAR(parts_of_a[1], 0.481, 0.0005);

  const auto warnings = check(plain);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, WarningCode::few_criteria);
}

TEST(R32_Supermarket, KeepsTheRatioOfLengthAndPurchasesBesideOtherIndicators) {
  const auto supermarket = preset("supermarket");
  EXPECT_DOUBLE_EQ(weight_of(supermarket, "length") / weight_of(supermarket, "purchases"),
                   0.4 / 0.6);
  EXPECT_EQ(to_text(dimensions_covered(supermarket)), "5 of 9");
  EXPECT_TRUE(check(supermarket).empty());
}

TEST(R33_Bank, IsTheSupermarketWithBalanceAndProducts) {
  const auto supermarket = preset("supermarket");
  const auto bank = preset("bank");
  ASSERT_EQ(bank.indicators.size(), supermarket.indicators.size() + 2);
  for (std::size_t i = 0; i < supermarket.indicators.size(); ++i) {
    const auto& ours = bank.indicators[i];
    const auto& theirs = supermarket.indicators[i];
    EXPECT_EQ(ours.id, theirs.id);
    EXPECT_EQ(ours.aggregate, theirs.aggregate);
    EXPECT_EQ(ours.transform, theirs.transform);
    EXPECT_EQ(ours.direction, theirs.direction);
    EXPECT_DOUBLE_EQ(weight_of(bank, ours.id), 0.6 * weight_of(supermarket, ours.id));
  }
  EXPECT_EQ(bank.indicators[5].aggregate, "mean_balance");
  EXPECT_EQ(bank.indicators[5].dimension, Dimension::depth);
  EXPECT_EQ(bank.indicators[6].aggregate, "products");
}

TEST(Preset, ListsTheNamesIfItDoesNotKnowOne) {
  try {
    static_cast<void>(preset("casino"));
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "there is no preset \"casino\"; there are: bank, clinic, confectioner, education, "
                 "supermarket, travel_agency");
  }
}

}  // namespace
}  // namespace rapport::io
