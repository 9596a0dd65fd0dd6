#include <rapport/fold/fold.hpp>

#include <string>

namespace rapport::fold::detail {

Rows rows_of(const record::LedgerView& ledger) {
  const auto column = [](const auto& span) { return span.empty() ? nullptr : span.data(); };
  return {ledger.offsets.data(),
          ledger.times.data(),
          ledger.amounts.data(),
          column(ledger.kinds),
          column(ledger.channels),
          column(ledger.categories),
          nullptr,
          ledger.rules.epoch};
}

void check_window(const Window& window) {
  if (window.begin > window.end) {
    throw std::invalid_argument("fold: the window ends on " + core::to_text(day_of(window.end)) +
                                ", before it begins on " + core::to_text(day_of(window.begin)));
  }
}

void check_customers(std::span<const std::uint32_t> customers, std::uint32_t known) {
  for (const std::uint32_t customer : customers) {
    if (customer >= known) {
      throw std::invalid_argument("fold::these_customers: there is no customer " +
                                  std::to_string(customer) + ", the ledger has " +
                                  std::to_string(known));
    }
  }
}

}  // namespace rapport::fold::detail
