#ifndef RAPPORT_CLV_MBG_NBD_HPP
#define RAPPORT_CLV_MBG_NBD_HPP

/// \file
/// MBG/NBD: repeat buying in which a customer may drop out right after any purchase, the first one
/// included.
///
/// E. P. Batislam, M. Denizel, A. Filiztekin (2007), Empirical validation and comparison of models
/// for customer base analysis, International Journal of Research in Marketing 24(3), 201-209,
/// doi:10.1016/j.ijresmar.2006.12.005.
///
///   paper      here                     unit                meaning
///   x, t_x, T  frequency, recency, age  purchases, periods  see CustomerHistory
///   r, alpha   r, alpha                 -, periods          gamma law of purchase rates
///   a, b       a, b                     -                   beta law of dropout probabilities

#include <rapport/core/check.hpp>

namespace rapport::clv {

/// An MBG/NBD model with known parameters: an immutable value.
class MbgNbd {
 public:
  /// alpha is the rate (inverse scale) of the gamma law. Each one is finite and > 0.
  struct Params {
    double r, alpha, a, b;
  };

  /// \throws std::domain_error that names the first parameter not finite and > 0.
  explicit MbgNbd(const Params& params) : params_(params) {
    core::check_positive_finite(params.r, "MbgNbd", "r");
    core::check_positive_finite(params.alpha, "MbgNbd", "alpha");
    core::check_positive_finite(params.a, "MbgNbd", "a");
    core::check_positive_finite(params.b, "MbgNbd", "b");
  }

  [[nodiscard]] const Params& params() const noexcept { return params_; }

 private:
  Params params_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_MBG_NBD_HPP
