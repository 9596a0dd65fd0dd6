#ifndef RAPPORT_CLV_BG_NBD_HPP
#define RAPPORT_CLV_BG_NBD_HPP

/// \file
/// BG/NBD: repeat buying in which a customer may drop out right after a repeat purchase.
///
/// P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting Your Customers" the Easy Way: An
/// Alternative to the Pareto/NBD Model, Marketing Science 24(2), 275-284,
/// doi:10.1287/mksc.1040.0098.
///
///   paper      here                     unit                meaning
///   x, t_x, T  frequency, recency, age  purchases, periods  see CustomerHistory
///   r, alpha   r, alpha                 -, periods          gamma law of purchase rates
///   a, b       a, b                     -                   beta law of dropout probabilities

#include <rapport/core/check.hpp>

namespace rapport::clv {

/// A BG/NBD model with known parameters: an immutable value.
class BgNbd {
 public:
  /// alpha is the rate (inverse scale) of the gamma law. Each one is finite and > 0.
  struct Params {
    double r, alpha, a, b;
  };

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit BgNbd(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "BgNbd", "r");
    core::check_positive_finite(params.alpha, "BgNbd", "alpha");
    core::check_positive_finite(params.a, "BgNbd", "a");
    core::check_positive_finite(params.b, "BgNbd", "b");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

 private:
  Params params_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_BG_NBD_HPP
