// An analyst's program: what are the customers of a file worth?

#include <rapport/rapport.hpp>

#include <iostream>

int main(int argc, char** argv) {
  const auto ledger = rapport::io::read_transactions(argc > 1 ? argv[1] : "transactions.csv");
  const auto scores = rapport::score(ledger, {.as_of = rapport::as_of(ledger.last_day().value()),
                                              .period = rapport::weeks,
                                              .horizon = rapport::weeks(52),
                                              .annual_discount = 0.10});
  for (const auto& row : scores.top_by_value(10)) std::cout << row << '\n';
  rapport::io::write_csv("scores.csv", scores);
}
