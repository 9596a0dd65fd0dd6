#ifndef RAPPORT_TESTING_SHOP_HPP
#define RAPPORT_TESTING_SHOP_HPP

/// \file
/// A small shop made up from the library's own models: to try things out before there are data,
/// and to test a host's own code on something whose truth is known.

#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/ledger.hpp>

#include <chrono>
#include <cstdint>

namespace rapport::testing {

/// What the shop is like. Times are in weeks, amounts in major units of the currency.
struct ShopOptions {
  std::uint32_t customers = 400;
  std::uint64_t seed = 1404;
  core::Day opening = core::Day{std::chrono::year{2023} / 1 / 2};
  int weeks = 104;  ///< from the opening to the last day, >= 1; customers come in the first half
  clv::MbgNbd purchases{{.r = 0.9, .alpha = 7, .a = 0.7, .b = 3.5}};
  clv::GammaGamma amounts{{.p = 4, .q = 4.5, .gamma = 32}};
  double returned = 0.03;  ///< share of purchases that come back, in part, within two weeks
  core::Currency currency{"USD"};
  core::Threads threads = {};
};

/// The last day on which anything happens in the shop: `weeks` after its opening, less a day.
[[nodiscard]] core::AsOf last_day(const ShopOptions& options = {});

/// The shop's transactions, with customers 1, 2, 3, ...: each buys first on a day of the first half
/// and from then on as the models say; instants in UTC, amounts rounded to minor units, at least
/// one. Customer i depends on the seed and i alone.
/// \throws std::domain_error if returned is not in [0, 1] or weeks < 1.
[[nodiscard]] record::Ledger make_shop(const ShopOptions& options = {});

}  // namespace rapport::testing

#endif  // RAPPORT_TESTING_SHOP_HPP
