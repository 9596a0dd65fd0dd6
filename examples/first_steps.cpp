// A host's own rows become a ledger, and the ledger a scorecard.

#include <rapport/rapport.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

struct Order {
  std::string buyer;
  std::chrono::sys_days on;
  std::int64_t cents;
};

int main() {
  using namespace std::chrono_literals;
  const std::vector<Order> orders = {
      {"ada", 1997y / 1 / 1, 2'000}, {"ben", 1997y / 1 / 2, 550}, {"ada", 1997y / 2 / 3, 1'050}};
  const auto ledger = rapport::record::ledger_of(
      orders, {.customer = &Order::buyer, .time = &Order::on, .amount = &Order::cents});
  const auto scores = rapport::score(ledger, {.as_of = rapport::as_of("1997-03-01")});
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto row = scores[i];
    std::cout << row.customer_id << ": " << row.segment << ", " << row.recency_days
              << " days since the last purchase, " << to_text(row.monetary) << '\n';
  }
}
