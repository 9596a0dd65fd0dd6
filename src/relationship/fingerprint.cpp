#include <rapport/core/check.hpp>
#include <rapport/relationship/definition.hpp>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace rapport::relationship {
namespace {

// Members one after the other, each so that its end can be told: no two definitions give the same
// bytes. Numbers are the shortest decimals that read back, so the bytes are the same everywhere.
class Canonical {
 public:
  Canonical& text(std::string_view value) {
    bytes_ += std::to_string(value.size());
    bytes_ += ':';
    bytes_ += value;
    return *this;
  }
  Canonical& number(double value) { return text(core::to_text(value == 0 ? 0 : value)); }
  Canonical& count(std::size_t value) { return text(std::to_string(value)); }
  Canonical& day(core::Day value) { return text(core::to_text(value)); }

  // Nothing, or what `write` writes of the value.
  template <class T, class Write>
  Canonical& optional(const std::optional<T>& value, const Write& write) {
    count(value ? 1 : 0);
    if (value) write(*value);
    return *this;
  }
  Canonical& optional(const std::optional<double>& value) {
    return optional(value, [this](double number_) { number(number_); });
  }

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
};

void write(Canonical& out, const Transform& transform) {
  out.text(name_of(transform));
  if (const auto* saturating = std::get_if<Saturating>(&transform)) out.number(saturating->half);
  if (const auto* logarithm = std::get_if<Logarithm>(&transform)) {
    out.number(logarithm->scale).number(logarithm->full);
  }
  if (const auto* linear = std::get_if<Linear>(&transform)) {
    out.number(linear->from).number(linear->to);
  }
  if (const auto* rank = std::get_if<Rank>(&transform)) out.number(rank->bins);
  if (const auto* own = std::get_if<Own>(&transform)) out.text(own->name);
}

void write(Canonical& out, const Indicator& indicator) {
  out.text(indicator.id).text(indicator.aggregate).count(indicator.parameters.size());
  for (const auto& [name, value] : indicator.parameters) {
    out.text(name).count(value.index());
    if (const auto* number = std::get_if<double>(&value)) out.number(*number);
    if (const auto* text = std::get_if<std::string>(&value)) out.text(*text);
  }
  write(out, indicator.transform);
  out.text(core::to_text(indicator.direction))
      .text(core::to_text(indicator.dimension))
      .optional(indicator.weight)
      .text(indicator.why);
}

void write(Canonical& out, const Group& group) {
  out.text(group.id).count(group.combine.size());
  for (const auto& part : group.combine) out.text(part.id).number(part.weight);
  out.optional(group.weight).text(group.why);
}

void write(Canonical& out, const Provenance& provenance) {
  const auto write_day = [&](core::Day day) { out.day(day); };
  out.text(core::to_text(provenance.weights))
      .text(provenance.by)
      .optional(provenance.date, write_day)
      .optional(provenance.consistency_ratio)
      .optional(provenance.features_as_of, write_day)
      .optional(provenance.outcome,
                [&](const DayRange& range) { out.day(range.first).day(range.last); });
}

}  // namespace

std::string fingerprint(const IndexDefinition& definition) {
  Canonical out;
  // A later form of definitions has another name here, and so other fingerprints.
  out.text("rapport index definition 1")
      .text(definition.name)
      .number(definition.version)
      .text(definition.business)
      .text(definition.why)
      .number(definition.minimum_coverage)
      .count(definition.indicators.size());
  for (const auto& indicator : definition.indicators) write(out, indicator);
  out.count(definition.groups.size());
  for (const auto& group : definition.groups) write(out, group);
  write(out, definition.provenance);
  const boost::uuids::name_generator_sha1 name_of_bytes(boost::uuids::ns::oid());
  return boost::uuids::to_string(name_of_bytes(out.bytes()));
}

}  // namespace rapport::relationship
