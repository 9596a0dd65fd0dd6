/// \file
/// How fast a made-up shop is built, written and read, by the kind that weighs most: contacts.

#include <rapport/io/store.hpp>
#include <rapport/testing/small_shop.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

#if !defined(NDEBUG)
#error "measure with the preset release: assertions are on"
#endif

namespace {

using namespace rapport;

constexpr std::string_view contacts = record::Interaction::kind_name;

testing::SmallShopOptions options(const benchmark::State& state) {
  return {.customers = static_cast<std::uint32_t>(state.range(0)), .switchers = 0.01, .pace = 0.1};
}

void make_shop(benchmark::State& state) {
  std::uint64_t rows = 0;
  for (auto _ : state) {
    const auto shop = testing::make_small_shop(options(state));
    rows = shop.store.rows();
    benchmark::DoNotOptimize(rows);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
}
BENCHMARK(make_shop)->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

std::string written(const record::Store& store) {
  std::ostringstream out;
  io::write_records(contacts, out, store);
  return out.str();
}

void write_contacts(benchmark::State& state) {
  const auto shop = testing::make_small_shop(options(state));
  for (auto _ : state) {
    const std::string text = written(shop.store);
    benchmark::DoNotOptimize(text.size());
  }
  const auto rows = static_cast<std::int64_t>(shop.store.table<record::Interaction>().size());
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(write_contacts)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void read_contacts(benchmark::State& state) {
  const std::string text = written(testing::make_small_shop(options(state)).store);
  std::uint64_t rows = 0;
  for (auto _ : state) {
    record::StoreBuilder builder;
    rows = io::read_records(contacts, io::Input::text(text), builder);
    benchmark::DoNotOptimize(rows);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_contacts)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
