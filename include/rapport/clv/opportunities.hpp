#ifndef RAPPORT_CLV_OPPORTUNITIES_HPP
#define RAPPORT_CLV_OPPORTUNITIES_HPP

/// \file
/// Histories of customers who can buy only on given occasions, one after the other: a yearly appeal
/// for donations, a weekly show, a conference. What is known of each is how many occasions there
/// were since the first purchase, on how many of them they bought, and the number of the last one.
///
/// Few different histories are possible, so such data are often published counted; here a row may
/// stand for one customer or for many.

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {

/// One customer's purchases on n numbered opportunities after the first purchase.
///
/// Valid is what can have happened: whole numbers with 0 <= frequency <= recency <= opportunities
/// <= 10^6, and recency > 0 if and only if frequency > 0. This is the one rule: Opportunities takes
/// such rows and refuses all others.
struct OpportunityHistory {
  double frequency = 0;      ///< x: purchases, the first one not counted
  double recency = 0;        ///< t_x: number of the opportunity of the last purchase, 0 if none
  double opportunities = 0;  ///< n: opportunities since the first purchase

  friend constexpr bool operator==(const OpportunityHistory&, const OpportunityHistory&) = default;
};

/// The most opportunities that a history may have.
inline constexpr double most_opportunities = 1e6;

/// True if the history can have happened; see OpportunityHistory.
[[nodiscard]] inline bool valid(const OpportunityHistory& c) noexcept {
  return c.opportunities >= 0 && c.opportunities <= most_opportunities &&
         std::floor(c.opportunities) == c.opportunities && c.frequency >= 0 &&
         std::floor(c.frequency) == c.frequency && std::floor(c.recency) == c.recency &&
         c.frequency <= c.recency && c.recency <= c.opportunities &&
         (c.recency > 0) == (c.frequency > 0);
}

/// Such histories by column, row = customer: a view that was checked. The columns are the caller's,
/// are not copied, and must outlive it unchanged.
class Opportunities {
 public:
  /// Columns of one size, every row a valid OpportunityHistory. `customers`, empty or of that
  /// size, says how many customers a row stands for: an integer >= 0.
  struct Columns {
    std::span<const double> frequency;
    std::span<const double> recency;
    std::span<const double> opportunities;
    std::span<const double> customers = {};
  };

  /// O(n) time, no allocation.
  /// \throws std::invalid_argument if sizes differ; std::domain_error that names the first row
  /// (counted from 0) and column that is not valid, or more than 2^53 customers.
  explicit Opportunities(const Columns& columns);

  [[nodiscard]] std::size_t size() const noexcept { return columns_.frequency.size(); }
  [[nodiscard]] const Columns& columns() const noexcept { return columns_; }

  /// \pre row < size().
  [[nodiscard]] OpportunityHistory operator[](std::size_t row) const noexcept {
    return {columns_.frequency[row], columns_.recency[row], columns_.opportunities[row]};
  }

  /// Customers that the row stands for. \pre row < size().
  [[nodiscard]] double customers(std::size_t row) const noexcept {
    return columns_.customers.empty() ? 1 : columns_.customers[row];
  }

 private:
  Columns columns_;
};

/// The distinct histories with the number of customers of each, in ascending order of
/// opportunities, then frequency, then recency: the same for every order of the rows, and for rows
/// repeated or counted.
class OpportunityPatterns {
 public:
  /// The patterns [begin, end) share frequency and opportunities.
  struct Class {
    double opportunities;
    double frequency;
    double customers;
    std::size_t begin, end;
  };

  /// O(n) time. \throws std::invalid_argument for 2^32 rows or more.
  explicit OpportunityPatterns(const Opportunities& histories);

  [[nodiscard]] std::size_t size() const noexcept { return frequency_.size(); }

  /// All customers, their purchases, and their opportunities up to the last purchase and in all.
  [[nodiscard]] double customers() const noexcept { return customers_; }
  [[nodiscard]] double purchases() const noexcept { return purchases_; }
  [[nodiscard]] double active_opportunities() const noexcept { return active_opportunities_; }
  [[nodiscard]] double opportunities_in_all() const noexcept { return opportunities_in_all_; }

  /// One element a pattern.
  [[nodiscard]] std::span<const double> frequency() const noexcept { return frequency_; }
  [[nodiscard]] std::span<const double> recency() const noexcept { return recency_; }
  [[nodiscard]] std::span<const double> opportunities() const noexcept { return opportunities_; }
  [[nodiscard]] std::span<const double> count() const noexcept { return count_; }

  /// \pre i < size().
  [[nodiscard]] OpportunityHistory operator[](std::size_t i) const noexcept {
    return {frequency_[i], recency_[i], opportunities_[i]};
  }

  /// Ascending, without gaps between [begin, end).
  [[nodiscard]] std::span<const Class> classes() const noexcept { return classes_; }

 private:
  double customers_ = 0, purchases_ = 0, active_opportunities_ = 0, opportunities_in_all_ = 0;
  std::vector<double> frequency_, recency_, opportunities_, count_;
  std::vector<Class> classes_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_OPPORTUNITIES_HPP
