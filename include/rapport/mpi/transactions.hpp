#ifndef RAPPORT_MPI_TRANSACTIONS_HPP
#define RAPPORT_MPI_TRANSACTIONS_HPP

/// \file
/// Transactions dealt among processes, so that each customer is whole on one of them.
///
///     const auto part = mpi::read_transactions(team, "transactions.csv", {.currency = "USD"});
///     const auto scores = mpi::score(team, part.ledger, {.as_of = as_of(part.last_day.value())});

#include <rapport/core/refusals.hpp>
#include <rapport/core/time.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/mpi/team.hpp>
#include <rapport/record/ledger.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rapport::mpi {

/// The customers of one process, and what all processes know of the whole.
struct Part {
  /// Those of this process. Customers ascend from process to process: all of this one's come after
  /// those of lower ranks. Channels, categories and refusals are not kept.
  record::Ledger ledger;
  core::Refusals refusals = {};            ///< of the whole input, as one process finds them
  std::uint64_t rows_read = 0;             ///< of the whole input, the refused ones among them
  std::optional<core::Day> last_day = {};  ///< of everybody; nothing if there are no rows
};

/// Reads a file that all processes can open, each about as many bytes of it as the others, in
/// pieces of 16 `options.block_bytes`, and deals the rows. Pieces are cut
/// between rows, wherever line ends stand in quotes: rows and refusals are those of
/// io::read_transactions.
/// \throws TeamError for what io::read_transactions throws.
[[nodiscard]] Part read_transactions(const Team& team, const std::string& path,
                                     const io::TransactionsOptions& options = {});

/// Deals what each process has of its own, in one or several ledgers, whoever their customers are.
/// Customers go to processes by ranges of keys with about the same number of rows, which a sample
/// finds; with few customers, some processes may have none.
/// \pre All ledgers have the same currency and zone, and each process has one at least, be it
/// without rows.
/// \throws TeamError if a process has no ledger, or the sizes of all amounts add up beyond 64 bits.
[[nodiscard]] Part deal(const Team& team, std::vector<record::Ledger> mine,
                        const core::Threads& threads = {});

}  // namespace rapport::mpi

#endif  // RAPPORT_MPI_TRANSACTIONS_HPP
