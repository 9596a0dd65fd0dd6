#ifndef RAPPORT_RELATIONSHIP_EXPECTATION_HPP
#define RAPPORT_RELATIONSHIP_EXPECTATION_HPP

/// \file
/// What a customer has come to expect, and how the last experience compares. Expectations rise with
/// good experience and come down slowly: what once delighted disappoints later.
///
/// Satisfaction as the gap between experience and an adaptation level: R. L. Oliver (1980), A
/// Cognitive Model of the Antecedents and Consequences of Satisfaction Decisions, Journal of
/// Marketing Research 17(4), 460-469, doi:10.1177/002224378001700405. That the level follows better
/// experience faster than worse is this library's form of it.

#include <rapport/record/promise.hpp>
#include <rapport/record/stamp.hpp>

#include <cstdint>
#include <limits>

namespace rapport::relationship {

/// The expectation of one customer on one topic, such as the days a delivery takes, as a level that
/// each experience moves: by the fraction `rise` of the way if it was better, `fall` if it was
/// worse. It depends on the order of experiences.
///
/// Where experiences do not vary, gaps are exactly 0. Where they vary about a level without trend,
/// what is expected settles above their mean (at their expectile of rise / (rise + fall): W. K.
/// Newey, J. L. Powell (1987), doi:10.2307/1911031), so the mean gap is below 0: variation itself
/// disappoints.
struct Expectation {
  struct State {
    double expected = std::numeric_limits<double>::quiet_NaN();  ///< NaN before any experience
    double last = std::numeric_limits<double>::quiet_NaN();      ///< the last experience
    /// The last experience against what was expected just before, signed so that worse than
    /// expected is negative, in the unit of the topic; NaN before the second experience.
    double gap = std::numeric_limits<double>::quiet_NaN();
    std::uint32_t experiences = 0;

    /// Bit for bit, NaN being equal to NaN.
    friend bool operator==(const State& a, const State& b) noexcept;
  };

  bool more_is_better = false;  ///< days and minutes are better the fewer they are
  double rise = 0.5;            ///< in [0, 1]
  double fall = 0.1;            ///< in [0, rise]

  /// \throws std::domain_error unless the value is finite and 0 <= fall <= rise <= 1.
  void experience(State& state, double value) const;
};

/// The expectation of how many days pass from a promise of the firm until it is kept, for promises
/// in the order in which they were made. Those of another kind, or not seen to be kept, change
/// nothing. Models Aggregate.
struct ExpectedDays {
  using State = Expectation::State;

  record::Sight sight;
  record::Name kind = {};  ///< such as "delivery"
  Expectation expectation = {};

  void absorb(State& state, const record::Promise& promise) const;
};

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_EXPECTATION_HPP
