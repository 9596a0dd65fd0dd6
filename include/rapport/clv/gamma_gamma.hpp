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

#include <rapport/core/check.hpp>

namespace rapport::clv {

/// A Gamma-Gamma model with known parameters: an immutable value.
class GammaGamma {
 public:
  /// gamma is the rate (inverse scale) of its law, `v` in older papers. Each is finite and > 0.
  struct Params {
    double p, q, gamma;
  };

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit GammaGamma(const Params& params) : params_(params) {
    core::check_positive_finite(params.p, "GammaGamma", "p");
    core::check_positive_finite(params.q, "GammaGamma", "q");
    core::check_positive_finite(params.gamma, "GammaGamma", "gamma");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

 private:
  Params params_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_GAMMA_GAMMA_HPP
