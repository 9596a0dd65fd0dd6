/// \file
/// What this machine can do at most, to hold the other figures against: bytes read, bytes written
/// to memory that is new to the program, a line feed looked for, and the C library's functions.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace {

constexpr std::size_t bytes = std::size_t{1} << 28;

void set_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void read_memory(benchmark::State& state) {
  const std::vector<std::uint64_t> numbers(bytes / sizeof(std::uint64_t), 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}));
  }
  set_bytes(state);
}
BENCHMARK(read_memory)->Unit(benchmark::kMillisecond);

void write_memory(benchmark::State& state) {
  std::vector<std::uint64_t> numbers(bytes / sizeof(std::uint64_t), 1);
  std::uint64_t value = 0;
  for (auto _ : state) {
    std::fill(numbers.begin(), numbers.end(), ++value);
    benchmark::ClobberMemory();
  }
  set_bytes(state);
}
BENCHMARK(write_memory)->Unit(benchmark::kMillisecond);

// The system zeroes each page when it is first touched.
void write_new_memory(benchmark::State& state) {
  for (auto _ : state) {
    const std::unique_ptr<char[]> memory(new char[bytes]);
    for (std::size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
    benchmark::DoNotOptimize(memory.get());
    benchmark::ClobberMemory();
  }
  set_bytes(state);
}
BENCHMARK(write_new_memory)->Unit(benchmark::kMillisecond);

void find_line_feed(benchmark::State& state) {
  const std::string text(bytes, 'a');
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::memchr(text.data(), '\n', text.size()));
  }
  set_bytes(state);
}
BENCHMARK(find_line_feed)->Unit(benchmark::kMillisecond);

template <double (*function)(double)>
void one_by_one(benchmark::State& state) {
  std::vector<double> values(1024);
  std::iota(values.begin(), values.end(), 1.0);
  for (auto _ : state) {
    double sum = 0;
    for (const double value : values) sum += function(value / 1024);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * 1024);
}
double exp_of(double x) { return std::exp(x); }
double log_of(double x) { return std::log(x); }
double log1p_of(double x) { return std::log1p(x); }
BENCHMARK(one_by_one<exp_of>);
BENCHMARK(one_by_one<log_of>);
BENCHMARK(one_by_one<log1p_of>);

}  // namespace
