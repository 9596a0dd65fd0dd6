#ifndef RAPPORT_CLV_HISTORIES_HPP
#define RAPPORT_CLV_HISTORIES_HPP

/// \file
/// The purchase histories of many customers in columns, and the distinct ones among them.
///
/// Histories lends a host's columns to the fits without a copy. Patterns counts how often each
/// history occurs: days make few of them (23,570 customers of CDNOW have 8,685), the likelihood of
/// the base is a sum over them, and their order is that of the values, never that of the rows.

#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rapport::clv {

/// Purchase histories by column, row = customer, in one unit of time: a view that was checked.
/// The columns are the caller's, are not copied, and must outlive it unchanged.
class Histories {
 public:
  /// Columns of one size, every row a valid CustomerHistory. `customers`, empty or of that size,
  /// says how many customers a row stands for: an integer >= 0.
  struct Columns {
    std::span<const double> frequency;  ///< x: repeat purchases
    std::span<const double> recency;    ///< t_x
    std::span<const double> age;        ///< T
    std::span<const double> customers = {};
    /// Sum of the logarithms of the times between purchases, in the unit of the other columns;
    /// finite where there are repeat purchases, and by Jensen's inequality at most x ln(t_x / x).
    /// Empty: not known. Only models of regular buying take it; it makes more patterns.
    std::span<const double> sum_log_intervals = {};
  };

  /// O(n) time, no allocation.
  /// \throws std::invalid_argument if sizes differ; std::domain_error that names the first row
  /// (counted from 0) and column that is not valid, or more than 2^53 customers.
  Histories(const Columns& columns, core::Period period);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.frequency.size(); }
  [[nodiscard]] const Columns& columns() const noexcept { return columns_; }
  [[nodiscard]] core::Period period() const noexcept { return period_; }

  /// \pre row < size().
  [[nodiscard]] CustomerHistory operator[](std::size_t row) const noexcept {
    CustomerHistory c{columns_.frequency[row], columns_.recency[row], columns_.age[row]};
    if (!columns_.sum_log_intervals.empty()) c.sum_log_intervals = columns_.sum_log_intervals[row];
    return c;
  }

  /// Customers that the row stands for. \pre row < size().
  [[nodiscard]] double customers(std::size_t row) const noexcept {
    return columns_.customers.empty() ? 1 : columns_.customers[row];
  }

 private:
  Columns columns_;
  core::Period period_;
};

/// The distinct histories with the number of customers of each, in ascending order of frequency,
/// then recency, then the logs of intervals where they are known, then age: the same for every
/// order of the rows, and for rows repeated or counted.
class Patterns {
 public:
  /// The patterns [begin, end) share a frequency.
  struct FrequencyClass {
    double frequency;
    double customers;
    std::size_t begin, end;
  };

  /// All customers of one age.
  struct AgeClass {
    double age;
    double customers;
    double purchases;  ///< repeat purchases of all of them
  };

  /// O(n) time: values are ranked by a table, a hash or a radix sort, and rows by a radix sort of
  /// their ranks.
  /// \throws std::invalid_argument for 2^32 rows or more.
  explicit Patterns(const Histories& histories, const core::Threads& threads = 1);

  /// Every `step`-th of them, the first included: a smaller base much like this one, for a first
  /// look. \throws std::invalid_argument if step is 0.
  [[nodiscard]] Patterns every(std::size_t step) const;

  [[nodiscard]] std::size_t size() const noexcept { return frequency_.size(); }
  [[nodiscard]] core::Period period() const noexcept { return period_; }

  /// All customers and all their repeat purchases.
  [[nodiscard]] double customers() const noexcept { return customers_; }
  [[nodiscard]] double purchases() const noexcept { return purchases_; }

  /// The history of a pattern. \pre i < size().
  [[nodiscard]] CustomerHistory operator[](std::size_t i) const noexcept {
    CustomerHistory c{frequency_[i], recency_[i], age_[i]};
    if (!sum_log_intervals_.empty()) c.sum_log_intervals = sum_log_intervals_[i];
    return c;
  }

  /// One element a pattern.
  [[nodiscard]] std::span<const double> frequency() const noexcept { return frequency_; }
  [[nodiscard]] std::span<const double> recency() const noexcept { return recency_; }
  [[nodiscard]] std::span<const double> age() const noexcept { return age_; }
  [[nodiscard]] std::span<const double> count() const noexcept { return count_; }
  /// 0 without repeat purchases; empty if the histories do not have that column.
  [[nodiscard]] std::span<const double> sum_log_intervals() const noexcept {
    return sum_log_intervals_;
  }

  /// Ascending, without gaps between [begin, end).
  [[nodiscard]] std::span<const FrequencyClass> by_frequency() const noexcept {
    return by_frequency_;
  }
  /// Ascending.
  [[nodiscard]] std::span<const AgeClass> by_age() const noexcept { return by_age_; }

 private:
  explicit Patterns(core::Period period) : period_(period) {}
  // The classes and sums of the columns. `age_rank` is where a pattern's age stands among `ages`.
  void classify(std::span<const double> ages, std::span<const std::uint32_t> age_rank);

  core::Period period_;
  double customers_ = 0;
  double purchases_ = 0;
  std::vector<double> frequency_, recency_, age_, count_, sum_log_intervals_;
  std::vector<FrequencyClass> by_frequency_;
  std::vector<AgeClass> by_age_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_HISTORIES_HPP
