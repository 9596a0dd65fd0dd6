/// \file
/// The main job on many machines, where one is too small: takes the arguments of score_customers
/// and writes the same file.
///
///   mpirun -n 4 score_customers_mpi --transactions FILE --out scores.csv

#include <rapport/mpi/scorecard.hpp>
#include <rapport/mpi/team.hpp>
#include <rapport/mpi/transactions.hpp>
#include <rapport/rapport.hpp>

#include "support/arguments.hpp"
#include "support/columns.hpp"
#include "support/progress_bar.hpp"

#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

// What the arguments say. Every process is started with the same ones.
struct Task {
  bool quiet = false;
  bool made_up = false;  // a small shop made for the purpose
  std::string transactions, out;
  rapport::io::TransactionsOptions reading = {};
  rapport::ScoreOptions scoring = {.as_of = rapport::as_of(rapport::core::Day())};
  bool to_last_day = false;

  Task(int argc, char** argv, bool talks) {
    const examples::Arguments arguments(
        argc, argv,
        {"transactions", "as-of", "period", "horizon", "annual-discount", "model", "threads", "out",
         "columns", "currency", "margin", "timezone"},
        {"quiet"});
    out = arguments.required("out");
    quiet = arguments.has("quiet");
    made_up = !arguments.has("transactions");
    transactions = arguments.text("transactions", "");
    reading.currency = arguments.text("currency", "USD");
    reading.zone = rapport::io::read_zone(arguments.text("timezone", "UTC"));
    reading.columns = examples::columns(arguments.list("columns"));
    reading.threads = scoring.threads = arguments.integer("threads", 1);
    if (talks) reading.watch = scoring.watch = examples::ProgressBar::watch(quiet);

    to_last_day = !arguments.has("as-of");
    if (!to_last_day) scoring.as_of = rapport::as_of(arguments.required("as-of"));
    scoring.period = rapport::core::period(arguments.text("period", "week"));
    scoring.horizon = scoring.period(arguments.number("horizon", 52));
    scoring.annual_discount = arguments.number("annual-discount", 0.10);
    scoring.margin = arguments.number("margin", 1);
    scoring.model = rapport::purchase_model(arguments.text("model", "mbg_nbd"));
  }
};

rapport::mpi::Part read(const rapport::mpi::Team& team, const Task& task) {
  if (!task.made_up) {
    return rapport::mpi::read_transactions(team, task.transactions, task.reading);
  }
  std::vector<rapport::record::Ledger> ledgers(1);
  if (team.rank() == 0) ledgers.front() = rapport::testing::make_shop();
  return rapport::mpi::deal(team, std::move(ledgers));
}

void run(const rapport::mpi::Team& team, int argc, char** argv) {
  std::optional<Task> task;
  team.together([&] { task.emplace(argc, argv, team.rank() == 0); });

  const auto part = read(team, *task);
  team.together([&] {
    if (!part.last_day) {
      throw examples::UsageError("no row could be used, so nothing is scored");
    }
  });
  if (task->to_last_day) task->scoring.as_of = rapport::as_of(*part.last_day);
  const auto scores = rapport::mpi::score(team, part.ledger, task->scoring);
  rapport::mpi::write_csv(team, task->out, scores);

  const auto customers = team.sum(scores.size());
  if (task->quiet || team.rank() != 0) return;
  std::cout << part.rows_read << " rows read, " << part.refusals.total() << " refused\n";
  for (const std::string& reason : part.refusals.summary()) std::cout << reason << '\n';
  std::cout << customers << " customers scored as of " << rapport::core::to_text(scores.as_of.day())
            << " by " << team.size() << (team.size() == 1 ? " process\n" : " processes\n")
            << "Repeat buying: " << scores.purchase_fit.message << '\n'
            << "Amounts: " << scores.spend_fit.message << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const rapport::mpi::Session session(argc, argv);
  const rapport::mpi::Team team;
  try {
    run(team, argc, argv);
    return 0;
  } catch (const rapport::mpi::TeamError& error) {  // all have it, and one says it
    if (team.rank() == 0) std::cerr << "score_customers_mpi: " << error.what() << '\n';
  } catch (const std::exception& error) {  // the others know nothing of it
    std::cerr << "score_customers_mpi: " << error.what() << '\n';
    if (team.size() > 1) rapport::mpi::Session::abort(1);
  }
  return 1;
}
