#include <rapport/record/transaction.hpp>

namespace rapport::record {

std::string_view to_text(TransactionKind kind) noexcept {
  switch (kind) {
    case TransactionKind::goods_return: return "return";
    case TransactionKind::refund: return "refund";
    case TransactionKind::sale: break;
  }
  return "sale";
}

std::optional<TransactionKind> transaction_kind(std::string_view name) noexcept {
  for (const auto kind :
       {TransactionKind::sale, TransactionKind::goods_return, TransactionKind::refund}) {
    if (to_text(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace rapport::record
