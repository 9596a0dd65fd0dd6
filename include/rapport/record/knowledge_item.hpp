#ifndef RAPPORT_RECORD_KNOWLEDGE_ITEM_HPP
#define RAPPORT_RECORD_KNOWLEDGE_ITEM_HPP

/// \file
/// What the firm knows about a customer beside what they did.

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

/// Where a piece of knowledge comes from: the customer's words, or their behaviour.
enum class Basis : std::uint8_t { stated, inferred };

[[nodiscard]] constexpr auto names_of(Basis) noexcept {
  return std::to_array<std::string_view>({"stated", "inferred"});
}

/// An attribute, need, motive or habit, learned at `stamp.at`. It ages: relationship/knowledge.hpp.
struct KnowledgeItem {
  static constexpr std::string_view kind_name = "knowledge";

  Stamp stamp = {};
  Name topic = {};  ///< "job", "need:packaging"
  Name value = {};
  Basis basis = Basis::stated;
  std::uint32_t half_life_days = 0;       ///< days after which half of its worth is left; 0: never
  std::uint8_t confidence_percent = 100;  ///< in [0, 100]
  std::optional<core::Instant> until = {};  ///< when it ceased to be so

  static constexpr auto columns() {
    using K = KnowledgeItem;
    return std::tuple{Column{"topic", &K::topic},
                      Column{"value", &K::value},
                      Column{"basis", &K::basis},
                      Column{"half_life_days", &K::half_life_days},
                      Column{"confidence_percent", &K::confidence_percent},
                      Column{"until", &K::until}};
  }

  /// Refuses more than 100 percent.
  [[nodiscard]] constexpr std::optional<core::Reason> normalise() const noexcept {
    if (confidence_percent > 100) return core::Reason::bad_number;
    return std::nullopt;
  }

  friend constexpr bool operator==(const KnowledgeItem&, const KnowledgeItem&) = default;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_KNOWLEDGE_ITEM_HPP
