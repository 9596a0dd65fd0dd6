#ifndef RAPPORT_CLV_RENEWAL_MOMENTS_HPP
#define RAPPORT_CLV_RENEWAL_MOMENTS_HPP

/// \file
/// Customers under contract as a base to value, and how far chance may take the discounted renewals
/// of one of them from their mean.
///
/// Whoever makes the l-th renewal from now has made all before it, so that with S(l) the chance of
/// that and v = 1 / (1 + d)
///
///   E[sum over pairs] = sum over l of S(l) v^(l - 1) (1 + v + ... + v^(l - 2)):
///
/// a sum of positive parts, in a few dozen of them for any horizon (math/summation.hpp).

#include <rapport/clv/contract.hpp>
#include <rapport/clv/purchase_moments.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/summation.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace rapport::clv {

/// A customer under contract now.
struct ContractMember {
  double period = 1;  ///< t: in which period; the t-th renewal is due now. A whole number >= 1
};

/// Customers under contract by column, row = customer: a view that was checked. The columns are the
/// caller's, are not copied, and must outlive it unchanged.
class ContractMembers {
 public:
  /// Columns of one size.
  struct Columns {
    std::span<const double> period;  ///< a whole number from 1 to 2^53
    std::span<const double> customers =
        {};  ///< that the row stands for, whole, >= 0; empty: 1 each
  };

  /// O(n) time. \throws std::invalid_argument if sizes differ; std::domain_error that names the
  /// first row (counted from 0) that is not valid.
  explicit ContractMembers(const Columns& columns);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.period.size(); }
  [[nodiscard]] const Columns& columns() const noexcept { return columns_; }

  /// \pre row < size().
  [[nodiscard]] ContractMember operator[](std::size_t row) const noexcept {
    return {columns_.period[row]};
  }
  /// Customers that the row stands for. \pre row < size().
  [[nodiscard]] double customers(std::size_t row) const noexcept {
    return columns_.customers.empty() ? 1 : columns_.customers[row];
  }

 private:
  Columns columns_;
};

/// The mean of the discounted renewals among the next h, which may be infinite.
template <ContractModel Model>
[[nodiscard]] double discounted_within(const Model& model, const ContractMember& c, double h,
                                       double d) {
  return std::isinf(h) && h > 0 ? model.discounted_residual_lifetime(c.period, d)
                                : model.discounted_residual_lifetime(c.period, h, d);
}

/// Renewals among the next h, a whole number or infinite, the k-th worth 1 / (1 + d)^(k - 1), as
/// ContractAnswers::discounted_residual_lifetime has it. Relative error below 1e-12; a
/// microsecond for a few renewals, over all time some hundred of them, or a thousand (BdW). NaN
/// where infinite, which takes h infinite and d = 0: see finite_lifetime() and finite_variance() of
/// the model. \throws std::domain_error as the model does.
template <ContractModel Model>
[[nodiscard]] PurchaseMoments purchase_moments(const Model& model, const ContractMember& c,
                                               double h, double d) {
  PurchaseMoments moments;
  moments.mean = discounted_within(model, c, h, d);
  moments.squares = discounted_within(model, c, h, d * (2 + d));  // (1 + d)^2 - 1
  if (!(h > 1)) return moments;
  if (std::isinf(h) && d == 0 && !model.finite_variance()) {
    moments.pairs = std::numeric_limits<double>::quiet_NaN();
    return moments;
  }
  const double log_discount = std::log1p(d);
  const double log_sum = math::log_sum_smooth(
      [&](double i) {
        const double before = i + 1;  // renewals before this one
        const double each = d > 0 ? -std::expm1(-before * log_discount) / d * (1 + d) : before;
        return model.log_conditional_survival(c.period - 1, before + 1) - before * log_discount +
               std::log(each);
      },
      h - 1);
  moments.pairs = std::exp(log_sum);
  return moments;
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_RENEWAL_MOMENTS_HPP
