#ifndef RAPPORT_EVALUATION_MODEL_COMPARISON_HPP
#define RAPPORT_EVALUATION_MODEL_COMPARISON_HPP

/// \file
/// Models side by side on the same customers: how well each explains what it saw, and how well it
/// foretold what it did not see, beside rules of thumb.
///
///   const auto split = clv::split(ledger, {.as_of = as_of("1997-09-30"), .last = ...});
///   const auto histories = split.calibration.histories();
///   std::vector<evaluation::Candidate> candidates = {
///       evaluation::candidate(clv::fit<clv::BgNbd>(histories), histories, split.horizon),
///       evaluation::candidate(clv::fit<clv::MbgNbd>(histories), histories, split.horizon)};
///   std::cout << to_text(evaluation::compare(candidates, histories, split.holdout_frequency,
///                                            {.horizon = split.horizon,
///                                             .recent = split.recent_frequency}));

#include <rapport/clv/fit.hpp>
#include <rapport/clv/forecast.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>
#include <rapport/evaluation/baselines.hpp>
#include <rapport/evaluation/forecast_errors.hpp>

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::evaluation {

/// A model that takes part. Any list of them, made at run time, can be compared; forecasts of a
/// host's own take part without a fit.
struct Candidate {
  std::string name;
  std::optional<clv::FitReport> fit = std::nullopt;
  std::vector<double> forecast = {};  ///< of the hold-out, row = customer; empty: it has none
  double seconds = std::numeric_limits<double>::quiet_NaN();  ///< of the fit, if it was timed
};

/// A fit of a model of repeat buying with its expected purchases within the horizon; without them
/// if it predicts nothing (clv::predicts).
/// \throws std::invalid_argument if the fit knows another unit of time than the histories;
/// std::domain_error for a horizon that is negative or not finite.
template <class Model>
[[nodiscard]] Candidate candidate(const clv::Fit<Model>& fit, const clv::Histories& histories,
                                  core::TimeSpan horizon, const core::Threads& threads = 1) {
  clv::check_same_period(fit, histories, "candidate");
  const double t = horizon.in(histories.period());
  core::check_not_negative_finite(t, "candidate", "horizon");
  Candidate result{.name = std::string(Model::name), .fit = fit};
  if (!clv::predicts(fit)) return result;
  result.forecast.resize(histories.size());
  const Model model = fit.model();
  core::for_blocks(threads, histories.size(), 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      result.forecast[i] = model.expected_purchases(histories[i], t);
    }
  });
  return result;
}

/// How a model explains what it saw.
struct FitRow {
  std::string name;
  clv::FitStatus status = clv::FitStatus::too_little_data;
  bool usable = false;
  std::size_t free_parameters = 0;
  double log_likelihood = 0;
  double aic = 0, bic = 0;
  /// Chance that this one of the usable models is the best of them, as far as AIC tells:
  /// exp(-AIC / 2), made to add up to 1. NaN for a fit that is not usable. K. P. Burnham,
  /// D. R. Anderson (2004), Multimodel Inference, Sociological Methods & Research 33(2), 261-304,
  /// doi:10.1177/0049124104268644.
  double akaike_weight = std::numeric_limits<double>::quiet_NaN();
  double seconds = std::numeric_limits<double>::quiet_NaN();
  std::string message;  ///< the fit's own
};

/// How a model or a rule foretold what it did not see.
struct ErrorRow {
  std::string name;
  std::string_view rule;  ///< in words; empty for a model
  ForecastErrors errors;
};

/// Fits and errors, each in the order of the candidates; rules of thumb follow.
struct Comparison {
  std::vector<FitRow> fits;
  std::vector<ErrorRow> errors;
};

/// The fits alone. Likelihoods compare only if all are of the same rows and the same law of time:
/// not one of days with one of yearly chances.
/// \throws std::invalid_argument if two fits saw different numbers of customers.
[[nodiscard]] Comparison compare(std::span<const Candidate> candidates);

/// Fits and hold-out errors, beside every rule of purchase_baselines(); row of all columns = row of
/// the histories. A row that stands for several customers has the values of each of them.
/// \throws as above and as purchase_baselines() and forecast_errors().
[[nodiscard]] Comparison compare(std::span<const Candidate> candidates,
                                 const clv::Histories& histories, std::span<const double> actual,
                                 const BaselineOptions& rules = {}, double level = 0.90);

/// The same of any quantity beside any rules, such as money beside spend_baselines(): forecasts,
/// rules and `actual` have one size.
/// \throws as the others.
[[nodiscard]] Comparison compare(std::span<const Candidate> candidates,
                                 std::span<const Baseline> rules, std::span<const double> actual,
                                 double level = 0.90);

/// Two tables for a terminal, lines of up to 100 characters; the one that is empty is left out.
[[nodiscard]] std::string to_text(const Comparison& comparison);

}  // namespace rapport::evaluation

#endif  // RAPPORT_EVALUATION_MODEL_COMPARISON_HPP
