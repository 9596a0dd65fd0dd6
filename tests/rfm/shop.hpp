#ifndef RAPPORT_TESTS_RFM_SHOP_HPP
#define RAPPORT_TESTS_RFM_SHOP_HPP

// Ledgers for the tests of this folder: orders by hand, the orders of the R package rfm, and a
// shop made by chance.

#include "support/data.hpp"

#include <rapport/record/ledger.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace rapport::tests {

struct Order {
  std::string buyer;
  core::Day on;
  std::int64_t total = 0;
  std::optional<record::TransactionKind> kind = {};
};

inline record::Ledger ledger_of(const std::vector<Order>& orders) {
  return record::ledger_of(orders, {.customer = &Order::buyer,
                                    .time = &Order::on,
                                    .amount = &Order::total,
                                    .kind = &Order::kind});
}

/// rfm_orders.csv; its amounts are whole units of money, kept in minor units.
inline record::Ledger rfm_orders() {
  const Table table(data_file("rfm_orders.csv"));
  std::vector<Order> orders;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    orders.push_back({table.text(row, "customer_id"), as_of(table.text(row, "date")).day(),
                      100 * std::llround(table.number(row, "amount"))});
  }
  return ledger_of(orders);
}

/// `rows` orders of `customers` in 2014, each customer with at least one.
inline std::vector<Order> shop_by_chance(int customers, int rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Order> orders;
  for (int row = 0; row < rows; ++row) {
    const auto buyer = row < customers ? row : static_cast<int>(random()) % customers;
    const core::Day on =
        core::Day{std::chrono::year{2014} / 1 / 1} + std::chrono::days{random() % 365};
    orders.push_back(
        {std::to_string(std::abs(buyer)), on, static_cast<std::int64_t>(random() % 40) * 250});
    if (random() % 30 == 0) orders.back().total = -orders.back().total - 1;
  }
  return orders;
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_RFM_SHOP_HPP
