#ifndef RAPPORT_RECORD_INTERACTION_HPP
#define RAPPORT_RECORD_INTERACTION_HPP

/// \file
/// A contact between the firm and a customer, on any channel.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace rapport::record {

/// The part of the firm that acts.
enum class Department : std::uint8_t { unknown, marketing, sales, service };

[[nodiscard]] constexpr auto names_of(Department) noexcept {
  return std::to_array<std::string_view>({"", "marketing", "sales", "service"});
}

/// Who spoke: inbound is the customer.
enum class Direction : std::uint8_t { unknown, inbound, outbound };

[[nodiscard]] constexpr auto names_of(Direction) noexcept {
  return std::to_array<std::string_view>({"", "inbound", "outbound"});
}

/// A call, message, visit or meeting; `stamp.at` is when it took place.
struct Interaction {
  static constexpr std::string_view kind_name = "interactions";

  Stamp stamp = {};
  Department department = Department::unknown;
  Direction direction = Direction::unknown;
  Name channel = {};          ///< from an open list: "phone", "sms", "social:instagram"
  Name agent = {};            ///< who of the firm took part
  Name purpose = {};          ///< what it was for: "service", "promotion"
  Name topic = {};            ///< what it was about
  Name outcome = {};          ///< what came of it
  RowKey in_reply_to = 0;     ///< key of the interaction that it answers; 0 if none is known
  std::uint32_t minutes = 0;  ///< working time spent
  std::int64_t cost = 0;      ///< minor units, beside the working time

  /// Whether it asks for an answer: it answers none itself, and its key lets one refer to it.
  [[nodiscard]] constexpr bool asks() const noexcept { return in_reply_to == 0 && stamp.key != 0; }

  static constexpr auto columns() {
    using I = Interaction;
    return std::tuple{Column{"department", &I::department}, Column{"direction", &I::direction},
                      Column{"channel", &I::channel},       Column{"agent", &I::agent},
                      Column{"purpose", &I::purpose},       Column{"topic", &I::topic},
                      Column{"outcome", &I::outcome},       Column{"in_reply_to", &I::in_reply_to},
                      Column{"minutes", &I::minutes},       MoneyColumn{"cost", &I::cost}};
  }

  /// Refuses a cost below zero.
  [[nodiscard]] constexpr std::optional<core::Reason> normalise() const noexcept {
    if (cost < 0) return core::Reason::bad_amount;
    return std::nullopt;
  }

  friend constexpr bool operator==(const Interaction&, const Interaction&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_INTERACTION_HPP
