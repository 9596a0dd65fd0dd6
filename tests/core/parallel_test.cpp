#include <rapport/core/parallel.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace rapport::core {
namespace {

TEST(Threads, RunsEveryBlockOnceForAnyCount) {
  for (const int count : {1, 2, 3, 8}) {
    std::vector<std::atomic<int>> calls(1000);
    Threads(count).run(calls.size(), [&](std::size_t block) { ++calls[block]; });
    for (const auto& n : calls) EXPECT_EQ(n, 1);
  }
}

TEST(Threads, SumsAreTheSameBytesForAnyCount) {
  const auto sum = [](int count) {
    const auto parts = map_blocks(Threads(count), 100'000, 1'000, [](auto begin, auto end) {
      double part = 0;
      for (auto i = begin; i < end; ++i) part += 1.0 / static_cast<double>(i + 1);
      return part;
    });
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  };
  for (const int count : {2, 3, 8}) EXPECT_EQ(sum(count), sum(1));
}

// One of several machines, of which every other one has done its share before.
class OneOf : public SharedWork {
 public:
  OneOf(std::size_t rank, std::size_t size, std::vector<double> of_others)
      : rank_(rank), size_(size), of_others_(std::move(of_others)) {}

  [[nodiscard]] Share share_of(std::size_t blocks) const override {
    return {blocks * rank_ / size_, blocks * (rank_ + 1) / size_};
  }
  void exchange(std::span<std::byte> results, std::size_t blocks) const override {
    EXPECT_EQ(results.size(), blocks * sizeof(double));
    const auto [begin, end] = share_of(blocks);
    const auto others = std::as_bytes(std::span(of_others_));
    for (std::size_t i = 0; i < results.size(); ++i) {
      const std::size_t block = i / sizeof(double);
      if (block < begin || block >= end) results[i] = others[i];
    }
  }

 private:
  std::size_t rank_, size_;
  std::vector<double> of_others_;
};

TEST(Threads, MachinesThatShareALoopAllHaveTheResultsOfOne) {
  std::size_t calls = 0;
  const auto part = [&](std::size_t begin, std::size_t end) {
    ++calls;
    double sum = 0;
    for (auto i = begin; i < end; ++i) sum += 1.0 / static_cast<double>(i + 1);
    return sum;
  };
  const auto alone = map_blocks(Threads(), 10'000, 999, part);
  calls = 0;
  for (std::size_t rank = 0; rank < 3; ++rank) {
    const Threads threads = Threads().shared_by(std::make_shared<OneOf>(rank, 3, alone));
    EXPECT_EQ(map_blocks(threads, 10'000, 999, part), alone);
  }
  EXPECT_EQ(calls, alone.size());
}

TEST(Threads, ResultsThatAreNoPlainBytesAreComputedOnEveryMachine) {
  const Threads threads = Threads().shared_by(std::make_shared<OneOf>(1, 2, std::vector<double>()));
  const auto texts = map_blocks(threads, 3, 1, [](std::size_t begin, std::size_t) {
    return std::string(1, static_cast<char>('a' + begin));
  });
  EXPECT_EQ(texts, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Threads, LendsTheHostsExecutor) {
  int calls = 0;
  const Threads threads = [&](std::size_t blocks, const BlockTask& task) {
    ++calls;
    for (std::size_t i = blocks; i-- > 0;) task(i);  // any order will do
  };
  std::vector<int> seen(10);
  for_blocks(threads, 10, 3, [&](auto begin, auto end) {
    for (auto i = begin; i < end; ++i) ++seen[i];
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(seen, std::vector<int>(10, 1));
}

TEST(Threads, SayWhenAnExecutorForgetsABlock) {
  const Threads forgetful = [](std::size_t blocks, const BlockTask& task) {
    for (std::size_t i = 1; i < blocks; ++i) task(i);
  };
  EXPECT_THROW(forgetful.run(3, [](std::size_t) {}), std::logic_error);
}

TEST(Threads, RethrowsTheErrorOfTheLowestBlockThatThrew) {
  const Threads backwards = [](std::size_t blocks, const BlockTask& task) {
    for (std::size_t i = blocks; i-- > 0;) task(i);
  };
  try {
    backwards.run(5, [](std::size_t block) {
      if (block > 1) throw std::runtime_error(std::to_string(block));
    });
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "2");
  }
  EXPECT_THROW(Threads(3).run(100, [](std::size_t) { throw std::logic_error("x"); }),
               std::logic_error);
}

TEST(Threads, RejectsACountThatIsNotPositive) {
  EXPECT_THROW(Threads(0), std::invalid_argument);
  EXPECT_THROW(Threads(-2), std::invalid_argument);
}

TEST(Threads, NoBlocksCallNothing) {
  Threads(2).run(0, [](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace rapport::core
