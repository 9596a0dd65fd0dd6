#ifndef RAPPORT_CLV_EQUITY_HPP
#define RAPPORT_CLV_EQUITY_HPP

/// \file
/// What a customer base is worth over several horizons, with what is uncertain about that stated
/// apart: the parameters, which more customers or longer observation would settle, and chance,
/// which nothing does.
///
///   const auto equity = customer_equity(purchases, histories, spend, spends,
///                                       {.horizons = {weeks(13), weeks(52)}, .margin = 0.3});
///   equity[1].together    // the value of a year, and where the outcome will fall
///
/// A horizon may be `forever`: customer equity in the full sense. BG/BB counts opportunities, and
/// contracts renewals: how far apart these are is then said, and a horizon holds a whole number of
/// them.
///
/// The variance of chance is the sum of those of the customers, who are independent given the
/// parameters: purchase_moments.hpp in closed form, with the amounts that Gamma-Gamma expects. That
/// of the parameters comes from the delta method, both fits being independent. Intervals are those
/// of a normal law of the logarithm: right for a base, which adds up many customers; for one
/// customer ask prediction.hpp.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>  // check_same_period, predicts
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/prediction.hpp>  // SpendLaw
#include <rapport/clv/purchase_moments.hpp>
#include <rapport/clv/renewal_moments.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/clv/uncertainty.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/discount.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/time.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace rapport::clv {

/// The horizon without an end.
inline constexpr core::TimeSpan forever{std::numeric_limits<double>::infinity(), core::years};

/// What to count.
struct EquityOptions {
  /// Each >= 0; `forever` is one.
  std::vector<core::TimeSpan> horizons = {core::weeks(52)};
  core::DiscountRate discount = core::AnnualRate(0.10);
  /// A rate for each row, in place of the one for all; empty: none.
  std::vector<core::DiscountRate> discounts = {};
  double margin = 1;          ///< of what is spent, >= 0
  double level = 0.90;        ///< of the intervals
  core::Threads threads = 1;  ///< the answer is the same bytes for any number
  core::Watch watch = {};
};

/// What the base is worth over one horizon. All values are discounted margins. Status `undefined`:
/// the mean is infinite, as it may be for ever without a discount.
struct Equity {
  core::TimeSpan horizon = core::weeks(52);
  core::Estimate parameters;   ///< the expected value, uncertain as the parameters are
  core::Estimate chance;       ///< the same, if the parameters were known: prediction
  core::Estimate together;     ///< the same, with both: where the outcome will fall
  double parameter_error = 0;  ///< standard deviation by the parameters alone; NaN if unknown
  double chance_error = 0;     ///< by chance alone; NaN where that is infinite
  /// True if the value is finite but its variance by chance is not: of amounts under Gamma-Gamma
  /// with q + p x <= 2, or of purchases for ever without a discount. Then `chance` and `together`
  /// have no interval.
  bool infinite_variance = false;
  std::size_t left_out = 0;       ///< rows whose expected amount is infinite: not in the sums
  std::vector<double> value;      ///< expected, row = row of the histories
  std::vector<double> deviation;  ///< standard deviation of chance, likewise
};

/// What one purchase of a customer comes to: known amounts, or a law of them.
struct AmountMoments {
  double mean = 1;         ///< of an amount
  double square = 1;       ///< mean of its square
  double mean_square = 1;  ///< mean of the square of the customer's own mean

  /// An amount that is the same for certain.
  [[nodiscard]] static AmountMoments certain(double amount) noexcept {
    return {amount, amount * amount, amount * amount};
  }
  /// Of a Gamma-Gamma law: NaN where infinite.
  [[nodiscard]] static AmountMoments of(const SpendLaw& law) noexcept;
};

/// From sums over the rows to estimates: the value, its relative standard error by parameters, its
/// standard deviation by chance.
void settle_equity(Equity& equity, double value, double relative_error, double chance_variance,
                   double level, std::size_t rows);

/// Places the horizons, and each row's rate, in the period of the histories.
/// \throws std::invalid_argument or std::domain_error as customer_equity does.
struct EquityRequest {
  std::vector<double> horizons;
  std::vector<double> deltas;  ///< one, or one a row

  EquityRequest(const EquityOptions& options, const FitReport& fit, const Histories& histories,
                std::size_t amounts);
  /// In steps `apart`: horizons as whole numbers of them, rates d by which a step later is worth
  /// 1 / (1 + d).
  EquityRequest(const EquityOptions& options, core::TimeSpan apart, std::size_t rows,
                std::size_t amounts);
  [[nodiscard]] double delta(std::size_t row) const noexcept {
    return deltas.size() == 1 ? deltas.front() : deltas[row];
  }

 private:
  void set(const EquityOptions& options, std::size_t rows, std::size_t amounts,
           const std::function<double(core::TimeSpan)>& horizon_of,
           const std::function<double(const core::DiscountRate&)>& rate_of);
};

namespace detail {

// What a row adds for one horizon.
template <std::size_t Models, std::size_t Spends>
struct EquitySums {
  std::array<double, Models> by_purchases{};
  std::array<double, Spends> by_spends{};

  void operator+=(const EquitySums& other) {
    for (std::size_t i = 0; i < Models; ++i) by_purchases[i] += other.by_purchases[i];
    for (std::size_t i = 0; i < Spends; ++i) by_spends[i] += other.by_spends[i];
  }
};

// The engine: amount(row) is what is known of a row's amounts, neighbours(row) the mean amount
// under each neighbour of the spend model.
template <class Model, std::size_t Spends, class Rows, class Amount, class Neighbours,
          class SpendError>
std::vector<Equity> equity_of(const Fit<Model>& fit, const Rows& histories,
                              const EquityRequest& request, const EquityOptions& options,
                              const Amount& amount, const Neighbours& neighbours,
                              const SpendError& spend_error) {
  using Sums = EquitySums<Neighbourhood<Model>::models, Spends>;
  constexpr std::size_t grain = 256;
  constexpr std::size_t rows_per_report = 64 * grain;
  const Neighbourhood<Model> models(fit, options.level);
  const std::size_t rows = histories.size();
  const std::size_t count = request.horizons.size();
  std::vector<Equity> result(count);
  for (std::size_t h = 0; h < count; ++h) {
    result[h].horizon = options.horizons[h];
    result[h].value.assign(rows, std::numeric_limits<double>::quiet_NaN());
    result[h].deviation.assign(rows, std::numeric_limits<double>::quiet_NaN());
  }
  std::vector<Sums> total(count);
  const auto add_row = [&](std::size_t row, std::vector<Sums>& sums) {
    const auto c = histories[row];
    const AmountMoments spent = amount(row);
    if (!std::isfinite(spent.mean)) return;
    const double customers = histories.customers(row);
    const double delta = request.delta(row);
    const std::array<double, Spends> means = neighbours(row);
    for (std::size_t h = 0; h < count; ++h) {
      const double t = request.horizons[h];
      const PurchaseMoments moments = purchase_moments(models.centre(), c, t, delta);
      const double factor = options.margin * customers;
      // Rounding may leave a certainty a little below 0; NaN, where infinite, stays.
      const double variance = moments.variance(spent.square, spent.mean_square, spent.mean);
      result[h].value[row] = factor * spent.mean * moments.mean;
      result[h].deviation[row] =
          options.margin * std::sqrt(variance < 0 ? 0 : customers * variance);
      const auto asked =
          models.ask([&](const Model& m) { return discounted_within(m, c, t, delta); });
      for (std::size_t i = 0; i < asked.size(); ++i) {
        sums[h].by_purchases[i] += factor * spent.mean * asked[i];
      }
      for (std::size_t i = 0; i < Spends; ++i) {
        sums[h].by_spends[i] += factor * means[i] * moments.mean;
      }
    }
  };
  for (std::size_t begin = 0; begin < rows; begin += rows_per_report) {
    options.watch.report({"valuing customers", begin, rows});
    const auto blocks = core::map_blocks(options.threads, std::min(rows_per_report, rows - begin),
                                         grain, [&](std::size_t from, std::size_t to) {
                                           std::vector<Sums> sums(count);
                                           for (std::size_t i = from; i < to; ++i)
                                             add_row(begin + i, sums);
                                           return sums;
                                         });
    for (const auto& block : blocks) {
      for (std::size_t h = 0; h < count; ++h) total[h] += block[h];
    }
  }
  options.watch.report({"valuing customers", rows, rows});
  for (std::size_t h = 0; h < count; ++h) {
    // From left to right, so that the whole is the sum of its rows to the last bit.
    double value = 0, variance = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      if (std::isnan(result[h].value[row])) {
        if (!std::isfinite(amount(row).mean)) {
          ++result[h].left_out;
          continue;
        }
        value = variance = std::numeric_limits<double>::quiet_NaN();  // infinite for ever
      }
      value += result[h].value[row];
      variance += result[h].deviation[row] * result[h].deviation[row];
    }
    auto logs = total[h].by_purchases;
    for (double& each : logs) each = std::log(each / total[h].by_purchases[0]);
    const double relative =
        std::hypot(models.standard_error(logs), spend_error(total[h].by_spends));
    settle_equity(result[h], value, relative, variance, options.level, rows);
  }
  return result;
}

[[nodiscard]] std::vector<Equity> abstained_equity(const EquityOptions& options, std::size_t rows);

// With the amounts of a Gamma-Gamma fit.
template <class Model, class Rows>
std::vector<Equity> equity_with_spends(const Fit<Model>& purchases, const Rows& histories,
                                       const EquityRequest& request, const Fit<GammaGamma>& spend,
                                       const Spends& spends, const EquityOptions& options) {
  if (!predicts(purchases) || !predicts(spend)) {
    return abstained_equity(options, histories.size());
  }
  const Neighbourhood<GammaGamma> amounts(spend, options.level);
  const auto known = [&](std::size_t row) {
    return spends.informative(row) ? spends.columns().frequency[row] : 0;
  };
  const auto zbar = [&](std::size_t row) {
    return spends.informative(row) ? spends.columns().monetary_value[row] : 0;
  };
  return equity_of<Model, Neighbourhood<GammaGamma>::models>(
      purchases, histories, request, options,
      [&](std::size_t row) {
        return AmountMoments::of(SpendLaw::after(amounts.centre(), known(row), zbar(row)));
      },
      [&](std::size_t row) {
        return amounts.ask(
            [&](const GammaGamma& m) { return m.expected_spend(known(row), zbar(row)); });
      },
      [&](Neighbourhood<GammaGamma>::Values sums) {
        const double centre = sums[0];
        for (double& each : sums) each = std::log(each / centre);
        return amounts.standard_error(sums);
      });
}

// With certain amounts.
template <class Model, class Rows>
std::vector<Equity> equity_with_amounts(const Fit<Model>& purchases, const Rows& histories,
                                        const EquityRequest& request,
                                        std::span<const double> amounts,
                                        const EquityOptions& options) {
  for (const double amount : amounts) {
    if (!std::isnan(amount)) core::check_not_negative_finite(amount, "customer_equity", "amount");
  }
  if (!predicts(purchases)) return abstained_equity(options, histories.size());
  return equity_of<Model, 1>(
      purchases, histories, request, options,
      [&](std::size_t row) { return AmountMoments::certain(amounts[row]); },
      [&](std::size_t row) { return std::array<double, 1>{amounts[row]}; },
      [](const std::array<double, 1>&) { return 0.0; });
}

}  // namespace detail

/// The worth of the base with the amounts that a Gamma-Gamma fit expects, row by row: spends stand
/// in the order of the histories; silent ones get the mean of all customers. One answer for each
/// horizon, in the order asked for. A fit that is not usable() leaves `parameters` and `together`
/// without intervals; one that predicts nothing, all abstained.
/// \throws std::invalid_argument if the sizes differ, if there is no horizon, or if the fit knows
/// another unit of time than the histories; std::domain_error for a horizon that is negative or no
/// number, a negative rate, a negative margin, or a level not in (0, 1); core::Cancelled.
template <class Model>
[[nodiscard]] std::vector<Equity> customer_equity(const Fit<Model>& purchases,
                                                  const Histories& histories,
                                                  const Fit<GammaGamma>& spend,
                                                  const Spends& spends,
                                                  const EquityOptions& options = {}) {
  const EquityRequest request(options, purchases, histories, spends.size());
  return detail::equity_with_spends(purchases, histories, request, spend, spends, options);
}

/// The same with one amount a row, taken as certain: 1 each counts discounted purchases.
/// \throws as above; std::domain_error unless each amount is finite and >= 0, or NaN to leave its
/// row out.
template <class Model>
[[nodiscard]] std::vector<Equity> customer_equity(const Fit<Model>& purchases,
                                                  const Histories& histories,
                                                  std::span<const double> amounts,
                                                  const EquityOptions& options = {}) {
  const EquityRequest request(options, purchases, histories, amounts.size());
  return detail::equity_with_amounts(purchases, histories, request, amounts, options);
}

/// The worth of a base that buys on numbered opportunities, which are `apart` from each other:
/// money at the l-th from now is discounted over l times that. \throws as above; std::domain_error
/// also for a horizon of no whole number of opportunities.
template <class Model>
[[nodiscard]] std::vector<Equity> customer_equity(
    const Fit<Model>& purchases, const Opportunities& histories, core::TimeSpan apart,
    const Fit<GammaGamma>& spend, const Spends& spends, const EquityOptions& options = {}) {
  const EquityRequest request(options, apart, histories.size(), spends.size());
  return detail::equity_with_spends(purchases, histories, request, spend, spends, options);
}

/// The same with one amount a row, taken as certain. \throws as above.
template <class Model>
[[nodiscard]] std::vector<Equity> customer_equity(const Fit<Model>& purchases,
                                                  const Opportunities& histories,
                                                  core::TimeSpan apart,
                                                  std::span<const double> amounts,
                                                  const EquityOptions& options = {}) {
  const EquityRequest request(options, apart, histories.size(), amounts.size());
  return detail::equity_with_amounts(purchases, histories, request, amounts, options);
}

/// The worth of the renewals to come of customers under contract, which are `apart` from each other
/// and worth one amount a row, taken as certain. The first of them is due now: weeks(52) of
/// renewals weeks(13) apart are those due now and in 13, 26 and 39 weeks.
/// \throws as above.
template <ContractModel Model>
[[nodiscard]] std::vector<Equity> customer_equity(const Fit<Model>& contracts,
                                                  const ContractMembers& members,
                                                  core::TimeSpan apart,
                                                  std::span<const double> amounts,
                                                  const EquityOptions& options = {}) {
  const EquityRequest request(options, apart, members.size(), amounts.size());
  return detail::equity_with_amounts(contracts, members, request, amounts, options);
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_EQUITY_HPP
