// A host program's own rows become a ledger, which everything else is computed from.

#include <rapport/record/ledger.hpp>

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
  std::cout << ledger.customers().size() << " customers, " << ledger.rows() << " purchases\n";
}
