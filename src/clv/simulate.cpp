#include <rapport/clv/simulate.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>

namespace rapport::clv {
namespace {

// Customers a block: enough work to pay for a thread's wake-up.
constexpr std::size_t grain = 1024;

enum Purpose : std::uint32_t { purchase_times = 0, spends = 1 };

struct Customer {
  double rate;     // purchases per period while active
  double dropout;  // chance to drop out right after a purchase
};

template <class Model>
Customer draw_customer(const Model& model, math::RandomStream& stream) {
  const auto& [r, alpha, a, b] = model.params();
  const double rate = math::draw_gamma(stream, r, alpha);
  return {rate, math::draw_beta(stream, a, b)};
}

bool drops_out(const Customer& customer, math::RandomStream& stream) {
  return math::draw_uniform(stream) < customer.dropout;
}

std::vector<double> buy_until_dropout(const Customer& customer, double age,
                                      math::RandomStream& stream) {
  std::vector<double> times;
  double now = 0;
  for (;;) {
    now += math::draw_exponential(stream) / customer.rate;
    if (!(now <= age)) return times;
    times.push_back(now);
    if (drops_out(customer, stream)) return times;
  }
}

// draw(i) for every customer, blocks side by side, put together in order.
template <class Draw>
CustomerValues for_each_customer(std::size_t customers, const Threads& threads, const Draw& draw) {
  const auto blocks =
      core::map_blocks(threads, customers, grain, [&](std::size_t first, std::size_t last) {
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

template <class Model>
CustomerValues purchases_of(const Model& model, std::span<const double> ages, std::uint64_t seed,
                            const Threads& threads) {
  for (const double age : ages) core::check_not_negative_finite(age, "simulate_purchases", "age");
  return for_each_customer(ages.size(), threads, [&](std::size_t i) {
    math::RandomStream stream(seed, i, Purpose::purchase_times);
    return draw_purchases(model, ages[i], stream);
  });
}

}  // namespace

std::vector<double> draw_purchases(const BgNbd& model, double age, math::RandomStream& stream) {
  return buy_until_dropout(draw_customer(model, stream), age, stream);
}

std::vector<double> draw_purchases(const MbgNbd& model, double age, math::RandomStream& stream) {
  const Customer customer = draw_customer(model, stream);
  if (drops_out(customer, stream)) return {};
  return buy_until_dropout(customer, age, stream);
}

std::vector<double> draw_spends(const GammaGamma& model, std::size_t purchases,
                                math::RandomStream& stream) {
  const auto& [p, q, gamma] = model.params();
  const double rate = math::draw_gamma(stream, q, gamma);
  std::vector<double> amounts(purchases);
  for (double& amount : amounts) amount = math::draw_gamma(stream, p, rate);
  return amounts;
}

CustomerValues simulate_purchases(const BgNbd& model, std::span<const double> ages,
                                  std::uint64_t seed, const Threads& threads) {
  return purchases_of(model, ages, seed, threads);
}

CustomerValues simulate_purchases(const MbgNbd& model, std::span<const double> ages,
                                  std::uint64_t seed, const Threads& threads) {
  return purchases_of(model, ages, seed, threads);
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
