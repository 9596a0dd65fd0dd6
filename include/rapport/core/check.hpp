#ifndef RAPPORT_CORE_CHECK_HPP
#define RAPPORT_CORE_CHECK_HPP

/// \file
/// The checks of a public boundary: a caller's mistake throws and says place, name, value and
/// requirement, as in `BgNbd: alpha is -1, but must be finite and > 0`.

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#if defined(__FAST_MATH__)
#error "rapport needs NaN and infinities as the standard has them: build without -ffast-math"
#endif

namespace rapport::core {

/// The shortest decimal that reads back as `value`, in every locale: `0.1`, `-1`, `nan`, `inf`.
[[nodiscard]] std::string to_text(double value);

/// Throws std::domain_error `PLACE: NAME is VALUE, but must be REQUIREMENT`.
[[noreturn]] void throw_domain_error(std::string_view place, std::string_view name, double value,
                                     std::string_view requirement);

/// \throws std::domain_error unless `value` is finite and > 0.
inline void check_positive_finite(double value, std::string_view place, std::string_view name) {
  if (!(std::isfinite(value) && value > 0)) {
    throw_domain_error(place, name, value, "finite and > 0");
  }
}

/// \throws std::domain_error unless `value` is finite and >= 0.
inline void check_not_negative_finite(double value, std::string_view place, std::string_view name) {
  if (!(std::isfinite(value) && value >= 0)) {
    throw_domain_error(place, name, value, "finite and >= 0");
  }
}

/// \throws std::domain_error unless `value` is in [0, 1].
inline void check_fraction(double value, std::string_view place, std::string_view name) {
  if (!(value >= 0 && value <= 1)) throw_domain_error(place, name, value, "in [0, 1]");
}

/// \throws std::invalid_argument unless the two sizes are equal.
void check_same_size(std::size_t size, std::size_t expected, std::string_view place,
                     std::string_view name);

}  // namespace rapport::core

#endif  // RAPPORT_CORE_CHECK_HPP
