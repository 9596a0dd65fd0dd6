#ifndef RAPPORT_CLV_SPENDS_HPP
#define RAPPORT_CLV_SPENDS_HPP

/// \file
/// What customers spend on an average purchase, in columns.

#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// Mean amounts by column, row = customer: a view that was checked. The columns are the caller's,
/// are not copied, and must outlive it unchanged.
class Spends {
 public:
  /// Columns of one size; `customers`, empty or of that size, says how many customers a row
  /// stands for: an integer >= 0.
  struct Columns {
    std::span<const double> frequency;       ///< purchases that enter the mean, an integer >= 0
    std::span<const double> monetary_value;  ///< mean amount of them; any number where there are 0
    std::span<const double> customers = {};
  };

  /// O(n) time, no allocation.
  /// \throws std::invalid_argument if sizes differ; std::domain_error that names the first row
  /// (counted from 0) with a frequency or number of customers that is no such integer or is above
  /// 2^53, or with a mean that is not finite although it has purchases.
  explicit Spends(const Columns& columns);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.frequency.size(); }
  [[nodiscard]] const Columns& columns() const noexcept { return columns_; }

  /// Customers that the row stands for. \pre row < size().
  [[nodiscard]] double customers(std::size_t row) const noexcept {
    return columns_.customers.empty() ? 1 : columns_.customers[row];
  }

  /// False for a row that says nothing of spending: no purchases, or a mean that is not positive.
  /// \pre row < size().
  [[nodiscard]] bool informative(std::size_t row) const noexcept {
    return columns_.frequency[row] > 0 && columns_.monetary_value[row] > 0;
  }

 private:
  Columns columns_;
};

/// The distinct informative rows with the number of customers of each, in ascending order of
/// frequency, then mean: the same for every order of the rows.
class SpendPatterns {
 public:
  /// The patterns [begin, end) share a frequency.
  struct FrequencyClass {
    double frequency;
    double customers;
    std::size_t begin, end;
  };

  /// O(n) time. \throws std::invalid_argument for 2^32 rows or more.
  explicit SpendPatterns(const Spends& spends);

  [[nodiscard]] std::size_t size() const noexcept { return mean_.size(); }

  /// Customers whose rows are informative, and those whose rows are not.
  [[nodiscard]] double customers() const noexcept { return customers_; }
  [[nodiscard]] double left_out() const noexcept { return left_out_; }

  /// One element a pattern: the mean amount, its logarithm, how many customers.
  [[nodiscard]] std::span<const double> mean() const noexcept { return mean_; }
  [[nodiscard]] std::span<const double> log_mean() const noexcept { return log_mean_; }
  [[nodiscard]] std::span<const double> count() const noexcept { return count_; }

  /// Ascending, without gaps between [begin, end).
  [[nodiscard]] std::span<const FrequencyClass> by_frequency() const noexcept {
    return by_frequency_;
  }

 private:
  double customers_ = 0;
  double left_out_ = 0;
  std::vector<double> mean_, log_mean_, count_;
  std::vector<FrequencyClass> by_frequency_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_SPENDS_HPP
