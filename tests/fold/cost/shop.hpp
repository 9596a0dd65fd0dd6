#ifndef RAPPORT_TESTS_FOLD_COST_SHOP_HPP
#define RAPPORT_TESTS_FOLD_COST_SHOP_HPP

// The same small shop for both programs, and how often each folds it: the difference between many
// times and none leaves the cost of the folds alone.

#include <rapport/record/ledger.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

struct Shop {
  std::vector<std::uint64_t> offsets = {0};
  std::vector<std::uint32_t> times;
  std::vector<std::int64_t> amounts;

  Shop() {
    std::uint32_t state = 1;
    const auto next = [&state](std::uint32_t bound) {
      return (state = state * 1664525U + 1013904223U) / 65536U % bound;
    };
    for (int customer = 0; customer < 2000; ++customer) {
      std::uint32_t time = 2'000'000'000U + next(30'000'000);
      for (std::uint32_t row = 1 + next(9); row > 0; --row) {
        times.push_back(time += next(65'536) * 40);
        amounts.push_back(static_cast<std::int64_t>(next(10'000)) - 300);
      }
      offsets.push_back(times.size());
    }
  }

  [[nodiscard]] rapport::record::LedgerView view() const { return {offsets, times, amounts}; }
};

inline int repetitions(int argc, char** argv) { return argc > 1 ? std::atoi(argv[1]) : 1; }

#endif  // RAPPORT_TESTS_FOLD_COST_SHOP_HPP
