#ifndef RAPPORT_MPI_TEAM_HPP
#define RAPPORT_MPI_TEAM_HPP

/// \file
/// A team of processes, on one machine or many, that hold a base together over MPI.
///
///     int main(int argc, char** argv) {
///       const rapport::mpi::Session session(argc, argv);
///       const rapport::mpi::Team team;
///       const auto part = rapport::mpi::read_transactions(team, "transactions.csv");
///       ...
///
/// Started as `mpirun -n 4 PROGRAM`, each process runs the same program on its customers; what it
/// asks of everybody it asks through the team. Answers are those of one process that holds all
/// customers, to the last bit, if the processors are of one kind.

#include <rapport/score/shared_base.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

namespace boost::mpi {
class communicator;
}

namespace rapport::mpi {

/// MPI, from its begin to its end: one a program, in main(). Not for programs that begin MPI
/// themselves.
class Session {
 public:
  /// Takes MPI's own arguments out of `argc` and `argv`. \throws std::runtime_error if MPI cannot
  /// be begun.
  Session(int& argc, char**& argv);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// Ends all processes of the job at once: the way out where one is in trouble that the others do
  /// not know of, and may wait for it.
  [[noreturn]] static void abort(int exit_code) noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The error of one process, thrown on all of them: so it is to be reported once.
class TeamError : public std::runtime_error {
 public:
  TeamError(int rank, const std::string& what) : std::runtime_error(what), rank_(rank) {}
  /// Of the process that had the error; the lowest if there were several.
  [[nodiscard]] int rank() const noexcept { return rank_; }

 private:
  int rank_;
};

/// The processes that hold a base together, numbered by rank from 0. All member functions but
/// rank() and size() are called by all of them, in the same order.
class Team : public SharedBase {
 public:
  /// All processes of the job. \pre MPI has begun, and does not end before the team.
  Team();
  /// Those of a communicator, which is duplicated: messages of the host do not mix with ours.
  explicit Team(const boost::mpi::communicator& processes);
  ~Team() override;

  [[nodiscard]] int rank() const noexcept;
  [[nodiscard]] int size() const noexcept;

  /// Runs a step of this process's own work on each of them. The step asks nothing of the team.
  /// \throws TeamError on all if the step throws on any; in a team of one, what the step throws.
  void together(const std::function<void()>& step) const;

  [[nodiscard]] std::uint64_t sum(std::uint64_t value) const;
  /// The sum of the values of all processes of a lower rank.
  [[nodiscard]] std::uint64_t sum_before(std::uint64_t value) const;

  /// Exact: a place in the order of all values is found by counting, digit by digit of the ordered
  /// bits. No process sees the values of others.
  [[nodiscard]] fold::Cuts quantile_cuts(std::span<const double> values, int bins,
                                         const core::Threads& threads) const override;

  /// Patterns are few where days and cents make them: all processes get those of everybody, each
  /// with its count, and so have the blocks that one machine adds up.
  [[nodiscard]] clv::Patterns patterns(const clv::Histories& histories) const override;
  [[nodiscard]] clv::SpendPatterns patterns(const clv::Spends& spends) const override;

  /// Each process computes its share of the blocks of a likelihood with its derivatives, and all
  /// add up all of them in the order of the blocks.
  [[nodiscard]] core::Threads shared(const core::Threads& threads) const override;

  [[nodiscard]] const boost::mpi::communicator& processes() const noexcept;

 private:
  class Work;
  std::shared_ptr<const Work> work_;
};

}  // namespace rapport::mpi

#endif  // RAPPORT_MPI_TEAM_HPP
