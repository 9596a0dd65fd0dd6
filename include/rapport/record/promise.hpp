#ifndef RAPPORT_RECORD_PROMISE_HPP
#define RAPPORT_RECORD_PROMISE_HPP

/// \file
/// What one side promised to the other.

#include <rapport/core/enum_names.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// The two sides of the relationship.
enum class Side : std::uint8_t { firm, customer };

[[nodiscard]] constexpr auto names_of(Side) noexcept {
  return std::to_array<std::string_view>({"firm", "customer"});
}

/// A promise, made at `stamp.at`. Its status depends on the date: relationship/promises.hpp.
struct Promise {
  static constexpr std::string_view kind_name = "promises";

  Stamp stamp = {};
  Side by = Side::firm;  ///< who promised
  Department department = Department::unknown;
  Name kind = {};                               ///< "delivery", "call back", "payment"
  core::Instant due_at = {};                    ///< to be kept before or at this instant
  std::optional<core::Instant> kept_at = {};    ///< when it was kept, late or not
  std::optional<core::Instant> waived_at = {};  ///< when the other side let it go
  /// When it became known that it was kept or waived; that instant itself if nothing is said.
  std::optional<core::Instant> settled_known = {};

  static constexpr auto columns() {
    using P = Promise;
    return std::tuple{Column{"by", &P::by},
                      Column{"department", &P::department},
                      Column{"kind", &P::kind},
                      Column{"due_at", &P::due_at},
                      Column{"kept_at", &P::kept_at},
                      Column{"waived_at", &P::waived_at},
                      Column{"settled_known", &P::settled_known}};
  }

  friend constexpr bool operator==(const Promise&, const Promise&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_PROMISE_HPP
