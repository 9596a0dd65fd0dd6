#ifndef RAPPORT_RELATIONSHIP_RELATIONALITY_HPP
#define RAPPORT_RELATIONSHIP_RELATIONALITY_HPP

/// \file
/// Is it a relationship, or a deal? A transactional customer has bought; a relational one comes
/// back, buys several things, talks with the firm in both directions, and has something ahead.

#include <rapport/core/enum_names.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// What is counted of one customer by a date.
struct RelationalEvidence {
  std::uint32_t purchases = 0;         ///< days with a purchase, or visits
  std::uint32_t categories = 0;        ///< distinct ones that were bought
  std::uint32_t inbound = 0;           ///< contacts begun by the customer, after the first purchase
  std::uint32_t outbound = 0;          ///< contacts begun by the firm, after the first purchase
  std::uint32_t open_commitments = 0;  ///< booked visits, open promises, contracts that still run

  friend constexpr bool operator==(const RelationalEvidence&, const RelationalEvidence&) = default;
};

/// The answer.
enum class Relationality : std::uint8_t {
  unknown,        ///< neither a purchase, nor a contact, nor a commitment
  transactional,  ///< fewer reasons than the rule asks for
  relational
};

[[nodiscard]] constexpr auto names_of(Relationality) noexcept {
  return std::to_array<std::string_view>({"unknown", "transactional", "relational"});
}

/// What speaks for a relationship.
enum class RelationalReason : std::uint8_t {
  repeat_share,  ///< purchases after the first / purchases
  several_categories,
  two_way_contacts,  ///< the fewer of inbound and outbound
  open_commitments
};

[[nodiscard]] constexpr auto names_of(RelationalReason) noexcept {
  return std::to_array<std::string_view>(
      {"repeat_share", "several_categories", "two_way_contacts", "open_commitments"});
}

inline constexpr std::size_t relational_reasons = 4;

/// From where on a count is a reason, and how many reasons make a relationship.
struct RelationalRule {
  double repeat_share = 0.5;  ///< in (0, 1]
  std::uint32_t categories = 2;
  std::uint32_t two_way_contacts = 1;
  std::uint32_t open_commitments = 1;
  std::uint32_t reasons = 2;  ///< in [1, 4]
};

/// \throws std::domain_error that names the first field without meaning; the counts are >= 1.
void check(const RelationalRule& rule);

/// One reason with what it rests on.
struct RelationalFinding {
  RelationalReason reason;
  double value = 0;      ///< what was found
  double asked_for = 0;  ///< what the rule asks for
  bool met = false;
};

/// A customer's answer with the findings for all four reasons, in their order.
struct RelationalAnswer {
  Relationality relationality = Relationality::unknown;
  std::array<RelationalFinding, relational_reasons> findings;

  /// The reasons that are met.
  [[nodiscard]] std::vector<RelationalReason> reasons() const;
};

/// \throws std::domain_error as check() does.
[[nodiscard]] RelationalAnswer relationality(const RelationalEvidence& evidence,
                                             const RelationalRule& rule = {});

/// "relational: repeat share 0.83 (0.50 asked for), open commitments 1 (1)"; of a transactional
/// customer the reasons that were not met.
[[nodiscard]] std::string to_text(const RelationalAnswer& answer);

/// How relational a whole business is.
struct RelationalityOfBase {
  std::uint64_t unknown = 0;
  std::uint64_t transactional = 0;
  std::uint64_t relational = 0;
  std::array<std::uint64_t, relational_reasons> met =
      {};  ///< customers for whom each reason is met
  std::uint64_t purchases = 0;
  std::uint64_t repeat_purchases = 0;

  /// relational / (relational + transactional); NaN if there are none.
  [[nodiscard]] double relational_share() const noexcept;
  /// repeat purchases / purchases; NaN if there are none.
  [[nodiscard]] double repeat_share() const noexcept;

  friend bool operator==(const RelationalityOfBase&, const RelationalityOfBase&) = default;
};

/// \throws std::domain_error as check() does.
[[nodiscard]] RelationalityOfBase relationality_of_base(std::span<const RelationalEvidence> base,
                                                        const RelationalRule& rule = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_RELATIONALITY_HPP
