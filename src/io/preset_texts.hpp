#ifndef RAPPORT_SRC_IO_PRESET_TEXTS_HPP
#define RAPPORT_SRC_IO_PRESET_TEXTS_HPP

/// \file
/// The files of presets/ inside the library. cmake/presets.cmake writes the body.

#include <span>
#include <string_view>

namespace rapport::io {

struct PresetText {
  std::string_view name, json;
};

/// By name, ascending.
[[nodiscard]] std::span<const PresetText> preset_texts() noexcept;

}  // namespace rapport::io

#endif  // RAPPORT_SRC_IO_PRESET_TEXTS_HPP
