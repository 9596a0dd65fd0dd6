#ifndef RAPPORT_BENCHMARKS_SUPPORT_SHOP_HPP
#define RAPPORT_BENCHMARKS_SUPPORT_SHOP_HPP

// The shop that benchmarks share: rows of sparse 64-bit keys in random order, 5.3 a customer on
// average, as ten million rows of 1.9 million customers are.

#ifndef NDEBUG
#error "benchmarks measure what is shipped: build them with the preset release"
#endif

#include <rapport/record/ledger.hpp>

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace rapport::benchmarks {

inline std::uint64_t mixed(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

inline record::TransactionColumns shop(std::uint64_t rows) {
  const std::uint64_t customers = rows * 19 / 100 + 1;
  record::TransactionColumns columns{record::LedgerRules{}};
  columns.reserve(rows);
  constexpr core::Instant first = core::Day{std::chrono::year{2020} / 1 / 1};
  for (std::uint64_t row = 0; row < rows; ++row) {
    const std::uint64_t chance = mixed(row);
    record::Transaction transaction;
    transaction.customer = static_cast<std::int64_t>(mixed(~(chance % customers)) >> 1);
    transaction.at = first + std::chrono::seconds{(chance >> 32) % 63'072'000};
    transaction.amount = static_cast<std::int64_t>(chance >> 20) % 20'000;
    if (chance >> 59 == 0) transaction.amount = -transaction.amount;
    if (columns.add(transaction)) std::abort();
  }
  return columns;
}

inline record::Ledger ledger(std::uint64_t rows) {
  std::vector<record::TransactionColumns> parts;
  parts.push_back(shop(rows));
  return record::build_ledger(std::move(parts), 2);
}

}  // namespace rapport::benchmarks

#endif  // RAPPORT_BENCHMARKS_SUPPORT_SHOP_HPP
