#ifndef RAPPORT_CLV_COVARIATES_HPP
#define RAPPORT_CLV_COVARIATES_HPP

/// \file
/// Covariates that do not change over time: gender, channel of acquisition, size of the first
/// basket. Each customer has the plain model with parameters of its own, so that every question of
/// the plain model can be asked.
///
///   const Covariates who({.names = {"gender", "channel"}, .values = {gender, channel}});
///   const CovariateSets sets{.purchase = who, .dropout = who};
///   const auto fit = fit_with_covariates<ParetoNbd>(histories, sets);
///   if (fit.usable()) std::cout << fit.model().model_of(sets, 0).probability_alive(histories[0]);
///
/// Coefficients act on logarithms of parameters, with the signs that make a positive coefficient
/// mean more of what the process is named after:
///
///   model               purchase                  dropout                        spend
///   Pareto/NBD          alpha exp(-c'x)           beta exp(-c'x)                 -
///   GGompertz/NBD       alpha exp(-c'x)           beta exp(-c'x)                 -
///   BG/NBD, MBG/NBD     alpha exp(-c'x)           a and b exp(c'x), or a alone   -
///   BG/BB               alpha exp(c'x)            gamma exp(c'x)                 -
///   sBG                 -                         alpha exp(c'x)                 -
///   Gamma-Gamma         -                         -                              gamma exp(c'x)
///
/// Mean purchase rates, hazards of dropping out and mean amounts are so multiplied by exp(c'x);
/// where a chance has a beta law, the odds of its mean are (see BetaEffect for the exception).
/// docs/models/covariates.md says why.

#include <rapport/clv/covariate_fit.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/retention.hpp>
#include <rapport/clv/spends.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::clv {

/// Covariates by column, row = customer: a view that was checked. The columns are the caller's, are
/// not copied, and must outlive it unchanged. Bring them to comparable scales if a penalty is used;
/// without one the scale does not matter.
class Covariates {
 public:
  struct Columns {
    std::vector<std::string> names;
    std::vector<std::span<const double>> values;  ///< one a name, all of one size
  };

  /// None.
  Covariates() = default;

  /// \throws std::invalid_argument if sizes differ, or a name is empty or occurs twice;
  /// std::domain_error that names the first row and covariate that is not finite.
  explicit Covariates(Columns columns);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.names.size(); }
  [[nodiscard]] std::size_t rows() const noexcept {
    return columns_.values.empty() ? 0 : columns_.values.front().size();
  }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return columns_.names; }

  /// \pre row < rows(), covariate < size().
  [[nodiscard]] double value(std::size_t row, std::size_t covariate) const noexcept {
    return columns_.values[covariate][row];
  }

 private:
  Columns columns_;
};

/// Contracts by column, row = customer: a view that was checked, for fits with covariates, where
/// cohorts do not tell enough. The columns are the caller's, are not copied, and must outlive it
/// unchanged.
class Tenures {
 public:
  /// \throws as Retention does.
  explicit Tenures(const TenureColumns& columns);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.tenure.size(); }
  [[nodiscard]] const TenureColumns& columns() const noexcept { return columns_; }

  /// Customers that the row stands for. \pre row < size().
  [[nodiscard]] double customers(std::size_t row) const noexcept {
    return columns_.customers.empty() ? 1 : columns_.customers[row];
  }

 private:
  TenureColumns columns_;
};

/// What covariates can move.
enum class Process : std::uint8_t { purchase, dropout, spend };

/// "purchase", "dropout", "spend".
[[nodiscard]] std::string_view to_text(Process process) noexcept;

/// Covariates of each process; a model takes those of the processes that it has.
struct CovariateSets {
  Covariates purchase = {};
  Covariates dropout = {};
  Covariates spend = {};

  [[nodiscard]] const Covariates& of(Process process) const noexcept {
    return process == Process::purchase ? purchase : process == Process::dropout ? dropout : spend;
  }
};

/// One customer's covariates, in the order of the coefficients.
struct CovariateValues {
  std::span<const double> purchase = {};
  std::span<const double> dropout = {};
  std::span<const double> spend = {};

  [[nodiscard]] std::span<const double> of(Process process) const noexcept {
    return process == Process::purchase ? purchase : process == Process::dropout ? dropout : spend;
  }
};

/// How covariates move a model: the processes that it has, and for each the factors of c'x in the
/// logarithms of the parameters. Specialised for each model that takes covariates.
template <class Model>
struct CovariateRule;

class BgBb;
class BgNbd;
class GammaGamma;
class GgompertzNbd;
class MbgNbd;
class ParetoNbd;
class Sbg;

template <>
struct CovariateRule<ParetoNbd> {
  static constexpr std::array processes = {Process::purchase, Process::dropout};
  [[nodiscard]] static constexpr std::array<double, 4> signs(Process process,
                                                             BetaEffect /*effect*/) noexcept {
    if (process == Process::purchase) return {0, -1, 0, 0};
    return {0, 0, 0, -1};
  }
};

template <>
struct CovariateRule<GgompertzNbd> {
  static constexpr std::array processes = {Process::purchase, Process::dropout};
  [[nodiscard]] static constexpr std::array<double, 5> signs(Process process,
                                                             BetaEffect /*effect*/) noexcept {
    if (process == Process::purchase) return {0, -1, 0, 0, 0};
    return {0, 0, 0, 0, -1};
  }
};

template <>
struct CovariateRule<BgBb> {
  static constexpr std::array processes = {Process::purchase, Process::dropout};
  [[nodiscard]] static constexpr std::array<double, 4> signs(Process process,
                                                             BetaEffect /*effect*/) noexcept {
    if (process == Process::purchase) return {1, 0, 0, 0};
    return {0, 0, 1, 0};
  }
};

template <>
struct CovariateRule<BgNbd> {
  static constexpr std::array processes = {Process::purchase, Process::dropout};
  [[nodiscard]] static constexpr std::array<double, 4> signs(Process process,
                                                             BetaEffect effect) noexcept {
    if (process == Process::purchase) return {0, -1, 0, 0};
    return {0, 0, 1, effect == BetaEffect::spread ? 1.0 : 0.0};
  }
};

template <>
struct CovariateRule<Sbg> {
  static constexpr std::array processes = {Process::dropout};
  [[nodiscard]] static constexpr std::array<double, 2> signs(Process /*process*/,
                                                             BetaEffect /*effect*/) noexcept {
    return {1, 0};
  }
};

template <>
struct CovariateRule<MbgNbd> : CovariateRule<BgNbd> {};

template <>
struct CovariateRule<GammaGamma> {
  static constexpr std::array processes = {Process::spend};
  [[nodiscard]] static constexpr std::array<double, 3> signs(Process /*process*/,
                                                             BetaEffect /*effect*/) noexcept {
    return {0, 0, 1};
  }
};

/// A model whose parameters depend on covariates: an immutable value.
template <class Model>
class WithCovariates {
 public:
  struct Params {
    typename Model::Params base;  ///< of a customer whose covariates are all 0
    Coefficients purchase = {}, dropout = {}, spend = {};
    BetaEffect beta_effect = BetaEffect::spread;

    [[nodiscard]] const Coefficients& of(Process process) const noexcept {
      return process == Process::purchase  ? purchase
             : process == Process::dropout ? dropout
                                           : spend;
    }
  };

  /// \throws std::domain_error that names the first base parameter that is none of the model's, or
  /// a coefficient that is not finite; std::invalid_argument if a process has not one name for each
  /// coefficient, or coefficients of a process that the model does not have.
  explicit WithCovariates(Params params);

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// The plain model of a customer with those covariates.
  /// \throws std::invalid_argument unless there is one value for each coefficient;
  /// std::domain_error where a parameter leaves the range of numbers.
  [[nodiscard]] Model model_of(const CovariateValues& values) const;

  /// The same for a row. \pre row < rows of the sets.
  /// \throws std::invalid_argument unless the covariates have the names of the coefficients, in
  /// their order; std::domain_error as above.
  [[nodiscard]] Model model_of(const CovariateSets& covariates, std::size_t row) const;

 private:
  Params params_;
};

/// A model with covariates and the report of its fit.
template <class Model>
struct CovariateFit : CovariateReport {
  typename WithCovariates<Model>::Params params;

  /// The model with the fitted parameters. Ask usable() first.
  [[nodiscard]] WithCovariates<Model> model() const { return WithCovariates<Model>(params); }
};

/// A quantity of the fitted model, `ask(model)`, with the interval that the uncertainty of the
/// parameters gives it: estimate_of(fit, Quantity::positive, [&](const auto& model) {
/// return model.model_of(sets, row).expected_purchases(histories[row], 52); }).
template <class Model, class Ask>
[[nodiscard]] core::Estimate estimate_of(const CovariateFit<Model>& fit, Quantity kind,
                                         const Ask& ask, double level = 0.90) {
  const CovariateReport& report = fit;
  const std::function<double(std::span<const double>)> function =
      [&](std::span<const double> parameters) {
        auto params = fit.params;
        params.base = params_of<Model>(parameters.first(Model::parameter_names.size()));
        params.purchase = coefficients_at(fit, "purchase", fit.params.purchase.names, parameters);
        params.dropout = coefficients_at(fit, "dropout", fit.params.dropout.names, parameters);
        params.spend = coefficients_at(fit, "spend", fit.params.spend.names, parameters);
        return ask(WithCovariates<Model>(std::move(params)));
      };
  return delta_estimate(report, kind, function, level);
}

/// Fits by maximum likelihood, penalised if asked; Data are Histories; Opportunities
/// for BgBb; Spends for GammaGamma; Tenures for Sbg; and row i of the covariates belongs to row i
/// of them. Equal rows are computed once. The search begins at the plain model's fit.
///
/// Trouble with data or search is a status, never an exception. not_identified: covariates that are
/// constant, or a combination of those before them, are held at 0 and named (a penalty identifies
/// them, and they are not held); so is a coefficient that runs to infinity because its covariate
/// separates who drops out from who does not, and where a model itself is not identified. The
/// parameters are those of covariates that are all 0: measure a year from one near the data, or
/// they leave the range of numbers (numeric_failure).
/// \throws std::invalid_argument for covariates of another number of rows than the data, of a
/// process that the model does not have, or that are to be equal but are not in both processes;
/// std::domain_error for penalties that are not finite and >= 0; what the watch's on_progress
/// throws.
template <class Model, class Data>
[[nodiscard]] CovariateFit<Model> fit_with_covariates(const Data& data,
                                                      const CovariateSets& covariates,
                                                      const CovariateOptions& options = {});

/// Log-likelihood of all rows in nats under the model of each.
/// \throws as WithCovariates::model_of.
template <class Model, class Data>
[[nodiscard]] double log_likelihood(const WithCovariates<Model>& model, const Data& data,
                                    const CovariateSets& covariates);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_COVARIATES_HPP
