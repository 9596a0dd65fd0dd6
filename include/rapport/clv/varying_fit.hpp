#ifndef RAPPORT_CLV_VARYING_FIT_HPP
#define RAPPORT_CLV_VARYING_FIT_HPP

/// \file
/// Fits of models whose covariates vary in time.
///
///   const auto fit = clv::fit_varying<clv::ParetoNbdVarying>(
///       data, {.purchase = {"high_season", "gender"}, .dropout = {"gender"}});
///   if (fit.usable()) std::cout << fit.model().expected_purchases(data, 0, 52);

#include <rapport/clv/covariate_fit.hpp>
#include <rapport/clv/varying_histories.hpp>

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace rapport::clv {

/// Which of the data's covariates move which process.
struct CovariateNames {
  std::vector<std::string> purchase;
  std::vector<std::string> dropout;
};

/// A model with the report of its fit.
template <class Model>
struct VaryingFit : CovariateReport {
  typename Model::Params params;

  /// The model with the fitted parameters. Ask usable() first.
  [[nodiscard]] Model model() const { return Model(params); }
};

/// A quantity of the fitted model, `ask(model)`, with the interval that the uncertainty of the
/// parameters gives it: estimate_of(fit, Quantity::positive, [&](const ParetoNbdVarying& model) {
/// return model.expected_purchases(data, row, 52); }).
template <class Model, class Ask>
[[nodiscard]] core::Estimate estimate_of(const VaryingFit<Model>& fit, Quantity kind,
                                         const Ask& ask, double level = 0.90) {
  const CovariateReport& report = fit;
  const std::function<double(std::span<const double>)> function = [&](std::span<const double> p) {
    return ask(Model({p[0], p[1], p[2], p[3],
                      coefficients_at(fit, "purchase", fit.params.purchase.names, p),
                      coefficients_at(fit, "dropout", fit.params.dropout.names, p)}));
  };
  return delta_estimate(report, kind, function, level);
}

/// Fits ParetoNbdVarying or MbgNbdVarying. Trouble with data or search is a status, never an
/// exception: covariates that are constant or depend on each other are held at 0 and named
/// (not_identified), as is a coefficient that runs to infinity because a covariate separates those
/// who drop out.
/// \throws std::invalid_argument for names that the data do not have, that are given twice, or that
/// are to be equal but are not in both processes; std::domain_error for penalties that are not
/// finite and >= 0; what the watch's on_progress throws.
template <class Model>
[[nodiscard]] VaryingFit<Model> fit_varying(const VaryingHistories& data,
                                            const CovariateNames& names,
                                            const CovariateOptions& options = {});

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_VARYING_FIT_HPP
