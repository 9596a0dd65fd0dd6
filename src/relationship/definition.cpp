#include <rapport/relationship/definition.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace rapport::relationship {
namespace {

constexpr double consistency_limit = 0.1;  // Saaty (1980)
constexpr std::size_t enough_criteria = 3;
constexpr std::size_t enough_pairs = 3;

std::string at(std::string_view array, std::size_t index) {
  return '/' + std::string(array) + '/' + std::to_string(index);
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// What passes is fit to be quoted in messages.
void check_name(std::string_view text, const std::string& place) {
  if (!is_name(text)) throw DefinitionError(place, "must be 1 to 64 of a-z, 0-9 and _");
}

void check_weight(double weight, const std::string& place) {
  if (std::isfinite(weight) && weight >= 0) return;
  throw DefinitionError(place,
                        "is " + core::to_text(weight) + ", but a weight must be finite and >= 0");
}

void check_sum(double sum, const std::string& place, std::string_view whose) {
  if (std::abs(sum - 1) <= weight_tolerance) return;
  throw DefinitionError(
      place, std::string(whose) + " add up to " + core::to_text(sum) + ", but must add up to 1");
}

// Years that are written with four digits, so that every day reads back.
void check_day(const std::optional<core::Day>& day, const std::string& place) {
  using std::chrono::year;
  if (!day || (*day >= core::Day{year{0} / 1 / 1} && *day <= core::Day{year{9999} / 12 / 31})) {
    return;
  }
  throw DefinitionError(place, "is no day of the years 0 to 9999");
}

void check_day_range(const DayRange& range, const std::string& place) {
  check_day(range.first, place + "/first");
  check_day(range.last, place + "/last");
  if (range.first <= range.last) return;
  throw DefinitionError(place, "ends on " + core::to_text(range.last) + ", before it begins on " +
                                   core::to_text(range.first));
}

void check_provenance(const Provenance& provenance) {
  check_day(provenance.date, "/provenance/date");
  check_day(provenance.features_as_of, "/provenance/features_as_of");
  if (provenance.consistency_ratio) {
    const double ratio = *provenance.consistency_ratio;
    if (!(std::isfinite(ratio) && ratio >= 0)) {
      throw DefinitionError("/provenance/consistency_ratio",
                            "is " + core::to_text(ratio) + ", but must be finite and >= 0");
    }
  }
  if (provenance.outcome) check_day_range(*provenance.outcome, "/provenance/outcome");
  if (provenance.weights == WeightSource::estimated &&
      !(provenance.features_as_of && provenance.outcome)) {
    throw DefinitionError("/provenance",
                          "estimated weights need features_as_of and outcome, so that everyone can "
                          "see that the outcome came later");
  }
}

void check_indicator(const Indicator& indicator, const std::string& place) {
  check_name(indicator.aggregate, place + "/aggregate");
  for (const auto& [name, value] : indicator.parameters) {
    check_name(name, place + "/parameters");
    const std::string at_parameter = std::string(place).append("/parameters/").append(name);
    const auto* number = std::get_if<double>(&value);
    if (number != nullptr && !std::isfinite(*number)) {
      throw DefinitionError(at_parameter, "is " + core::to_text(*number) + ", but must be finite");
    }
    if (name == "window_days" && (number == nullptr || *number <= 0)) {
      throw DefinitionError(at_parameter, "must be a number of days > 0");
    }
  }
  if (const auto* own = std::get_if<Own>(&indicator.transform)) {
    check_name(own->name, place + "/transform/name");
  }
  if (const auto fault = fault_of(indicator.transform)) {
    throw DefinitionError(place + "/transform/" + std::string(fault->parameter), fault->text);
  }
}

// Indicators and groups as the nodes of a graph: indicator i is node i, group g is node n + g.
class Graph {
 public:
  explicit Graph(const IndexDefinition& definition)
      : definition_(definition), indicators_(definition.indicators.size()) {
    if (definition.indicators.empty()) {
      throw DefinitionError("/indicators", "is empty, but an index needs indicators");
    }
    for (std::size_t i = 0; i < definition.indicators.size(); ++i) {
      add(definition.indicators[i].id, at("indicators", i) + "/id");
    }
    for (std::size_t g = 0; g < definition.groups.size(); ++g) {
      add(definition.groups[g].id, at("groups", g) + "/id");
    }
    for (std::size_t g = 0; g < definition.groups.size(); ++g) link(g);
    sort();
  }

  // What each node weighs, through all ways that lead to it.
  [[nodiscard]] std::vector<double> weights() const {
    std::vector<double> weights;
    weights.reserve(nodes_.size());
    for (const auto& indicator : definition_.indicators) {
      weights.push_back(indicator.weight.value_or(0));
    }
    for (const auto& group : definition_.groups) weights.push_back(group.weight.value_or(0));
    for (const std::size_t g : order_) {
      for (std::size_t p = 0; p < parts_[g].size(); ++p) {
        weights[parts_[g][p]] += weights[indicators_ + g] * definition_.groups[g].combine[p].weight;
      }
    }
    return weights;
  }

 private:
  void add(const std::string& id, const std::string& place) {
    check_name(id, place);
    if (!nodes_.emplace(id, nodes_.size()).second) {
      throw DefinitionError(place, quoted(id) + " is the id of another one before");
    }
  }

  void link(std::size_t g) {
    const auto& combine = definition_.groups[g].combine;
    const std::string place = at("groups", g) + "/combine";
    if (combine.empty()) throw DefinitionError(place, "is empty, but a group needs parts");
    auto& parts = parts_.emplace_back();
    std::set<std::size_t> seen;
    double sum = 0;
    for (std::size_t p = 0; p < combine.size(); ++p) {
      const std::string at_part = place + "/" + std::to_string(p);
      check_name(combine[p].id, at_part + "/id");
      const auto node = nodes_.find(combine[p].id);
      if (node == nodes_.end()) {
        throw DefinitionError(at_part + "/id",
                              "there is no indicator and no group " + quoted(combine[p].id));
      }
      if (!seen.insert(node->second).second) {
        throw DefinitionError(at_part + "/id",
                              quoted(combine[p].id) + " is a part of this group already");
      }
      check_weight(combine[p].weight, at_part + "/weight");
      sum += combine[p].weight;
      parts.push_back(node->second);
    }
    check_sum(sum, place, "the weights of the parts");
  }

  // Groups before their parts: depth first, with a stack of our own, since chains may be long.
  void sort() {
    enum class Mark : std::uint8_t { fresh, open, done };
    std::vector<Mark> marks(parts_.size(), Mark::fresh);
    struct Step {
      std::size_t group, part;
    };
    std::vector<Step> path;
    for (std::size_t root = 0; root < parts_.size(); ++root) {
      if (marks[root] != Mark::fresh) continue;
      marks[root] = Mark::open;
      path.push_back({root, 0});
      while (!path.empty()) {
        auto& [group, part] = path.back();
        if (part == parts_[group].size()) {
          marks[group] = Mark::done;
          order_.push_back(group);
          path.pop_back();
          continue;
        }
        const std::size_t node = parts_[group][part++];
        if (node < indicators_) continue;
        const std::size_t next = node - indicators_;
        if (marks[next] == Mark::open) {
          std::vector<std::size_t> groups;
          for (const auto& step : path) groups.push_back(step.group);
          throw_cycle(groups, next, at("groups", group) + "/combine/" + std::to_string(part - 1));
        }
        if (marks[next] == Mark::fresh) {
          marks[next] = Mark::open;
          path.push_back({next, 0});
        }
      }
    }
    std::reverse(order_.begin(), order_.end());
  }

  [[noreturn]] void throw_cycle(const std::vector<std::size_t>& path, std::size_t back,
                                const std::string& place) const {
    std::string text = "a group is part of itself: ";
    for (auto step = std::find(path.begin(), path.end(), back); step != path.end(); ++step) {
      text += definition_.groups[*step].id + " -> ";
    }
    throw DefinitionError(place, text + definition_.groups[back].id);
  }

  const IndexDefinition& definition_;
  std::size_t indicators_;
  std::map<std::string_view, std::size_t> nodes_;
  std::vector<std::vector<std::size_t>> parts_;  // of each group
  std::vector<std::size_t> order_;               // of the groups, each before its parts
};

// Checks everything, and weighs each indicator and then each group.
std::vector<double> checked_weights(const IndexDefinition& definition) {
  if (definition.name.empty()) throw DefinitionError("/name", "is empty, but an index has a name");
  if (definition.version < 1) {
    throw DefinitionError("/version",
                          "is " + std::to_string(definition.version) + ", but must be >= 1");
  }
  if (!(definition.minimum_coverage >= 0 && definition.minimum_coverage <= 1)) {
    throw DefinitionError("/minimum_coverage", "is " + core::to_text(definition.minimum_coverage) +
                                                   ", but must be in [0, 1]");
  }
  const Graph graph(definition);
  double sum = 0;
  for (std::size_t i = 0; i < definition.indicators.size(); ++i) {
    const auto& indicator = definition.indicators[i];
    const std::string place = at("indicators", i);
    check_indicator(indicator, place);
    if (indicator.weight) check_weight(*indicator.weight, place + "/weight");
    sum += indicator.weight.value_or(0);
  }
  for (std::size_t g = 0; g < definition.groups.size(); ++g) {
    const auto& weight = definition.groups[g].weight;
    if (weight) check_weight(*weight, at("groups", g) + "/weight");
    sum += weight.value_or(0);
  }
  check_sum(sum, "/indicators",
            definition.groups.empty() ? "the weights" : "the weights of indicators and groups");
  check_provenance(definition.provenance);
  return graph.weights();
}

template <class Names>
std::string listed(const Names& names) {
  std::string list;
  for (const auto& name : names) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list.empty() ? "none" : list;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_parameters(const Indicator& indicator, const KnownAggregate& known,
                      const std::string& place) {
  for (const auto& [name, value] : indicator.parameters) {
    const bool is_number = std::holds_alternative<double>(value);
    if (contains(is_number ? known.numbers : known.texts, name)) continue;
    std::string text;
    if (contains(is_number ? known.texts : known.numbers, name)) {
      text = std::string("must be a ") + (is_number ? "text" : "number");
    } else {
      std::vector<std::string> all = known.numbers;
      all.insert(all.end(), known.texts.begin(), known.texts.end());
      text = quoted(known.name) + " takes no such parameter; it takes: " + listed(all);
    }
    throw DefinitionError(std::string(place).append("/parameters/").append(name), text);
  }
}

using AggregatesByName = std::map<std::string_view, const KnownAggregate*>;

void check_aggregates(const IndexDefinition& definition, const AggregatesByName& catalogue) {
  for (std::size_t i = 0; i < definition.indicators.size(); ++i) {
    const auto& indicator = definition.indicators[i];
    const auto known = catalogue.find(indicator.aggregate);
    if (known == catalogue.end()) {
      std::vector<std::string_view> names;
      for (const auto& entry : catalogue) names.push_back(entry.first);
      throw DefinitionError(
          at("indicators", i) + "/aggregate",
          quoted(indicator.aggregate) + " is no known aggregate; there are: " + listed(names));
    }
    check_parameters(indicator, *known->second, at("indicators", i));
  }
}

std::set<Dimension> dimensions_of(const IndexDefinition& definition,
                                  const std::vector<double>& weights) {
  std::set<Dimension> dimensions;
  for (std::size_t i = 0; i < definition.indicators.size(); ++i) {
    if (weights[i] > 0) dimensions.insert(definition.indicators[i].dimension);
  }
  return dimensions;
}

void warn_of_one_side(const IndexDefinition& definition, const std::vector<double>& weights,
                      std::vector<Warning>& warnings) {
  const auto indicators_end =
      weights.begin() + static_cast<std::ptrdiff_t>(definition.indicators.size());
  const auto criteria = static_cast<std::size_t>(
      std::count_if(weights.begin(), indicators_end, [](double w) { return w > 0; }));
  const auto dimensions = dimensions_of(definition, weights);
  const bool one_dimension = dimensions.size() == 1;
  if (criteria < enough_criteria || one_dimension) {
    const std::string counted =
        criteria == 1 ? "one indicator weighs" : std::to_string(criteria) + " indicators weigh";
    warnings.push_back({WarningCode::few_criteria, "/indicators",
                        "closeness, like friendship, cannot be measured by one or two criteria: " +
                            counted + " anything, over " + std::to_string(dimensions.size()) +
                            " of " + std::to_string(dimension_count) + " dimensions"});
  }
  if (one_dimension && criteria > 1) {
    warnings.push_back(
        {WarningCode::one_dimension, "/indicators",
         "all indicators look at " + std::string(core::to_text(*dimensions.begin())) + " alone"});
  }
}

void warn_of_provenance(const Provenance& provenance, std::vector<Warning>& warnings) {
  if (provenance.features_as_of && provenance.outcome &&
      provenance.outcome->first <= *provenance.features_as_of) {
    warnings.push_back({WarningCode::leaking, "/provenance/outcome",
                        "the outcome begins on " + core::to_text(provenance.outcome->first) +
                            ", but the indicators know all up to the end of " +
                            core::to_text(*provenance.features_as_of)});
  }
  if (provenance.consistency_ratio.value_or(0) > consistency_limit) {
    warnings.push_back({WarningCode::inconsistent, "/provenance/consistency_ratio",
                        "the comparisons contradict each other: a consistency ratio of " +
                            core::to_text(*provenance.consistency_ratio) +
                            " is above 0.1; compare again"});
  }
}

void warn_of_unused(const IndexDefinition& definition, const std::vector<double>& weights,
                    std::vector<Warning>& warnings) {
  const std::string text = "has no weight, by itself or as a part: it does not count";
  const std::size_t n = definition.indicators.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (definition.indicators[i].weight || weights[i] > 0) continue;
    warnings.push_back({WarningCode::unused, at("indicators", i), text});
  }
  for (std::size_t g = 0; g < definition.groups.size(); ++g) {
    if (definition.groups[g].weight || weights[n + g] > 0) continue;
    warnings.push_back({WarningCode::unused, at("groups", g), text});
  }
}

std::vector<Warning> warnings_of(const IndexDefinition& definition,
                                 const std::vector<double>& weights,
                                 const AggregatesByName& catalogue) {
  std::vector<Warning> warnings;
  warn_of_one_side(definition, weights, warnings);
  for (std::size_t i = 0; i < definition.indicators.size(); ++i) {
    const auto& aggregate = definition.indicators[i].aggregate;
    const auto known = catalogue.find(aggregate);
    if (weights[i] > 0 && known != catalogue.end() && known->second->looks_ahead) {
      warnings.push_back({WarningCode::leaking, at("indicators", i) + "/aggregate",
                          quoted(aggregate) + " uses facts from after the as-of day"});
    }
  }
  warn_of_provenance(definition.provenance, warnings);
  warn_of_unused(definition, weights, warnings);
  return warnings;
}

// Pearson's correlation over the rows where both values are finite; NaN where there is none.
double correlation(std::span<const double> x, std::span<const double> y) {
  double n = 0;
  double mean_x = 0;
  double mean_y = 0;
  double xx = 0;
  double yy = 0;
  double xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    // Welford's recurrences: no difference of large sums.
    n += 1;
    const double dx = x[i] - mean_x;
    const double dy = y[i] - mean_y;
    mean_x += dx / n;
    mean_y += dy / n;
    xx += dx * (x[i] - mean_x);
    yy += dy * (y[i] - mean_y);
    xy += dx * (y[i] - mean_y);
  }
  if (n < enough_pairs || !(xx > 0) || !(yy > 0)) return std::nan("");
  return xy / (std::sqrt(xx) * std::sqrt(yy));
}

}  // namespace

DefinitionError::DefinitionError(std::string place, const std::string& text,
                                 std::string_view source)
    : std::invalid_argument((source.empty() ? "" : std::string(source) + ": ") +
                            (place.empty() ? "the definition" : place) + ": " + text),
      place_(std::move(place)),
      text_(text) {}

void validate(const IndexDefinition& definition) { static_cast<void>(checked_weights(definition)); }

std::vector<double> effective_weights(const IndexDefinition& definition) {
  auto weights = checked_weights(definition);
  weights.resize(definition.indicators.size());
  return weights;
}

std::string to_text(const Warning& warning) {
  return std::string(core::to_text(warning.code))
      .append(" at ")
      .append(warning.place)
      .append(": ")
      .append(warning.text);
}

std::vector<Warning> check(const IndexDefinition& definition,
                           std::span<const KnownAggregate> known) {
  const auto weights = checked_weights(definition);
  AggregatesByName catalogue;
  for (const auto& aggregate : known) catalogue.emplace(aggregate.name, &aggregate);
  check_aggregates(definition, catalogue);
  return warnings_of(definition, weights, catalogue);
}

std::vector<Warning> check(const IndexDefinition& definition) {
  return warnings_of(definition, checked_weights(definition), {});
}

std::vector<Warning> check_collinear(const IndexDefinition& definition,
                                     std::span<const std::vector<double>> columns,
                                     double threshold) {
  const auto weights = checked_weights(definition);
  const auto& indicators = definition.indicators;
  core::check_same_size(columns.size(), indicators.size(), "check_collinear", "columns");
  core::check_fraction(threshold, "check_collinear", "threshold");
  for (const auto& column : columns) {
    core::check_same_size(column.size(), columns.front().size(), "check_collinear", "a column");
  }
  std::vector<Warning> warnings;
  for (std::size_t j = 1; j < indicators.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      if (!(weights[i] > 0 && weights[j] > 0)) continue;
      const double r = correlation(columns[i], columns[j]);
      if (!(std::abs(r) > threshold)) continue;
      warnings.push_back({WarningCode::collinear, at("indicators", j),
                          quoted(indicators[j].id) + " says almost the same as " +
                              quoted(indicators[i].id) + ": their correlation is " +
                              core::to_text(std::round(r * 1000) / 1000)});
    }
  }
  return warnings;
}

DimensionsCovered dimensions_covered(const IndexDefinition& definition) {
  const auto dimensions = dimensions_of(definition, checked_weights(definition));
  return {{dimensions.begin(), dimensions.end()}};
}

std::string to_text(const DimensionsCovered& covered) {
  return std::to_string(covered.dimensions.size()) + " of " + std::to_string(dimension_count);
}

}  // namespace rapport::relationship
