#include <rapport/io/definition.hpp>

#include <rapport/core/check.hpp>
#include <rapport/io/input.hpp>
#include <rapport/io/utf8.hpp>

#include "json_members.hpp"
#include "json_text.hpp"
#include "json_tree.hpp"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rapport::io {
namespace {

using namespace relationship;
using json::as;
using json::listed;
using json::Members;
using json::Object;
using json::Value;

// Reading -------------------------------------------------------------------------------------

Transform read_transform(const Value& value, const std::string& place) {
  const auto& object = as<Value::Object>(value, place, "an object");
  const Value* kind = nullptr;
  for (const auto& member : object) {
    if (member.key == "kind") kind = &member.value;
  }
  if (kind == nullptr) throw DefinitionError(place, "lacks the member \"kind\"");
  const auto& name = as<std::string>(*kind, place + "/kind", "a text");
  if (name == "saturating") {
    const Members members(value, place, {"kind", "half"});
    return Saturating{.half = members.number("half")};
  }
  if (name == "logarithm") {
    const Members members(value, place, {"kind", "scale", "full"});
    return Logarithm{.scale = members.number("scale"), .full = members.number("full")};
  }
  if (name == "linear") {
    const Members members(value, place, {"kind", "from", "to"});
    return Linear{.from = members.number("from"), .to = members.number("to")};
  }
  if (name == "rank") {
    const Members members(value, place, {"kind", "bins"});
    return Rank{.bins = members.whole("bins")};
  }
  if (name == "own") {
    const Members members(value, place, {"kind", "name"});
    return Own{.name = members.text("name")};
  }
  throw DefinitionError(place + "/kind",
                        '"' + excerpt(name) + "\" is none of these: " + listed(transform_names));
}

Parameters read_parameters(const Value& value, const std::string& place) {
  Parameters parameters;
  for (const auto& [key, content] : as<Value::Object>(value, place, "an object")) {
    if (const auto* number = std::get_if<double>(&content.content)) {
      parameters.emplace(key, *number);
    } else if (const auto* text = std::get_if<std::string>(&content.content)) {
      parameters.emplace(key, *text);
    } else {
      throw DefinitionError(place + '/' + json::pointer_part(key),
                            "must be a number or a text, but is " + std::string(kind_of(content)));
    }
  }
  return parameters;
}

Indicator read_indicator(const Value& value, const std::string& place) {
  const Members members(
      value, place,
      {"id", "aggregate", "parameters", "transform", "direction", "dimension", "weight", "why"});
  Indicator indicator;
  indicator.id = members.text("id");
  indicator.aggregate = members.text("aggregate");
  if (const auto* parameters = members.find("parameters")) {
    indicator.parameters = read_parameters(*parameters, members.place_of("parameters"));
  }
  indicator.transform = read_transform(members.at("transform"), members.place_of("transform"));
  members.read("direction", indicator.direction);
  indicator.dimension = members.named<Dimension>("dimension");
  members.read("weight", indicator.weight);
  members.read("why", indicator.why);
  return indicator;
}

Part read_part(const Value& value, const std::string& place) {
  const Members members(value, place, {"id", "weight"});
  return {.id = members.text("id"), .weight = members.number("weight")};
}

Group read_group(const Value& value, const std::string& place) {
  const Members members(value, place, {"id", "combine", "weight", "why"});
  Group group;
  group.id = members.text("id");
  static_cast<void>(members.at("combine"));
  members.read("combine", group.combine, read_part);
  members.read("weight", group.weight);
  members.read("why", group.why);
  return group;
}

Provenance read_provenance(const Value& value, const std::string& place) {
  const Members members(
      value, place, {"weights", "by", "date", "consistency_ratio", "features_as_of", "outcome"});
  Provenance provenance;
  members.read("weights", provenance.weights);
  members.read("by", provenance.by);
  members.read("date", provenance.date);
  members.read("consistency_ratio", provenance.consistency_ratio);
  members.read("features_as_of", provenance.features_as_of);
  if (const auto* outcome = members.find("outcome")) {
    const Members days(*outcome, members.place_of("outcome"), {"first", "last"});
    provenance.outcome = DayRange{.first = days.day("first"), .last = days.day("last")};
  }
  return provenance;
}

IndexDefinition read_definition(const Value& value) {
  const Members members(value, "",
                        {"name", "version", "business", "why", "indicators", "groups", "provenance",
                         "minimum_coverage"});
  IndexDefinition definition;
  definition.name = members.text("name");
  if (members.find("version") != nullptr) definition.version = members.whole("version");
  members.read("business", definition.business);
  members.read("why", definition.why);
  static_cast<void>(members.at("indicators"));
  members.read("indicators", definition.indicators, read_indicator);
  members.read("groups", definition.groups, read_group);
  if (const auto* provenance = members.find("provenance")) {
    definition.provenance = read_provenance(*provenance, members.place_of("provenance"));
  }
  if (members.find("minimum_coverage") != nullptr) {
    definition.minimum_coverage = members.number("minimum_coverage");
  }
  return definition;
}

// Writing -------------------------------------------------------------------------------------

// Elements in brackets, each on a line of its own.
std::string array_on_lines(const std::vector<std::string>& elements, int level) {
  std::string text = "[";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) text += ',';
    text += json::line_at(level + 1) + elements[i];
  }
  return text + json::line_at(level) + ']';
}

std::string written(const Transform& transform, const std::string& place) {
  Object object = Object::on_one_line(place);
  object.text("kind", name_of(transform));
  if (const auto* saturating = std::get_if<Saturating>(&transform)) {
    object.number("half", saturating->half);
  } else if (const auto* logarithm = std::get_if<Logarithm>(&transform)) {
    object.number("scale", logarithm->scale).number("full", logarithm->full);
  } else if (const auto* linear = std::get_if<Linear>(&transform)) {
    object.number("from", linear->from).number("to", linear->to);
  } else if (const auto* rank = std::get_if<Rank>(&transform)) {
    object.number("bins", rank->bins);
  } else if (const auto* own = std::get_if<Own>(&transform)) {
    object.text("name", own->name);
  }
  return object.str();
}

std::string written(const Parameters& parameters, const std::string& place) {
  Object object = Object::on_one_line(place);
  for (const auto& [name, value] : parameters) {
    if (const auto* number = std::get_if<double>(&value)) object.number(name, *number);
    if (const auto* text = std::get_if<std::string>(&value)) object.text(name, *text);
  }
  return object.str();
}

std::string written(const Indicator& indicator, const std::string& place) {
  Object object = Object::on_lines(place, 2);
  object.text("id", indicator.id).text("aggregate", indicator.aggregate);
  if (!indicator.parameters.empty()) {
    object.raw("parameters", written(indicator.parameters, place + "/parameters"));
  }
  object.raw("transform", written(indicator.transform, place + "/transform"));
  if (indicator.direction != Direction::more) {
    object.text("direction", core::to_text(indicator.direction));
  }
  object.text("dimension", core::to_text(indicator.dimension))
      .optional("weight", indicator.weight)
      .optional("why", indicator.why);
  return object.str();
}

std::string written(const Group& group, const std::string& place) {
  std::vector<std::string> parts;
  for (const auto& part : group.combine) {
    parts.push_back(Object::on_one_line(place + "/combine/" + std::to_string(parts.size()))
                        .text("id", part.id)
                        .number("weight", part.weight)
                        .str());
  }
  return Object::on_lines(place, 2)
      .text("id", group.id)
      .raw("combine", array_on_lines(parts, 3))
      .optional("weight", group.weight)
      .optional("why", group.why)
      .str();
}

std::string written(const Provenance& provenance, const std::string& place) {
  Object object = Object::on_lines(place, 1);
  object.text("weights", core::to_text(provenance.weights))
      .optional("by", provenance.by)
      .optional("date", provenance.date)
      .optional("consistency_ratio", provenance.consistency_ratio)
      .optional("features_as_of", provenance.features_as_of);
  if (provenance.outcome) {
    object.raw("outcome", Object::on_one_line(place + "/outcome")
                              .day("first", provenance.outcome->first)
                              .day("last", provenance.outcome->last)
                              .str());
  }
  return object.str();
}

template <class T>
std::string written(const std::vector<T>& elements, const std::string& place) {
  std::vector<std::string> texts;
  for (const auto& element : elements) {
    texts.push_back(written(element, place + '/' + std::to_string(texts.size())));
  }
  return array_on_lines(texts, 1);
}

}  // namespace

IndexDefinition read_index(std::string_view json) {
  auto definition = read_definition(json::parse(json));
  validate(definition);
  return definition;
}

IndexDefinition read_index_file(const std::string& path) {
  const Input input = Input::file(path);
  try {
    return read_index(input.bytes());
  } catch (const DefinitionError& error) {
    throw DefinitionError(error.place(), error.text(), path);
  }
}

std::string to_json(const IndexDefinition& definition) {
  validate(definition);
  const IndexDefinition plain;
  Object object = Object::on_lines("", 0);
  object.text("name", definition.name)
      .number("version", definition.version)
      .optional("business", definition.business)
      .optional("why", definition.why)
      .raw("indicators", written(definition.indicators, "/indicators"));
  if (!definition.groups.empty()) object.raw("groups", written(definition.groups, "/groups"));
  if (definition.provenance != plain.provenance) {
    object.raw("provenance", written(definition.provenance, "/provenance"));
  }
  if (definition.minimum_coverage != plain.minimum_coverage) {
    object.number("minimum_coverage", definition.minimum_coverage);
  }
  return object.str() + '\n';
}

}  // namespace rapport::io
