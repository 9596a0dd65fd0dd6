#ifndef RAPPORT_CLV_DURATIONS_HPP
#define RAPPORT_CLV_DURATIONS_HPP

/// \file
/// How long contracts lasted that may end at any moment, one by one, as far as it was seen.
/// Where only whole periods are known, Retention is the type.

#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// Times from the beginning of contracts to their end, or to the end of observation: an immutable
/// value that holds its own data, the same for every order of the rows.
class Durations {
 public:
  /// Columns of one size, row = customer.
  struct Columns {
    std::span<const double> duration;  ///< periods, finite and >= 0; > 0 for one that has ended
    std::span<const double> churned;   ///< 1 if it has ended, 0 if it goes on
    std::span<const double> customers = {};  ///< that the row stands for, >= 0; empty: 1 each
  };

  /// O(n) time. \throws std::invalid_argument if sizes differ; std::domain_error that names the
  /// first row (counted from 0) that is not valid, or more than 2^53 customers.
  explicit Durations(const Columns& columns);

  /// Distinct rows, ascending by `churned`, then duration.
  [[nodiscard]] std::size_t size() const noexcept { return duration_.size(); }
  [[nodiscard]] std::span<const double> duration() const noexcept { return duration_; }
  [[nodiscard]] std::span<const double> churned() const noexcept { return churned_; }
  [[nodiscard]] std::span<const double> count() const noexcept { return count_; }

  /// Customers, those of them who left, and the time that all of them were seen.
  [[nodiscard]] double customers() const noexcept { return customers_; }
  [[nodiscard]] double departures() const noexcept { return departures_; }
  [[nodiscard]] double exposure() const noexcept { return exposure_; }

 private:
  double customers_ = 0, departures_ = 0, exposure_ = 0;
  std::vector<double> duration_, churned_, count_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_DURATIONS_HPP
