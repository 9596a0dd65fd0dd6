#include <rapport/io/preset.hpp>

#include <rapport/io/definition.hpp>
#include <rapport/io/utf8.hpp>

#include "preset_texts.hpp"

#include <stdexcept>
#include <string>

namespace rapport::io {

std::vector<std::string_view> preset_names() {
  std::vector<std::string_view> names;
  for (const auto& preset : preset_texts()) names.push_back(preset.name);
  return names;
}

std::string_view preset_json(std::string_view name) {
  std::string list;
  for (const auto& preset : preset_texts()) {
    if (preset.name == name) return preset.json;
    if (!list.empty()) list += ", ";
    list += preset.name;
  }
  throw std::invalid_argument("there is no preset \"" + excerpt(name) + "\"; there are: " + list);
}

relationship::IndexDefinition preset(std::string_view name) {
  return read_index(preset_json(name));
}

}  // namespace rapport::io
