#include <rapport/testing/shop.hpp>

#include <rapport/clv/simulate.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace rapport::testing {
namespace {

// Keeps what is drawn here apart from the streams of times and amounts, which take small numbers.
constexpr std::uint32_t shop_purpose = 0x73686f70;

constexpr double seconds_a_week = 7 * 86'400.0;

struct Sale {
  std::uint32_t customer;
  core::Instant at;
  std::int64_t minor;
};

}  // namespace

core::AsOf last_day(const ShopOptions& options) {
  return core::AsOf(options.opening + std::chrono::days{7 * options.weeks - 1});
}

record::Ledger make_shop(const ShopOptions& options) {
  core::check_fraction(options.returned, "make_shop", "returned");
  if (options.weeks < 1) {
    core::throw_domain_error("make_shop", "weeks", options.weeks, ">= 1");
  }
  const core::Instant opening = options.opening;
  const core::Instant end = opening + std::chrono::days{7 * options.weeks};

  std::vector<core::Instant> first;
  std::vector<double> ages;
  for (std::uint32_t i = 0; i < options.customers; ++i) {
    math::RandomStream stream(options.seed, i, shop_purpose);
    const double came = math::draw_uniform(stream) * options.weeks / 2;
    first.push_back(opening + std::chrono::seconds{std::llround(came * seconds_a_week)});
    ages.push_back(options.weeks - came);
  }
  const clv::CustomerValues times =
      clv::simulate_purchases(options.purchases, ages, options.seed, options.threads);
  std::vector<std::size_t> purchases;
  for (std::uint32_t i = 0; i < options.customers; ++i) {
    purchases.push_back(1 + times.of(i).size());
  }
  const clv::CustomerValues amounts =
      clv::simulate_spends(options.amounts, purchases, options.seed, options.threads);

  const auto minor_per_major = static_cast<double>(options.currency.minor_per_major());
  std::vector<Sale> sales;
  for (std::uint32_t i = 0; i < options.customers; ++i) {
    math::RandomStream stream(options.seed, i, shop_purpose + 1);
    for (std::size_t n = 0; n < purchases[i]; ++n) {
      const double weeks = n == 0 ? 0 : times.of(i)[n - 1];
      const core::Instant at =
          std::min(first[i] + std::chrono::seconds{std::llround(weeks * seconds_a_week)},
                   end - std::chrono::seconds{1});
      const std::int64_t minor =
          std::max<std::int64_t>(1, std::llround(amounts.of(i)[n] * minor_per_major));
      sales.push_back({i + 1, at, minor});

      const double chance = math::draw_uniform(stream);
      const double share = math::draw_uniform(stream);
      const double after = math::draw_uniform(stream) * 2 * seconds_a_week;
      const core::Instant back = at + std::chrono::seconds{std::llround(after)};
      const auto part = std::llround(share * static_cast<double>(minor));
      if (chance < options.returned && back < end && part > 0) {
        sales.push_back({i + 1, back, -part});
      }
    }
  }
  return record::ledger_of(sales,
                           {.customer = &Sale::customer, .time = &Sale::at, .amount = &Sale::minor},
                           {.rules = {.currency = options.currency}, .threads = options.threads});
}

}  // namespace rapport::testing
