#include <rapport/clv/simulate.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>

namespace rapport::clv {
namespace {

// Customers a block: enough work to pay for a thread's wake-up.
constexpr std::size_t simulated_per_block = 1024;

enum Purpose : std::uint32_t { purchase_times = 0, spends = 1 };

// draw(i) for every customer, blocks side by side, put together in order.
template <class Draw>
CustomerValues for_each_customer(std::size_t customers, const Threads& threads, const Draw& draw) {
  const auto blocks = core::map_blocks(
      threads, customers, simulated_per_block, [&](std::size_t first, std::size_t last) {
        CustomerValues block;
        for (std::size_t i = first; i < last; ++i) {
          const std::vector<double> values = draw(i);
          block.values.insert(block.values.end(), values.begin(), values.end());
          block.begin.push_back(block.values.size());
        }
        return block;
      });
  CustomerValues all;
  all.begin.reserve(customers + 1);
  for (const CustomerValues& block : blocks) {
    const std::size_t before = all.values.size();
    for (std::size_t i = 1; i < block.begin.size(); ++i) {
      all.begin.push_back(before + block.begin[i]);
    }
    all.values.insert(all.values.end(), block.values.begin(), block.values.end());
  }
  return all;
}

}  // namespace

CustomerValues simulate_each(
    std::span<const double> ages, std::uint64_t seed, const Threads& threads,
    const std::function<std::vector<double>(double, math::RandomStream&)>& draw) {
  for (const double age : ages) core::check_not_negative_finite(age, "simulate_purchases", "age");
  return for_each_customer(ages.size(), threads, [&](std::size_t i) {
    math::RandomStream stream(seed, i, Purpose::purchase_times);
    return draw(ages[i], stream);
  });
}

CustomerValues simulate_spends(const GammaGamma& model, std::span<const std::size_t> purchases,
                               std::uint64_t seed, const Threads& threads) {
  return for_each_customer(purchases.size(), threads, [&](std::size_t i) {
    math::RandomStream stream(seed, i, Purpose::spends);
    return draw_spends(model, purchases[i], stream);
  });
}

CustomerHistory history_at(std::span<const double> times, double age) noexcept {
  const auto seen = std::upper_bound(times.begin(), times.end(), age);
  if (seen == times.begin()) return {.frequency = 0, .recency = 0, .age = age};
  return {
      .frequency = static_cast<double>(seen - times.begin()), .recency = *(seen - 1), .age = age};
}

}  // namespace rapport::clv
