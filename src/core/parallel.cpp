#include <rapport/core/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace rapport::core {
namespace {

// Keeps the exception of the lowest numbered block, so that errors too do not depend on timing
// more than they must.
class FirstError {
 public:
  void keep(std::size_t block) {
    const std::lock_guard lock(mutex_);
    if (!error_ || block < block_) {
      block_ = block;
      error_ = std::current_exception();
    }
    failed_.store(true, std::memory_order_relaxed);
  }

  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_relaxed); }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> failed_ = false;
  std::size_t block_ = 0;
  std::exception_ptr error_;
};

}  // namespace

Threads::Threads(int count) : count_(count) {
  if (count < 1 || count > 1024) {
    throw std::invalid_argument("Threads: count is " + std::to_string(count) +
                                ", but must be in [1, 1024]");
  }
}

void Threads::run(std::size_t blocks, const BlockTask& task) const {
  if (blocks == 0) return;
  if (single() || (blocks == 1 && !executor_)) {
    for (std::size_t block = 0; block < blocks; ++block) task(block);
    return;
  }
  FirstError error;
  const auto guarded = [&](std::size_t block) {
    try {
      task(block);
    } catch (...) {
      error.keep(block);
    }
  };
  if (executor_) {
    // A block that the host forgot would be customers without results.
    std::atomic<std::size_t> called = 0;
    executor_(blocks, [&](std::size_t block) {
      called.fetch_add(1, std::memory_order_relaxed);
      guarded(block);
    });
    error.rethrow();
    if (called.load() != blocks) {
      throw std::logic_error("Threads: the executor was given " + std::to_string(blocks) +
                             " blocks, but called " + std::to_string(called.load()));
    }
  } else {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      while (!error.failed()) {
        const std::size_t block = next.fetch_add(1, std::memory_order_relaxed);
        if (block >= blocks) return;
        guarded(block);
      }
    };
    std::vector<std::jthread> helpers;
    const std::size_t extra = std::min<std::size_t>(static_cast<std::size_t>(count_), blocks) - 1;
    helpers.reserve(extra);
    // A machine that grants fewer threads than asked for is slower, not wrong.
    try {
      for (std::size_t i = 0; i < extra; ++i) helpers.emplace_back(work);
    } catch (const std::system_error&) {
    }
    work();
    helpers.clear();  // joins
  }
  error.rethrow();
}

}  // namespace rapport::core
