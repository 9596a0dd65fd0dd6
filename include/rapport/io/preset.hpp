#ifndef RAPPORT_IO_PRESET_HPP
#define RAPPORT_IO_PRESET_HPP

/// \file
/// Definitions for named businesses, to begin from: supermarket, bank, travel_agency, clinic,
/// education, confectioner. Each says why of every indicator; weights and half points are stated,
/// not estimated: a business knows its own better.
///
/// The same texts are installed as files, share/rapport/presets/NAME.json. Copy one, change it and
/// read it with read_index_file: nothing is compiled again.

#include <rapport/relationship/definition.hpp>

#include <string_view>
#include <vector>

namespace rapport::io {

/// The names of the presets, ascending.
[[nodiscard]] std::vector<std::string_view> preset_names();

/// The JSON of a preset, as it was when the library was built.
/// \throws std::invalid_argument that lists the names if there is no such preset.
[[nodiscard]] std::string_view preset_json(std::string_view name);

/// A preset as a definition: needs no file.
/// \throws as preset_json.
[[nodiscard]] relationship::IndexDefinition preset(std::string_view name);

}  // namespace rapport::io

#endif  // RAPPORT_IO_PRESET_HPP
