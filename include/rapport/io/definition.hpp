#ifndef RAPPORT_IO_DEFINITION_HPP
#define RAPPORT_IO_DEFINITION_HPP

/// \file
/// Definitions of an index of closeness as JSON.
///
///     const auto definition = io::read_index_file("presets/supermarket.json");
///     for (const auto& warning : relationship::check(definition)) log(to_text(warning));
///
/// A file is an object; members without a mark may be left out:
///
///     {
///       "name": "supermarket",                                     must be there
///       "version": 1,
///       "business": "supermarket", "why": "...",
///       "indicators": [                                            must be there
///         {"id": "length",                                         must be there
///          "aggregate": "length_days",                             must be there
///          "parameters": {"window_days": 365, "channel": "web"},
///          "transform": {"kind": "saturating", "half": 730},       must be there
///          "direction": "more",
///          "dimension": "length",                                  must be there
///          "weight": 0.4, "why": "..."}],
///       "groups": [
///         {"id": "trust", "combine": [{"id": "kept", "weight": 1}], "weight": 0.6, "why": "..."}],
///       "provenance": {"weights": "stated", "by": "...", "date": "2024-03-01",
///                      "consistency_ratio": 0.05, "features_as_of": "2023-01-31",
///                      "outcome": {"first": "2023-02-01", "last": "2023-12-31"}},
///       "minimum_coverage": 0.5
///     }
///
/// Transforms and all their members: {"kind": "saturating", "half"}, {"kind": "logarithm", "scale",
/// "full"}, {"kind": "linear", "from", "to"}, {"kind": "rank", "bins"}, {"kind": "own", "name"}.

#include <rapport/relationship/definition.hpp>

#include <string>
#include <string_view>

namespace rapport::io {

/// Reads a definition from JSON in UTF-8, and validates it. A text may have 1 MiB, and arrays and
/// objects 32 within each other; numbers become the nearest doubles.
/// \throws relationship::DefinitionError that names the place, as a JSON pointer and, where the
/// text is no JSON, has a key twice or is beyond the limits, as line and column; also for a member
/// that is unknown, with those that are known, missing, or of the wrong type, and as
/// relationship::validate.
[[nodiscard]] relationship::IndexDefinition read_index(std::string_view json);

/// The same of a file, which the message then names, too.
/// \throws also std::system_error if it cannot be read.
[[nodiscard]] relationship::IndexDefinition read_index_file(const std::string& path);

/// The definition as JSON, on lines of two spaces a level, ended by a newline; members at their
/// default are left out. Reading it gives an equal definition: numbers are the shortest decimals
/// that read back.
/// \throws as relationship::validate; DefinitionError for a text that is not well-formed UTF-8 or
/// holds a NUL.
[[nodiscard]] std::string to_json(const relationship::IndexDefinition& definition);

}  // namespace rapport::io

#endif  // RAPPORT_IO_DEFINITION_HPP
