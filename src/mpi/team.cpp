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
    bmpi::all_gatherv(processes_, sent.data(), bytes, sizes);
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
  const clv::Patterns mine(histories);
  const auto everybodys = [&](std::span<const double> column) {
    return all_of(processes(), std::vector<double>(column.begin(), column.end()));
  };
  const std::vector<double> frequency = everybodys(mine.frequency());
  const std::vector<double> recency = everybodys(mine.recency());
  const std::vector<double> age = everybodys(mine.age());
  const std::vector<double> customers = everybodys(mine.count());
  const std::vector<double> logs = everybodys(mine.sum_log_intervals());
  return clv::Patterns(clv::Histories({.frequency = frequency,
                                       .recency = recency,
                                       .age = age,
                                       .customers = customers,
                                       .sum_log_intervals = logs},
                                      histories.period()));
}

clv::SpendPatterns Team::patterns(const clv::Spends& spends) const {
  const clv::SpendPatterns mine(spends);
  std::vector<double> frequency;
  for (const auto& c : mine.by_frequency()) frequency.resize(c.end, c.frequency);
  std::vector<double> mean(mine.mean().begin(), mine.mean().end());
  std::vector<double> customers(mine.count().begin(), mine.count().end());
  // Those who say nothing of spending, in one row that says nothing.
  frequency.push_back(0);
  mean.push_back(0);
  customers.push_back(mine.left_out());
  frequency = all_of(processes(), frequency);
  mean = all_of(processes(), mean);
  customers = all_of(processes(), customers);
  return clv::SpendPatterns(
      clv::Spends({.frequency = frequency, .monetary_value = mean, .customers = customers}));
}

core::Threads Team::shared(const core::Threads& threads) const { return threads.shared_by(work_); }

}  // namespace rapport::mpi
