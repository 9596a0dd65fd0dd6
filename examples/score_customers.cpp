/// \file
/// The main job: from a file of transactions to RFM scores, lifetime value and churn risk of every
/// customer.
///
///   score_customers --transactions FILE --out scores.csv
///
/// Without --transactions a small shop made for the purpose is scored.

#include <rapport/rapport.hpp>

#include "support/arguments.hpp"
#include "support/columns.hpp"
#include "support/progress_bar.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <thread>

int main(int argc, char** argv) try {
  const examples::Arguments arguments(
      argc, argv,
      {"transactions", "as-of", "period", "horizon", "annual-discount", "model", "threads", "out",
       "columns", "currency", "margin", "timezone"},
      {"quiet"});
  const std::string out = arguments.required("out");
  const rapport::Threads threads = arguments.integer(
      "threads", std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 64));
  const auto watch = examples::ProgressBar::watch(arguments.has("quiet"));

  const auto ledger = arguments.has("transactions")
                          ? rapport::io::read_transactions(
                                arguments.required("transactions"),
                                {.currency = arguments.text("currency", "USD"),
                                 .zone = rapport::io::read_zone(arguments.text("timezone", "UTC")),
                                 .columns = examples::columns(arguments.list("columns")),
                                 .threads = threads,
                                 .watch = watch})
                          : rapport::testing::make_shop();
  if (!ledger.last_day()) throw examples::UsageError("no row could be used, so nothing is scored");

  const auto period = rapport::core::period(arguments.text("period", "week"));
  const auto scores = rapport::score(
      ledger, {.as_of = arguments.has("as-of") ? rapport::as_of(arguments.required("as-of"))
                                               : rapport::as_of(*ledger.last_day()),
               .period = period,
               .horizon = period(arguments.number("horizon", 52)),
               .annual_discount = arguments.number("annual-discount", 0.10),
               .margin = arguments.number("margin", 1),
               .model = rapport::purchase_model(arguments.text("model", "mbg_nbd")),
               .threads = threads,
               .watch = watch});

  rapport::io::write_csv(out, scores);
  if (!arguments.has("quiet")) std::cout << rapport::report::summary(ledger, scores);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "score_customers: " << error.what() << '\n';
  return 1;
}
