#ifndef RAPPORT_CLV_AMOUNTS_HPP
#define RAPPORT_CLV_AMOUNTS_HPP

/// \file
/// What customers spent on single purchases, as far as a model needs it: how many, their mean, and
/// the sum of their logarithms.
///
/// A mean alone does not tell 10, 10, 10 from 1, 1, 28. The sum of the logarithms does, and for
/// gamma laws nothing else of the amounts matters.

#include <rapport/clv/fit.hpp>
#include <rapport/clv/spends.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// Amounts of single purchases by column, row = customer: a view that was checked. The columns are
/// the caller's, are not copied, and must outlive it unchanged.
class Amounts {
 public:
  /// Columns of one size; `customers`, empty or of that size, says how many customers a row stands
  /// for: an integer >= 0.
  struct Columns {
    std::span<const double> frequency;       ///< purchases, an integer >= 0
    std::span<const double> monetary_value;  ///< mean amount of them; any number where there are 0
    /// Sum of ln(amount) over them, by Jensen's inequality at most x ln(mean); any number where
    /// there are 0. -infinity or NaN, as the logarithm of an amount that is not positive is: the
    /// row is left out of fits.
    std::span<const double> sum_log_amounts;
    std::span<const double> customers = {};
  };

  /// O(n) time, no allocation.
  /// \throws as Spends, and std::domain_error for a sum of logarithms that is too large.
  explicit Amounts(const Columns& columns);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.frequency.size(); }
  [[nodiscard]] const Columns& columns() const noexcept { return columns_; }

  /// The means alone.
  [[nodiscard]] Spends spends() const {
    return Spends({.frequency = columns_.frequency,
                   .monetary_value = columns_.monetary_value,
                   .customers = columns_.customers});
  }

  /// Customers that the row stands for. \pre row < size().
  [[nodiscard]] double customers(std::size_t row) const noexcept {
    return columns_.customers.empty() ? 1 : columns_.customers[row];
  }

  /// False for a row that says nothing of spending: no purchases, or an amount that is not
  /// positive. \pre row < size().
  [[nodiscard]] bool informative(std::size_t row) const noexcept;

 private:
  Columns columns_;
};

/// The distinct informative rows with the number of customers of each, in ascending order of
/// frequency, then the sum of logarithms, then mean: the same for every order of the rows.
class AmountPatterns {
 public:
  /// O(n) time. \throws std::invalid_argument for 2^32 rows or more.
  explicit AmountPatterns(const Amounts& amounts);

  [[nodiscard]] std::size_t size() const noexcept { return frequency_.size(); }

  /// Customers whose rows are informative, and those whose rows are not.
  [[nodiscard]] double customers() const noexcept { return means_.customers(); }
  [[nodiscard]] double left_out() const noexcept { return left_out_; }

  /// One element a pattern.
  [[nodiscard]] std::span<const double> frequency() const noexcept { return frequency_; }
  [[nodiscard]] std::span<const double> mean() const noexcept { return mean_; }
  [[nodiscard]] std::span<const double> sum_log_amounts() const noexcept {
    return sum_log_amounts_;
  }
  [[nodiscard]] std::span<const double> count() const noexcept { return count_; }

  /// The same customers by their means alone.
  [[nodiscard]] const SpendPatterns& means() const noexcept { return means_; }

  /// Over all customers, the sum of sum_log_amounts - x ln(mean), <= 0 but for rounding: how much
  /// amounts of one customer differ.
  [[nodiscard]] double spread() const noexcept { return spread_; }

 private:
  double left_out_ = 0;
  double spread_ = 0;
  std::vector<double> frequency_, mean_, sum_log_amounts_, count_;
  SpendPatterns means_;
};

/// The same rows with other numbers of customers, one a row; rows of 0 customers are left out. See
/// resampling.hpp.
/// \throws std::invalid_argument for another number of counts; std::domain_error unless they are
/// integers >= 0.
[[nodiscard]] AmountPatterns with_counts(const AmountPatterns& patterns,
                                         std::span<const double> counts);

/// Log-likelihood of one customer of a row, in nats. \pre row < patterns.size().
template <class Model>
[[nodiscard]] double log_likelihood_of_row(const Model& model, const AmountPatterns& patterns,
                                           std::size_t row) {
  return model.log_likelihood(patterns.frequency()[row], patterns.mean()[row],
                              patterns.sum_log_amounts()[row]);
}

/// Fits a model of spending to the single amounts. Customers without purchases, or with an amount
/// that is not positive, are left out and counted.
/// \throws as every fit.
template <class Model>
[[nodiscard]] Fit<Model> fit(const AmountPatterns& patterns,
                             const FitOptions& options = {}) = delete;

template <class Model>
[[nodiscard]] Fit<Model> fit(const Amounts& amounts, const FitOptions& options = {}) {
  return fit<Model>(AmountPatterns(amounts), options);
}

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_AMOUNTS_HPP
