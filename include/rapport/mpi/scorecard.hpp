#ifndef RAPPORT_MPI_SCORECARD_HPP
#define RAPPORT_MPI_SCORECARD_HPP

/// \file
/// The main job on many machines: scores of everybody, each customer's on the process that has it.
///
///     const auto scores = mpi::score(team, part.ledger, {.as_of = as_of("1997-09-30")});
///     mpi::write_csv(team, "scores.csv", scores);

#include <rapport/io/csv_writer.hpp>
#include <rapport/mpi/team.hpp>
#include <rapport/record/ledger.hpp>
#include <rapport/score/score.hpp>
#include <rapport/score/scorecard.hpp>

#include <string>

namespace rapport::mpi {

/// Scores the customers of this process among those of all: score_part() with the team, after the
/// options have been checked on all. Totals of the scorecard are of this process's rows.
/// \pre No customer is on two processes, as mpi::deal leaves them.
/// \throws TeamError for options that score() refuses.
[[nodiscard]] Scorecard score(const Team& team, const record::Ledger& part,
                              const ScoreOptions& options);

/// Writes the rows of all processes into one file, in the order of ranks: the bytes of
/// io::write_csv. Each process writes its own, at its place in the file, which takes its name when
/// all of them are done.
/// \throws TeamError if a process cannot write; PATH is then as it was before.
void write_csv(const Team& team, const std::string& path, const Scorecard& scorecard,
               const io::WriterOptions& options = {});

}  // namespace rapport::mpi

#endif  // RAPPORT_MPI_SCORECARD_HPP
