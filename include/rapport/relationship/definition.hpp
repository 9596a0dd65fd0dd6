#ifndef RAPPORT_RELATIONSHIP_DEFINITION_HPP
#define RAPPORT_RELATIONSHIP_DEFINITION_HPP

/// \file
/// What closeness means to a business, as data: the indicators it looks at, how each is judged,
/// and what each weighs. A definition can be checked, stored (io/definition.hpp) and named by a
/// fingerprint that goes with every figure made by it.
///
/// Every business chooses its own indicators, by its field and its strategy; but closeness, like
/// friendship, cannot be measured by one or two criteria. check() warns of definitions that try.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/time.hpp>
#include <rapport/relationship/transform.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rapport::relationship {

/// The sides of closeness, as between friends.
enum class Dimension : std::uint8_t {
  length,       ///< how long they have known each other
  frequency,    ///< how often they meet
  recency,      ///< how lately they met
  depth,        ///< how much is at stake: value, balance
  breadth,      ///< in how many ways: categories, channels, people
  reciprocity,  ///< does it go both ways
  reliability,  ///< are promises kept, on either side
  recovery,     ///< are failures made good
  regularity    ///< do they meet at an even pace
};

[[nodiscard]] constexpr auto names_of(Dimension) noexcept {
  return std::to_array<std::string_view>({"length", "frequency", "recency", "depth", "breadth",
                                          "reciprocity", "reliability", "recovery", "regularity"});
}

inline constexpr std::size_t dimension_count = names_of(Dimension{}).size();

/// What an aggregate is asked more closely, by name: `window_days` 365, `channel` "web".
using Parameter = std::variant<double, std::string>;
using Parameters = std::map<std::string, Parameter, std::less<>>;

/// One criterion: a number for each customer, how it is judged, and what it weighs.
///
/// Ids, and the names of aggregates, parameters and own transforms, are 1 to 64 of a-z, 0-9 and _:
/// they become columns and keys elsewhere. Every other text is free.
struct Indicator {
  std::string id = {};
  std::string aggregate = {};  ///< its name in the catalogue: "length_days", "purchases"
  Parameters parameters = {};
  Transform transform = Saturating{};
  Direction direction = Direction::more;  ///< which values mean closer
  Dimension dimension = Dimension::length;
  /// Its weight in the index, finite and >= 0. Nothing: it weighs what groups give it.
  std::optional<double> weight = {};
  std::string why = {};  ///< why it tells of closeness in this business

  friend bool operator==(const Indicator&, const Indicator&) = default;
};

/// A member of a group: an indicator or another group.
struct Part {
  std::string id = {};
  double weight = 0;  ///< its share of the group, finite and >= 0

  friend bool operator==(const Part&, const Part&) = default;
};

/// Indicators that are weighed together, under one id. The shares of the parts add up to 1.
struct Group {
  std::string id = {};
  std::vector<Part> combine = {};
  std::optional<double> weight = {};  ///< as for an indicator
  std::string why = {};

  friend bool operator==(const Group&, const Group&) = default;
};

/// Where weights come from: somebody said so; pairwise comparisons (the analytic hierarchy
/// process); an estimate against a later outcome; the one latent factor behind the indicators.
enum class WeightSource : std::uint8_t { stated, ahp, estimated, latent };

[[nodiscard]] constexpr auto names_of(WeightSource) noexcept {
  return std::to_array<std::string_view>({"stated", "ahp", "estimated", "latent"});
}

/// The days from first to last, both inclusive.
struct DayRange {
  core::Day first = {};
  core::Day last = {};

  friend bool operator==(const DayRange&, const DayRange&) = default;
};

/// Who weighed the indicators, when, and by what.
struct Provenance {
  WeightSource weights = WeightSource::stated;
  std::string by = {};
  std::optional<core::Day> date = {};
  std::optional<double> consistency_ratio = {};  ///< of ahp; finite and >= 0
  std::optional<core::Day> features_as_of = {};  ///< the indicators were taken as of this day
  std::optional<DayRange> outcome = {};          ///< the window of the later outcome

  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// An index of closeness.
struct IndexDefinition {
  std::string name = {};
  int version = 1;  ///< >= 1
  std::string business = {};
  std::string why = {};
  std::vector<Indicator> indicators = {};
  std::vector<Group> groups = {};
  Provenance provenance = {};
  /// A customer whose known indicators weigh less than this share has no index: `unknown`, which
  /// is not `far`. In [0, 1].
  double minimum_coverage = 0.5;

  friend bool operator==(const IndexDefinition&, const IndexDefinition&) = default;
};

/// How far a sum of weights may be from 1. Sums of decimals miss it by about 1e-16, and thirds with
/// nine digits by 1e-9; neither moves a score, which is in whole millionths. What is further off is
/// a slip of the pen.
inline constexpr double weight_tolerance = 1e-8;

/// What is wrong with a definition, and where.
class DefinitionError : public std::invalid_argument {
 public:
  /// `source`, where given, is what the definition was read from.
  DefinitionError(std::string place, const std::string& text, std::string_view source = {});

  /// A JSON pointer (RFC 6901; doi:10.17487/RFC6901), "/indicators/2/weight", also where the
  /// definition was never a file. Empty: the whole of it.
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  /// The message without its place.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string place_;
  std::string text_;
};

/// \throws DefinitionError unless the definition makes sense by itself: there are indicators; ids
/// are well formed, unique and, in groups, known; weights are finite and >= 0, and add up to 1 in
/// each group and, over indicators and groups together, in the index; no group is part of itself;
/// transforms have no fault_of; `window_days` is finite and > 0; days are in the years 0 to
/// 9999; estimated weights name the day of their features and the window of their outcome. Linear
/// in the size of the definition but for looking up ids, O(log n) each.
void validate(const IndexDefinition& definition);

/// What each indicator weighs in the index, by itself and through groups: these add up to 1.
/// \throws as validate.
[[nodiscard]] std::vector<double> effective_weights(const IndexDefinition& definition);

/// What the check has to know of an aggregate that the host or the library offers.
struct KnownAggregate {
  std::string name = {};
  std::vector<std::string> numbers = {};  ///< parameters that are numbers
  std::vector<std::string> texts = {};    ///< parameters that are texts
  /// It uses facts from after the as-of day, such as an outcome: never to be an indicator.
  bool looks_ahead = false;
};

/// What a definition can be warned of.
enum class WarningCode : std::uint8_t {
  few_criteria,   ///< fewer than three indicators weigh anything, or all are of one dimension
  one_dimension,  ///< several indicators, all of one dimension
  collinear,      ///< two indicators say almost the same
  leaking,        ///< weights or indicators know what came after the as-of day
  inconsistent,   ///< pairwise comparisons contradict each other: consistency ratio above 0.1
  unused          ///< an indicator or group that weighs nothing, though nobody gave it a weight
};

[[nodiscard]] constexpr auto names_of(WarningCode) noexcept {
  return std::to_array<std::string_view>({"W_few_criteria", "W_one_dimension", "W_collinear",
                                          "W_leaking", "W_inconsistent", "W_unused"});
}

/// Something that a definition may do, but should not.
struct Warning {
  WarningCode code = {};
  std::string place = {};  ///< a JSON pointer, as of DefinitionError
  std::string text = {};

  friend bool operator==(const Warning&, const Warning&) = default;
};

/// "W_few_criteria at /indicators: ...".
[[nodiscard]] std::string to_text(const Warning& warning);

/// The warnings that a definition deserves, all but collinear; indicators that weigh 0 help it out
/// of none of them.
/// \throws as validate; DefinitionError for an aggregate that is not among `known`, or a parameter
/// that it does not take or that is of the other type.
[[nodiscard]] std::vector<Warning> check(const IndexDefinition& definition,
                                         std::span<const KnownAggregate> known);

/// The same for a definition whose aggregates are not known here: these are taken on trust.
[[nodiscard]] std::vector<Warning> check(const IndexDefinition& definition);

/// Warns of each pair of indicators that weigh something and whose correlation (Pearson) is beyond
/// the threshold, above or below 0. `columns` has one column for each indicator, in their order,
/// one value for each customer: raw values or, better, the closeness they are turned into. Pairs of
/// values that are not both finite are left out; fewer than three pairs, or a column that does not
/// vary, warn of nothing. O(k^2 n).
/// \throws as validate; std::invalid_argument for another number of columns or columns of different
/// length; std::domain_error unless the threshold is in [0, 1].
[[nodiscard]] std::vector<Warning> check_collinear(const IndexDefinition& definition,
                                                   std::span<const std::vector<double>> columns,
                                                   double threshold = 0.9);

/// The dimensions that an index looks at, each once, in their order.
struct DimensionsCovered {
  std::vector<Dimension> dimensions = {};
};

/// Those of the indicators that weigh something.
/// \throws as validate.
[[nodiscard]] DimensionsCovered dimensions_covered(const IndexDefinition& definition);

/// "1 of 9".
[[nodiscard]] std::string to_text(const DimensionsCovered& covered);

/// A text that is the same for equal definitions and, for all practical purposes, for no others:
/// 36 characters, a version 5 UUID (SHA-1; RFC 4122) of every member in a fixed form. How a file
/// was laid out, the order of its keys and members left at their default do not matter; the order
/// of indicators, which is that of contributions, does.
[[nodiscard]] std::string fingerprint(const IndexDefinition& definition);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_DEFINITION_HPP
