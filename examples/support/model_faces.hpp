#ifndef RAPPORT_EXAMPLES_SUPPORT_MODEL_FACES_HPP
#define RAPPORT_EXAMPLES_SUPPORT_MODEL_FACES_HPP

/// \file
/// What fit_model has to know of each kind of model: the columns that its summary has, the data
/// that they are to the library, and what is predicted for a row. A face has
///
///   Model, predictions (the header of their file), Face(path, period), rows() as the library takes
///   them, data() as it fits them, predict(model, row, asked)
///
/// and, where the library has them with intervals, of the customers together
///
///   forecasts(fit, options), counts(fit, horizon, level, threads), equity(fit, options, amounts),
///   where amounts are known, or spends with the fit of a model of them
///
/// and the list of models at the end is the only place that names them all.

#include <rapport/clv/bdw.hpp>
#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/covariate_forecast.hpp>
#include <rapport/clv/covariates.hpp>
#include <rapport/clv/discrete_weibull.hpp>
#include <rapport/clv/equity.hpp>
#include <rapport/clv/exponential_gamma.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/prediction.hpp>
#include <rapport/clv/renewal_moments.hpp>
#include <rapport/clv/retention.hpp>
#include <rapport/clv/sbg.hpp>

#include "support/summary.hpp"

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// What predictions are asked for.
struct Asked {
  double horizon = nan;  ///< NaN: none
  double discount = 0;   ///< a period: continuous, or 1 / (1 + d) where time is discrete
};

/// What is predicted of purchases, for one history.
template <class Model>
struct PurchasePredictions {
  static constexpr std::string_view header =
      "log_likelihood,log_p_alive,p_alive,expected_purchases,new_customer_purchases,"
      "discounted_residual";

  static Column of(const Model& model, const typename Model::History& c, const Asked& asked) {
    const bool to_horizon = !std::isnan(asked.horizon);
    return {model.log_likelihood(c),
            model.log_probability_alive(c),
            model.probability_alive(c),
            to_horizon ? model.expected_purchases(c, asked.horizon) : nan,
            to_horizon ? model.expected_purchases(asked.horizon) : nan,
            model.discounted_purchases(c, asked.discount)};
  }
};

/// When customers buy.
template <class AnyModel>
struct Purchases {
  using Model = AnyModel;
  static constexpr std::string_view predictions = PurchasePredictions<Model>::header;

  Summary summary;
  rapport::Period period;

  // Models of regular buying cannot do without the intervals.
  static constexpr bool needs_intervals = requires(typename Model::Params params) { params.k; };

  explicit Purchases(const std::string& path, std::optional<rapport::Period> unit = {})
      : summary(path,
                needs_intervals
                    ? std::vector<std::string>{"frequency", "recency", "T", "sum_log_intervals"}
                    : std::vector<std::string>{"frequency", "recency", "T"},
                {"customers", "sum_log_intervals"}),
        period(unit.value_or(rapport::weeks)) {}

  // The file does not say its unit of time: whatever it is, horizon and alpha have the same. Yearly
  // rates alone have to know it.
  [[nodiscard]] rapport::clv::Histories rows() const {
    return {{.frequency = summary["frequency"],
             .recency = summary["recency"],
             .age = summary["T"],
             .customers = summary["customers"],
             .sum_log_intervals = summary["sum_log_intervals"]},
            period};
  }
  [[nodiscard]] rapport::clv::Patterns data() const { return rapport::clv::Patterns(rows()); }

  [[nodiscard]] Column predict(const Model& model, std::size_t row, const Asked& asked) const {
    return PurchasePredictions<Model>::of(model, rows()[row], asked);
  }

  /// Expected purchases within the horizon, row by row.
  [[nodiscard]] Column forecast(const Model& model, const Asked& asked) const {
    const auto all = rows();
    Column result;
    for (std::size_t row = 0; row < all.size(); ++row) {
      result.push_back(model.expected_purchases(all[row], asked.horizon));
    }
    return result;
  }

  [[nodiscard]] rapport::clv::Forecast forecasts(
      const rapport::clv::Fit<Model>& fit, const rapport::clv::ForecastOptions& options) const {
    return rapport::clv::forecast(fit, rows(), options, summary["customers"]);
  }
  [[nodiscard]] rapport::clv::Forecast forecasts(
      const rapport::clv::CovariateFit<Model>& fit, const rapport::clv::CovariateSets& sets,
      const rapport::clv::ForecastOptions& options) const {
    return rapport::clv::forecast(fit, rows(), sets, options, summary["customers"]);
  }
  [[nodiscard]] rapport::core::EstimateColumn counts(const rapport::clv::Fit<Model>& fit,
                                                     double horizon, double level,
                                                     const rapport::core::Threads& threads) const {
    return rapport::clv::predict_counts(fit, rows(), period(horizon), level, threads);
  }

  template <class... Amounts>
  [[nodiscard]] std::vector<rapport::clv::Equity> equity(const rapport::clv::Fit<Model>& fit,
                                                         const rapport::clv::EquityOptions& options,
                                                         const Amounts&... amounts) const {
    return rapport::clv::customer_equity(fit, rows(), amounts..., options);
  }
};

/// On which of their opportunities they buy.
template <class AnyModel>
struct Opportunities {
  using Model = AnyModel;
  static constexpr std::string_view predictions = PurchasePredictions<Model>::header;

  Summary summary;
  rapport::Period period;  ///< one opportunity in each

  explicit Opportunities(const std::string& path, std::optional<rapport::Period> unit = {})
      : summary(path, {"frequency", "recency", "periods|T"}, {"customers"}),
        period(unit.value_or(rapport::years)) {}

  [[nodiscard]] rapport::clv::Opportunities rows() const {
    return rapport::clv::Opportunities({.frequency = summary["frequency"],
                                        .recency = summary["recency"],
                                        .opportunities = summary["periods"],
                                        .customers = summary["customers"]});
  }
  [[nodiscard]] rapport::clv::OpportunityPatterns data() const {
    return rapport::clv::OpportunityPatterns(rows());
  }

  [[nodiscard]] Column predict(const Model& model, std::size_t row, const Asked& asked) const {
    return PurchasePredictions<Model>::of(model, rows()[row], asked);
  }

  [[nodiscard]] rapport::clv::Forecast forecasts(
      const rapport::clv::Fit<Model>& fit, const rapport::clv::ForecastOptions& options) const {
    return rapport::clv::forecast(fit, rows(), period(1), options, summary["customers"]);
  }
  [[nodiscard]] rapport::clv::Forecast forecasts(
      const rapport::clv::CovariateFit<Model>& fit, const rapport::clv::CovariateSets& sets,
      const rapport::clv::ForecastOptions& options) const {
    struct Answers {
      Model model;
      rapport::clv::OpportunityHistory history;
      [[nodiscard]] double alive() const { return model.probability_alive(history); }
      [[nodiscard]] double expected(double t) const { return model.expected_purchases(history, t); }
      [[nodiscard]] double discounted(double t, double delta) const {
        return model.discounted_purchases(history, t, std::expm1(delta));
      }
    };
    const auto all = rows();
    return rapport::clv::forecast_rows(
        fit, all.size(), period, options, summary["customers"],
        [&](const rapport::clv::WithCovariates<Model>& model, std::size_t row) {
          return Answers{model.model_of(sets, row), all[row]};
        });
  }
  [[nodiscard]] rapport::core::EstimateColumn counts(const rapport::clv::Fit<Model>& fit,
                                                     double horizon, double level,
                                                     const rapport::core::Threads& threads) const {
    return rapport::clv::predict_counts(fit, rows(), horizon, level, threads);
  }

  template <class... Amounts>
  [[nodiscard]] std::vector<rapport::clv::Equity> equity(const rapport::clv::Fit<Model>& fit,
                                                         const rapport::clv::EquityOptions& options,
                                                         const Amounts&... amounts) const {
    return rapport::clv::customer_equity(fit, rows(), period(1), amounts..., options);
  }
};

/// How long they stay under contract. Rows are cohorts, `alive` of them still there after t
/// renewals; or single customers, who left (`churned` is 1) after t renewals or have not yet.
template <class AnyModel>
struct Contracts {
  using Model = AnyModel;
  static constexpr std::string_view predictions =
      "log_pmf,log_survival,retention,discounted_lifetime,discounted_residual_lifetime";

  Summary summary;
  rapport::Period period;  ///< one renewal in each

  explicit Contracts(const std::string& path, std::optional<rapport::Period> unit = {})
      : summary(path, {"t"}, {"alive", "cohort", "churned", "customers"}),
        period(unit.value_or(rapport::years)) {}

  // Cohorts have no covariates: each contract needs a row of its own.
  [[nodiscard]] rapport::clv::Tenures rows() const requires std::same_as<Model, rapport::clv::Sbg> {
    if (summary["churned"].empty()) {
      throw UsageError("with covariates, sbg takes a row a customer: t, churned");
    }
    return rapport::clv::Tenures(
        {.tenure = summary["t"], .churned = summary["churned"], .customers = summary["customers"]});
  }
  [[nodiscard]] rapport::clv::Retention data() const {
    const Column& t = summary["t"];
    if (!summary["churned"].empty()) {
      return rapport::clv::Retention(rapport::clv::TenureColumns{
          .tenure = t, .churned = summary["churned"], .customers = summary["customers"]});
    }
    // To evaluate a model, t suffices.
    if (summary["alive"].empty()) {
      return rapport::clv::Retention(rapport::clv::CohortColumns{.t = {}, .alive = {}});
    }
    return rapport::clv::Retention(rapport::clv::CohortColumns{
        .t = t, .alive = summary["alive"], .cohort = summary["cohort"]});
  }

  [[nodiscard]] Column predict(const Model& model, std::size_t row, const Asked& asked) const {
    const double t = summary["t"][row];
    const double d = asked.discount;
    // Nobody is in a period 0, and nobody leaves in it.
    if (t == 0) return {nan, 0, nan, model.discounted_lifetime(d), nan};
    return {model.log_pmf(t), model.log_survival(t), model.retention_rate(t),
            model.discounted_lifetime(d), model.discounted_residual_lifetime(t, d)};
  }

  /// The rows of those who are under contract now: the last of each cohort, or customers who have
  /// not left.
  [[nodiscard]] std::vector<std::size_t> members() const {
    const Column& t = summary["t"];
    std::vector<std::size_t> result;
    if (!summary["churned"].empty()) {
      for (std::size_t row = 0; row < t.size(); ++row) {
        if (summary["churned"][row] == 0) result.push_back(row);
      }
      return result;
    }
    if (summary["alive"].empty()) {
      throw UsageError("--equity has to know who is under contract: give alive, or churned");
    }
    std::map<double, std::size_t> last;
    for (std::size_t row = 0; row < t.size(); ++row) {
      const double cohort = summary["cohort"].empty() ? 0 : summary["cohort"][row];
      const auto at = last.emplace(cohort, row).first;
      if (t[row] > t[at->second]) at->second = row;
    }
    for (const auto& each : last) result.push_back(each.second);
    return result;
  }

  /// `amounts`: what a renewal is worth, row = row of the file. Who made t renewals is in the
  /// period t + 1, at whose end the next one is due.
  [[nodiscard]] std::vector<rapport::clv::Equity> equity(const rapport::clv::Fit<Model>& fit,
                                                         const rapport::clv::EquityOptions& options,
                                                         const Column& amounts) const {
    const std::string of = summary["churned"].empty() ? "alive" : "customers";
    Column periods, customers, worth;
    for (const std::size_t row : members()) {
      periods.push_back(summary["t"][row] + 1);
      customers.push_back(summary[of].empty() ? 1 : summary[of][row]);
      worth.push_back(amounts[row]);
    }
    return rapport::clv::customer_equity(
        fit, rapport::clv::ContractMembers({.period = periods, .customers = customers}), period(1),
        worth, options);
  }
};

/// What they spend.
struct Spending {
  using Model = rapport::clv::GammaGamma;
  static constexpr std::string_view predictions = "log_likelihood,expected_spend";

  Summary summary;

  explicit Spending(const std::string& path, std::optional<rapport::Period> = {})
      : summary(path, {"frequency", "monetary_value"}, {"customers"}) {}

  [[nodiscard]] rapport::clv::Spends rows() const {
    return rapport::clv::Spends({.frequency = summary["frequency"],
                                 .monetary_value = summary["monetary_value"],
                                 .customers = summary["customers"]});
  }
  [[nodiscard]] rapport::clv::SpendPatterns data() const {
    return rapport::clv::SpendPatterns(rows());
  }

  [[nodiscard]] Column predict(const Model& model, std::size_t row, const Asked&) const {
    const double x = summary["frequency"][row];
    const double mean = summary["monetary_value"][row];
    // Without purchases there is nothing to be likely; a mean <= 0 has no density.
    if (x == 0) return {0, model.population_mean()};
    if (!(mean > 0)) return {nan, nan};
    return {model.log_likelihood(x, mean), model.expected_spend(x, mean)};
  }
};

/// Calls use.template operator()<Face>() for the model of that name.
/// \throws UsageError that lists the names for any other.
template <class Use>
void with_model(std::string_view model, const Use& use) {
  using namespace rapport;
  bool found = false;
  std::string known;
  const auto offer = [&]<class Face>(std::string_view name) {
    known.append(known.empty() ? "" : ", ").append(name);
    if (model != name) return;
    found = true;
    use.template operator()<Face>();
  };
  offer.template operator()<Purchases<clv::Nbd>>("nbd");
  offer.template operator()<Purchases<clv::ParetoNbd>>("pareto_nbd");
  offer.template operator()<Purchases<clv::ParetoNbdSarmanov>>("pareto_nbd_sarmanov");
  offer.template operator()<Purchases<clv::BgNbd>>("bg_nbd");
  offer.template operator()<Purchases<clv::MbgNbd>>("mbg_nbd");
  offer.template operator()<Purchases<clv::GgompertzNbd>>("ggompertz_nbd");
  offer.template operator()<Purchases<clv::BgCnbdK>>("bg_cnbd_k");
  offer.template operator()<Purchases<clv::MbgCnbdK>>("mbg_cnbd_k");
  offer.template operator()<Opportunities<clv::BgBb>>("bg_bb");
  offer.template operator()<Contracts<clv::Sbg>>("sbg");
  offer.template operator()<Contracts<clv::Bdw>>("bdw");
  offer.template operator()<Contracts<clv::DiscreteWeibull>>("discrete_weibull");
  offer.template operator()<Contracts<clv::ExponentialGamma>>("exponential_gamma");
  offer.template operator()<Spending>("gamma_gamma");
  if (!found) {
    known.append(", or with --mcmc pareto_nbd, pareto_nbd_abe, pareto_ggg");
    throw UsageError("there is no model '" + std::string(model) + "': choose one of " + known);
  }
}

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_MODEL_FACES_HPP
