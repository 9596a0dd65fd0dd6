#ifndef RAPPORT_CLV_GAMMA_GAMMA_HPP
#define RAPPORT_CLV_GAMMA_GAMMA_HPP

/// \file
/// Gamma-Gamma: what a customer spends on a purchase, on average.
///
/// P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), RFM and CLV: Using Iso-Value Curves for Customer
/// Base Analysis, Journal of Marketing Research 42(4), 415-430, doi:10.1509/jmkr.2005.42.4.415.
///
///   paper      here      unit       meaning
///   x          x         purchases  those that enter the average
///   zbar, m_x  zbar      money      the customer's observed mean amount
///   p          p         -          shape of the gamma law of one amount, the same for everyone
///   q, gamma   q, gamma  -, money   gamma law of that law's rate over customers
///
/// The average is taken to say nothing about how often the customer buys: check that the two are
/// uncorrelated before use.

#include <rapport/clv/amounts.hpp>
#include <rapport/clv/fit.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/check.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/math/random.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// A Gamma-Gamma model with known parameters: an immutable value.
class GammaGamma {
 public:
  /// gamma is the rate (inverse scale) of its law, `v` in older papers. Each is finite and > 0.
  struct Params {
    double p, q, gamma;
  };
  static constexpr std::string_view name = "Gamma-Gamma";
  static constexpr std::array<std::string_view, 3> parameter_names = {"p", "q", "gamma"};

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit GammaGamma(const Params& params) : params_(params) {
    core::check_positive_finite(params.p, "GammaGamma", "p");
    core::check_positive_finite(params.q, "GammaGamma", "q");
    core::check_positive_finite(params.gamma, "GammaGamma", "gamma");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

  /// Log-density, in nats, of the mean amount zbar of x purchases, eq. (1a) of Fader and Hardie
  /// (2013), The Gamma-Gamma Model of Monetary Value. The density of their total is smaller by
  /// ln x; estimates do not depend on the choice.
  /// \pre x > 0 and zbar > 0 are finite. Not checked: this is the inner loop of every fit.
  [[nodiscard]] double log_likelihood(double x, double zbar) const noexcept;

  /// Log-density, in nats, of the amounts of x purchases themselves, of mean zbar and with that sum
  /// of logarithms: that of their mean and, given it, of the shares, which are Dirichlet(p, ...,
  /// p). It tells more of p; what it says of a customer's mean is the same. \pre x > 0 and zbar > 0
  /// are finite, and so is sum_log_amounts.
  [[nodiscard]] double log_likelihood(double x, double zbar, double sum_log_amounts) const noexcept;

  /// Mean amount of a purchase to come, given the mean zbar of x purchases: a weighted average of
  /// zbar and the population's mean. Without purchases (x = 0, any zbar) the population's mean.
  /// NaN if p x + q <= 1, where it is infinite.
  /// \pre x >= 0 is finite, and zbar > 0 where x > 0.
  [[nodiscard]] double expected_spend(double x, double zbar) const noexcept {
    const auto& [p, q, gamma] = params_;
    return x > 0 ? mean(gamma + x * zbar, p * x + (q - 1)) : population_mean();
  }

  /// Mean amount over all customers; NaN if q <= 1, where it is infinite.
  [[nodiscard]] double population_mean() const noexcept {
    return mean(params_.gamma, params_.q - 1);
  }

  /// What expected_spend rests on after x purchases: undefined where it is NaN, prior without
  /// purchases, estimated otherwise.
  [[nodiscard]] core::Status expected_spend_status(double x) const noexcept {
    if (!(params_.p * x + (params_.q - 1) > 0)) return core::Status::undefined;
    return x > 0 ? core::Status::estimated : core::Status::prior;
  }

 private:
  // The mean of p / nu over nu ~ Gamma(degrees + 1, rate).
  [[nodiscard]] double mean(double rate, double degrees) const noexcept {
    return degrees > 0 ? params_.p * (rate / degrees) : std::numeric_limits<double>::quiet_NaN();
  }

  Params params_;
};

/// Log-likelihood of all mean amounts in nats (density of the mean), 0 if there are none, with
/// gradient (3) and Hessian (3 x 3) with respect to ln p, ln q, ln gamma.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const GammaGamma& model,
                                                           const SpendPatterns& patterns,
                                                           const core::Threads& threads = 1);

/// The same for the density of the single amounts.
[[nodiscard]] math::Derivatives log_likelihood_derivatives(const GammaGamma& model,
                                                           const AmountPatterns& patterns,
                                                           const core::Threads& threads = 1);

template <>
[[nodiscard]] Fit<GammaGamma> fit<GammaGamma>(const SpendPatterns& patterns,
                                              const FitOptions& options);

/// To the single amounts: the same parameters, with less doubt about them.
template <>
[[nodiscard]] Fit<GammaGamma> fit<GammaGamma>(const AmountPatterns& patterns,
                                              const FitOptions& options);

/// The amounts of so many purchases of one customer, each > 0 but for rounding.
[[nodiscard]] std::vector<double> draw_spends(const GammaGamma& model, std::size_t purchases,
                                              math::RandomStream& stream);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_GAMMA_GAMMA_HPP
