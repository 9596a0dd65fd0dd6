#ifndef RAPPORT_CORE_PARALLEL_HPP
#define RAPPORT_CORE_PARALLEL_HPP

/// \file
/// Loops over numbered blocks of work, on threads of ours or of the host's.
///
/// Work is cut into blocks by the data alone, never by the number of threads, and results are
/// combined in the order of the blocks: so every result is the same bytes for any thread count.

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace rapport::core {

/// One block of a loop: called once for each number in [0, blocks), from any thread.
using BlockTask = std::function<void(std::size_t block)>;

/// Several machines that run the same loops over the same data, in the same order: each does a
/// share of the blocks and gets the results of the others, so that all go on with the same bytes.
class SharedWork {
 public:
  SharedWork() = default;
  SharedWork(const SharedWork&) = delete;
  SharedWork& operator=(const SharedWork&) = delete;
  virtual ~SharedWork() = default;

  /// The blocks [begin, end) of a loop.
  struct Share {
    std::size_t begin, end;
  };
  /// What this machine does of so many blocks. The shares of all machines follow each other.
  [[nodiscard]] virtual Share share_of(std::size_t blocks) const = 0;

  /// Sends out what stands in `results` for this machine's share and fills in the rest.
  /// \pre results.size() = blocks x bytes of a result.
  virtual void exchange(std::span<std::byte> results, std::size_t blocks) const = 0;
};

/// Where work runs: on so many threads, started for the call and joined before it returns, or on
/// the host's own executor. Nothing outlives the call; one thread means the calling one.
class Threads {
 public:
  /// A host's loop: calls `task(i)` once for every i in [0, blocks), in any order and on any
  /// threads, and returns when all of them are done.
  using Executor = std::function<void(std::size_t blocks, const BlockTask& task)>;

  /// \throws std::invalid_argument if `count` is 0 or above 1024.
  // Implicit on purpose: `.threads = 2` and `.threads = my_pool` read as they should.
  Threads(int count = 1);  // NOLINT(google-explicit-constructor)

  template <class F>
    requires(std::invocable<const F&, std::size_t, const BlockTask&> && !std::integral<F>)
  Threads(F executor)  // NOLINT(google-explicit-constructor)
      : executor_(std::move(executor)) {}

  /// Runs `task` for every block. If tasks throw, the exception of the lowest numbered block that
  /// threw is rethrown when all threads are back; the blocks not begun by then may be left out.
  /// \throws std::logic_error if an executor called another number of blocks than it was given.
  void run(std::size_t blocks, const BlockTask& task) const;

  /// True if blocks run one after another on the calling thread.
  [[nodiscard]] bool single() const noexcept { return !executor_ && count_ == 1; }

  /// Threads of our own; 1 where an executor was lent.
  [[nodiscard]] int count() const noexcept { return count_; }

  /// The same threads, with map_blocks() shared among machines that all call it alike.
  [[nodiscard]] Threads shared_by(std::shared_ptr<const SharedWork> machines) const {
    Threads result = *this;
    result.machines_ = std::move(machines);
    return result;
  }
  /// Null where all of the work is done here.
  [[nodiscard]] const SharedWork* machines() const noexcept { return machines_.get(); }

 private:
  int count_ = 1;
  Executor executor_;
  std::shared_ptr<const SharedWork> machines_;
};

/// Calls `body(begin, end)` for consecutive ranges of at most `grain` that cover [0, size).
/// \pre grain > 0.
template <class Body>
void for_blocks(const Threads& threads, std::size_t size, std::size_t grain, const Body& body) {
  const std::size_t blocks = (size + grain - 1) / grain;
  threads.run(blocks, [&](std::size_t block) {
    const std::size_t begin = block * grain;
    body(begin, begin + grain < size ? begin + grain : size);
  });
}

/// The results of `body(begin, end)` for the same ranges, in the order of the ranges: fold them
/// from left to right and the sum is the same bytes for any number of threads. Machines that share
/// the work have all results, too, if these are plain bytes; others are computed on each of them.
template <class Body>
[[nodiscard]] auto map_blocks(const Threads& threads, std::size_t size, std::size_t grain,
                              const Body& body) {
  using Result = std::invoke_result_t<const Body&, std::size_t, std::size_t>;
  static_assert(
      !std::same_as<Result, bool>,
      "rapport: neighbours in a std::vector<bool> cannot be written at once: return char");
  std::vector<Result> results((size + grain - 1) / grain);
  if constexpr (std::is_trivially_copyable_v<Result>) {
    if (const SharedWork* machines = threads.machines()) {
      const SharedWork::Share mine = machines->share_of(results.size());
      threads.run(mine.end - mine.begin, [&](std::size_t i) {
        const std::size_t begin = (mine.begin + i) * grain;
        results[mine.begin + i] = body(begin, begin + grain < size ? begin + grain : size);
      });
      machines->exchange(std::as_writable_bytes(std::span(results)), results.size());
      return results;
    }
  }
  for_blocks(threads, size, grain, [&](std::size_t begin, std::size_t end) {
    results[begin / grain] = body(begin, end);
  });
  return results;
}

}  // namespace rapport::core

namespace rapport {

using core::Threads;

}  // namespace rapport

#endif  // RAPPORT_CORE_PARALLEL_HPP
