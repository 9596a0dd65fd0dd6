#ifndef RAPPORT_RELATIONSHIP_TWO_WAY_HPP
#define RAPPORT_RELATIONSHIP_TWO_WAY_HPP

/// \file
/// What each side gained from the relationship, side by side. The two are never netted into one
/// figure: a discount given and a promise kept have no common unit, and a relationship from which
/// one side gains nothing shows only when both are looked at.

#include <rapport/core/time.hpp>
#include <rapport/economics/profit.hpp>
#include <rapport/record/knowledge_item.hpp>
#include <rapport/record/party.hpp>
#include <rapport/record/promise.hpp>
#include <rapport/record/stamp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// What the firm gained.
struct FirmGain {
  economics::ProfitAndLoss account = {};  ///< its last line is the contribution
  std::uint32_t referrals = 0;            ///< others whom the customer brought
  std::uint32_t knowledge = 0;            ///< items that the customer told

  friend bool operator==(const FirmGain&, const FirmGain&) = default;
};

/// What the customer gained. Money is in minor units.
struct CustomerGain {
  std::int64_t discounts = 0;         ///< taken off list prices
  std::int64_t privileges = 0;        ///< grants, at what they cost the firm
  std::int64_t recovery = 0;          ///< compensation paid
  std::uint32_t promises_kept = 0;    ///< by the firm and in time
  std::uint32_t promises_missed = 0;  ///< by the firm: kept late, or still not kept when due
  std::uint32_t deliveries = 0;       ///< promises of that kind that were kept, late or not
  std::int64_t delivery_seconds = 0;  ///< from promise to receipt, over all deliveries

  /// Discounts, privileges and recovery: what of it is money.
  /// \throws std::overflow_error if the sum leaves 64 bits.
  [[nodiscard]] std::int64_t benefits() const;
  /// Mean days from promise to receipt; NaN without deliveries.
  [[nodiscard]] double delivery_days() const noexcept;

  friend bool operator==(const CustomerGain&, const CustomerGain&) = default;
};

/// Both sides of a relationship in a window.
struct TwoWay {
  FirmGain firm = {};
  CustomerGain customer = {};
  std::uint32_t records = 0;  ///< behind both; 0 is no evidence

  friend bool operator==(const TwoWay&, const TwoWay&) = default;
};

/// Both sides as an aggregate over one customer's visible records of the window
/// [profit.begin, profit.end). A gift of recovery is a cost of the firm and a gain of the customer,
/// once each. Models Invertible; absorbs events in any order.
struct TwoWayGains {
  using State = TwoWay;

  record::Sight sight;            ///< by when promises are settled and due
  economics::Profit profit = {};  ///< the window and the cost of time
  record::Name delivery = {};     ///< the kind of promise that is a delivery
  record::Name referrer = {};     ///< what a customer is to those whom they brought

  /// \throws std::overflow_error if a sum leaves 64 bits; the same for all below.
  void absorb(State& state, const record::StoredTransaction& transaction) const;
  void absorb(State& state, const record::Interaction& interaction) const;
  void absorb(State& state, const record::RecoveryAction& action) const;
  void absorb(State& state, const record::Grant& grant) const;
  /// Of the firm's promises; kept ones count when they were kept, missed ones when they were due.
  void absorb(State& state, const record::Promise& promise) const;
  void absorb(State& state, const record::KnowledgeItem& item) const;
  void absorb(State& state, const record::PartyRelation& relation) const;
  void merge(State& state, const State& other) const;
  void unmerge(State& state, const State& part) const;
};

/// Who gains.
enum class Balance : std::uint8_t {
  unknown,             ///< no records
  mutual,              ///< both gain
  one_sided_firm,      ///< the firm alone gains
  one_sided_customer,  ///< the customer alone gains
  neither,             ///< nobody gains
};

[[nodiscard]] constexpr auto names_of(Balance) noexcept {
  return std::to_array<std::string_view>(
      {"unknown", "mutual", "one_sided(firm)", "one_sided(customer)", "neither"});
}

/// From where on a side is said to gain. Money decides unless a count is named that may stand in
/// for it.
struct BalanceRule {
  std::int64_t contribution_from = 1;  ///< minor units in the window
  std::int64_t benefits_from = 1;      ///< minor units in the window
  std::uint32_t referrals_from = 0;    ///< so many count as a gain of the firm; 0: never
  std::uint32_t promises_from = 0;     ///< so many kept count as a gain of the customer; 0: never
};

/// \throws std::overflow_error if contribution or benefits leave 64 bits.
[[nodiscard]] Balance balance(const TwoWay& both, const BalanceRule& rule = {});

/// The one-sided relations of a base, from both ends.
struct OneSided {
  std::vector<std::uint32_t> firm;      ///< places in the base, the largest contribution first
  std::vector<std::uint32_t> customer;  ///< places in the base, the largest benefits first
};

/// Equal amounts stand in the order of the base. O(n log n).
/// \throws std::overflow_error as balance() does.
[[nodiscard]] OneSided one_sided(std::span<const TwoWay> base, const BalanceRule& rule = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_TWO_WAY_HPP
