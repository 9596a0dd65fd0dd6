#ifndef RAPPORT_SRC_CLV_ERLANG_STAGES_HPP
#define RAPPORT_SRC_CLV_ERLANG_STAGES_HPP

/// \file
/// The chance that a purchase of k stages does not come.

namespace rapport::clv {

/// ln of the probability of fewer than k stages within `idle` periods, where their rate is
/// Gamma(shape, rate):
///
///   ln Q = shape ln(1 - z) + ln of the sum over j < k of (shape)_j / j! z^j, z = idle / (rate +
///   idle).
///
/// Finite also where Q underflows; relative error some 1e-14, also where Q is near 1.
[[nodiscard]] double log_no_purchase(double shape, double rate, double idle, unsigned k);

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_ERLANG_STAGES_HPP
