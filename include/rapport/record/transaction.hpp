#ifndef RAPPORT_RECORD_TRANSACTION_HPP
#define RAPPORT_RECORD_TRANSACTION_HPP

/// \file
/// What a transaction is, and what its words mean.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/id.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace rapport::record {

/// A customer's place in the ledger's table of customers, which is ordered by key.
using CustomerId = core::Id<struct CustomerTag>;

/// What happened. Only a sale is a purchase: returns and refunds count against spend, never
/// against frequency or recency.
enum class TransactionKind : std::uint8_t {
  sale,          ///< goods went out; the amount is >= 0, and zero is a purchase too
  goods_return,  ///< goods came back; counted against spend
  refund,        ///< money went back without goods; counted against spend
};

[[nodiscard]] constexpr auto names_of(TransactionKind) noexcept {
  return std::to_array<std::string_view>({"sale", "return", "refund"});
}

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_TRANSACTION_HPP
