#ifndef RAPPORT_CLV_RETENTION_HPP
#define RAPPORT_CLV_RETENTION_HPP

/// \file
/// How long contracts lasted, as far as it was seen.
///
/// Two forms come in: counts of whole cohorts, how many of those who signed together are still
/// under contract after t renewals; and single customers, how many renewals they made and whether
/// they have left. Cohorts of different length, customers who have not left yet (censoring) and
/// cohorts whose first renewals were not recorded (delayed entry) are no special cases: what counts
/// is who was at risk between two points, and who of them left.

#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// Counts of cohorts by column, one row a cohort and point in time.
struct CohortColumns {
  std::span<const double> t;            ///< renewals, a whole number >= 0
  std::span<const double> alive;        ///< customers still under contract after t renewals
  std::span<const double> cohort = {};  ///< any number that tells cohorts apart; empty: one cohort
};

/// Single customers by column.
struct TenureColumns {
  /// Whole renewals: those made so far by a customer still under contract; for one who has left,
  /// the number of the renewal that was not made, >= 1.
  std::span<const double> tenure;
  std::span<const double> churned;         ///< 1 for a customer who has left, 0 otherwise
  std::span<const double> customers = {};  ///< that the row stands for, >= 0; empty: 1 each
};

/// What contract models are fitted to: an immutable value that holds its own data, sorted, the same
/// for every order of the rows.
class Retention {
 public:
  /// Customers who were under contract after `from` renewals and after `to`, or left in between.
  struct Interval {
    double from, to;
    double customers;

    friend constexpr bool operator==(const Interval&, const Interval&) = default;
  };

  /// Cohorts may have gaps in t and need not begin at 0: one whose first row is t = 3 says nothing
  /// of the first three renewals. O(n log n) time.
  /// \throws std::invalid_argument if sizes differ; std::domain_error that names a row (counted
  /// from 0) whose t or count is no whole number >= 0 and at most 2^53, whose t its cohort has
  /// twice, or whose count is above the one before; or more than 2^53 customers in all.
  explicit Retention(const CohortColumns& columns) : Retention(seen_of(columns)) {}

  /// O(n log n) time. \throws std::invalid_argument if sizes differ; std::domain_error that names
  /// the first row with a tenure or number of customers that is no whole number >= 0 and at most
  /// 2^53, a `churned` other than 0 and 1, or a customer who left before the first renewal.
  explicit Retention(const TenureColumns& columns) : Retention(seen_of(columns)) {}

  /// What was seen of one customer, for each kind of customer: under contract at `entry` renewals,
  /// when first seen, and after `passed` of them; gone by `left_by`, 0 if still there. Distinct, in
  /// ascending order.
  [[nodiscard]] std::size_t size() const noexcept { return count_.size(); }
  [[nodiscard]] std::span<const double> entry() const noexcept { return entry_; }
  [[nodiscard]] std::span<const double> passed() const noexcept { return passed_; }
  [[nodiscard]] std::span<const double> left_by() const noexcept { return left_by_; }
  /// How many customers of that kind there are.
  [[nodiscard]] std::span<const double> count() const noexcept { return count_; }

  /// The same kinds with other numbers of customers; kinds of 0 customers are left out.
  /// \throws std::invalid_argument for another number of counts; std::domain_error unless they are
  /// whole numbers >= 0.
  [[nodiscard]] Retention with_counts(std::span<const double> counts) const;

  /// How many customers were seen to pass each stretch, ascending and without overlap. Those of 0
  /// customers are left out.
  [[nodiscard]] std::span<const Interval> survived() const noexcept { return survived_; }
  /// How many left in each stretch, ascending by its beginning, then its end.
  [[nodiscard]] std::span<const Interval> left() const noexcept { return left_; }
  /// Distinct stretches: what a likelihood costs.
  [[nodiscard]] std::size_t stretches() const noexcept { return survived_.size() + left_.size(); }

  /// Customers, and those of them who left.
  [[nodiscard]] double customers() const noexcept { return customers_; }
  [[nodiscard]] double churned() const noexcept { return churned_; }
  /// Renewals made or missed, over all customers; a departure somewhere in a longer stretch counts
  /// as half of it.
  [[nodiscard]] double exposure() const noexcept { return exposure_; }

 private:
  // What was seen of customers, in any order, and how many there were.
  struct Seen {
    std::vector<double> entry, passed, left_by, customers;

    void add(double from, double to, double gone, double count);
  };

  explicit Retention(const Seen& seen);
  static Seen seen_of(const CohortColumns& columns);
  static Seen seen_of(const TenureColumns& columns);

  std::vector<double> entry_, passed_, left_by_, count_;
  std::vector<Interval> survived_, left_;
  double customers_ = 0, churned_ = 0, exposure_ = 0;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_RETENTION_HPP
