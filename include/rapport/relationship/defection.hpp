#ifndef RAPPORT_RELATIONSHIP_DEFECTION_HPP
#define RAPPORT_RELATIONSHIP_DEFECTION_HPP

/// \file
/// Partial defection: a customer who still comes, but no longer for everything. A rival takes one
/// category first; the customer's own past is the yardstick.
///
/// W. Buckinx, D. Van den Poel (2005), Customer base analysis: partial defection of behaviourally
/// loyal clients in a non-contractual FMCG retail setting, European Journal of Operational Research
/// 164(1), 252-268, doi:10.1016/j.ejor.2003.12.010. They class customers by a model; here each
/// category of each customer is tested by itself.

#include <rapport/core/estimate.hpp>
#include <rapport/fold/entry.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/window.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace rapport::relationship {

/// The visits of one customer, in all and by category, in two windows. A visit is a day with a
/// purchase, and one with the category if any purchase of that day was of it. Purchases of no known
/// category count as visits alone. Models Consecutive.
struct CategoryVisits {
  fold::Window baseline = {};  ///< what the customer is held against
  fold::Window recent = {};    ///< not overlapping it

  struct Category {
    std::uint32_t category = 0;
    fold::PurchaseDays::State baseline = {}, recent = {};

    friend constexpr bool operator==(const Category&, const Category&) = default;
  };
  struct State {
    fold::PurchaseDays::State baseline = {}, recent = {};
    std::vector<Category> categories = {};  ///< by ascending number

    friend bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const fold::Entry& entry) const;
  void append(State& state, const State& later) const;
};

/// When a category is called lost.
struct DefectionRule {
  /// The probability with which any category at all of a customer whose habits did not change is
  /// called lost; each category is held to this divided by their number (Bonferroni).
  double level = 0.05;
  /// At or above this probability of being alive a customer is active. Where the host gives none,
  /// a customer with any recent visit is.
  double p_alive_from = 0.5;
};

/// One category, now against before.
struct CategoryChange {
  std::uint32_t category = 0;
  std::uint32_t with_before = 0, visits_before = 0;  ///< visits with it, of all, in the baseline
  std::uint32_t with_now = 0, visits_now = 0;        ///< the same in the recent window
  double p_value = 1;                                ///< Fisher's exact test, one-sided, of a fall
  bool lost = false;  ///< p_value is within the corrected level, and the customer is active
};

/// All categories of the baseline, by their number.
struct Defection {
  bool active = false;
  double corrected_level = 0;  ///< to which each category was held; the level itself for none
  std::vector<CategoryChange> categories = {};

  [[nodiscard]] bool any_lost() const noexcept;
};

/// Which categories the customer has lost interest in while still active. Of one who left
/// altogether no category is called lost: that is churn, and found elsewhere.
/// \param p_alive the host's probability that the customer is alive, if there is one.
/// \throws std::domain_error unless the level is in (0, 1) and probabilities are in [0, 1].
[[nodiscard]] Defection partial_defection(const CategoryVisits::State& visits,
                                          std::optional<double> p_alive,
                                          const DefectionRule& rule = {});

/// Which share of all that a customer buys anywhere is bought here. The size of the whole basket is
/// the host's estimate, and its interval becomes that of the share. Not above 1: a basket is at
/// least what is known to be in it. Abstained without a usable basket, undefined unless it is > 0.
/// \throws std::domain_error unless `own_spend` is finite and >= 0.
[[nodiscard]] core::Estimate share_of_basket(double own_spend, const core::Estimate& basket);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_DEFECTION_HPP
