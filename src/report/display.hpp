#ifndef RAPPORT_SRC_REPORT_DISPLAY_HPP
#define RAPPORT_SRC_REPORT_DISPLAY_HPP

/// \file
/// Texts from the data, made fit to stand in a line of ours.

#include <string>
#include <string_view>

namespace rapport::report {

/// `text` without control characters and without marks that change the direction of what follows,
/// between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE if any of it is not ASCII (Unicode
/// Standard Annex 9). Control characters become spaces; malformed UTF-8 becomes U+FFFD.
[[nodiscard]] std::string isolated(std::string_view text);

}  // namespace rapport::report

#endif  // RAPPORT_SRC_REPORT_DISPLAY_HPP
