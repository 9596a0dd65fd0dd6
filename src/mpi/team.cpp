#include <rapport/mpi/team.hpp>

#include "messages.hpp"
#include "selection.hpp"

#include <boost/mpi/collectives/all_gatherv.hpp>
#include <boost/mpi/collectives/all_reduce.hpp>
#include <boost/mpi/collectives/broadcast.hpp>
#include <boost/mpi/collectives/scan.hpp>
#include <boost/mpi/environment.hpp>
#include <boost/mpi/operations.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace rapport::mpi {
namespace bmpi = boost::mpi;

namespace {

NumberTable table_of(const clv::Patterns& patterns) {
  NumberTable table;
  for (const auto column : {patterns.frequency(), patterns.recency(), patterns.age(),
                            patterns.count(), patterns.sum_log_intervals()}) {
    table.emplace_back(column.begin(), column.end());
  }
  return table;
}

NumberTable table_of(const clv::SpendPatterns& patterns) {
  NumberTable table(1);
  for (const auto& c : patterns.by_frequency()) table[0].resize(c.end, c.frequency);
  for (const auto column : {patterns.mean(), patterns.count()}) {
    table.emplace_back(column.begin(), column.end());
  }
  // Those who say nothing of spending, in one row that says nothing.
  table[0].push_back(0);
  table[1].push_back(0);
  table[2].push_back(patterns.left_out());
  return table;
}

}  // namespace

struct Session::State {
  State(int& argc, char**& argv) : environment(argc, argv) {}
  bmpi::environment environment;
};

Session::Session(int& argc, char**& argv) : state_(std::make_unique<State>(argc, argv)) {}
Session::~Session() = default;

void Session::abort(int exit_code) noexcept {
  bmpi::environment::abort(exit_code);
  std::terminate();  // not reached: MPI has ended the process
}

/// Blocks in consecutive shares of about equal size, their results gathered in the order of ranks.
class Team::Work : public core::SharedWork {
 public:
  explicit Work(const bmpi::communicator& processes)
      : processes_(processes, bmpi::comm_duplicate) {}

  [[nodiscard]] const bmpi::communicator& processes() const noexcept { return processes_; }

  [[nodiscard]] Share share_of(std::size_t blocks) const override {
    return share_of(blocks, static_cast<std::size_t>(processes_.rank()));
  }

  void exchange(std::span<std::byte> results, std::size_t blocks) const override {
    if (blocks == 0 || processes_.size() == 1) return;
    if (results.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
      throw std::length_error("mpi::Team: the sums of all blocks take more than 2 GiB");
    }
    const std::size_t each = results.size() / blocks;
    auto* bytes = reinterpret_cast<char*>(results.data());
    std::vector<int> sizes;
    for (int rank = 0; rank < processes_.size(); ++rank) {
      const Share share = share_of(blocks, static_cast<std::size_t>(rank));
      sizes.push_back(static_cast<int>((share.end - share.begin) * each));
    }
    const Share mine = share_of(blocks);
    const std::vector<char> sent(bytes + mine.begin * each, bytes + mine.end * each);
    const char none = 0;  // Boost.MPI forms a reference to the first, though there may be none
    bmpi::all_gatherv(processes_, sent.empty() ? &none : sent.data(), bytes, sizes);
  }

 private:
  [[nodiscard]] Share share_of(std::size_t blocks, std::size_t rank) const {
    const auto size = static_cast<std::size_t>(processes_.size());
    return {blocks * rank / size, blocks * (rank + 1) / size};
  }

  bmpi::communicator processes_;
};

Team::Team() : Team(bmpi::communicator()) {}
Team::Team(const bmpi::communicator& processes) : work_(std::make_shared<Work>(processes)) {}
Team::~Team() = default;

const bmpi::communicator& Team::processes() const noexcept { return work_->processes(); }
int Team::rank() const noexcept { return processes().rank(); }
int Team::size() const noexcept { return processes().size(); }

void Team::together(const std::function<void()>& step) const {
  std::exception_ptr error;
  std::string what;
  try {
    step();
  } catch (const std::exception& caught) {
    error = std::current_exception();
    what = caught.what();
  } catch (...) {
    error = std::current_exception();
    what = "an unknown error";
  }
  const int failed = bmpi::all_reduce(processes(), error ? rank() : size(), bmpi::minimum<int>());
  if (failed == size()) return;
  if (size() == 1) std::rethrow_exception(error);
  bmpi::broadcast(processes(), what, failed);
  throw TeamError(failed, what);
}

std::uint64_t Team::sum(std::uint64_t value) const {
  return bmpi::all_reduce(processes(), value, std::plus<>());
}

std::uint64_t Team::sum_before(std::uint64_t value) const {
  return bmpi::scan(processes(), value, std::plus<>()) - value;
}

fold::Cuts Team::quantile_cuts(std::span<const double> values, int bins,
                               const core::Threads& threads) const {
  return shared_quantile_cuts(processes(), values, bins, threads);
}

clv::Patterns Team::patterns(const clv::Histories& histories) const {
  const auto patterns_of = [&](const NumberTable& table) {
    return clv::Patterns(clv::Histories({.frequency = table[0],
                                         .recency = table[1],
                                         .age = table[2],
                                         .customers = table[3],
                                         .sum_log_intervals = table[4]},
                                        histories.period()));
  };
  return patterns_of(
      distinct_rows_of_all(processes(), table_of(clv::Patterns(histories)),
                           [&](const NumberTable& table) { return table_of(patterns_of(table)); }));
}

clv::SpendPatterns Team::patterns(const clv::Spends& spends) const {
  const auto patterns_of = [](const NumberTable& table) {
    return clv::SpendPatterns(
        clv::Spends({.frequency = table[0], .monetary_value = table[1], .customers = table[2]}));
  };
  return patterns_of(
      distinct_rows_of_all(processes(), table_of(clv::SpendPatterns(spends)),
                           [&](const NumberTable& table) { return table_of(patterns_of(table)); }));
}

core::Threads Team::shared(const core::Threads& threads) const { return threads.shared_by(work_); }

}  // namespace rapport::mpi
