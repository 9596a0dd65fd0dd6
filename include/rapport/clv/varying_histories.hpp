#ifndef RAPPORT_CLV_VARYING_HISTORIES_HPP
#define RAPPORT_CLV_VARYING_HISTORIES_HPP

/// \file
/// Purchase times of customers whose covariates change on a calendar grid: seasons, campaigns,
/// prices, contacts.
///
/// The grid has steps of one width, such as weeks that begin on Sunday; a covariate is constant
/// within a step. Two clocks meet here: the grid's axis, on which customers begin at different
/// times, and each customer's own time, which is 0 at the first purchase. Neighbouring steps with
/// equal covariates become one piece, so that a season that changes four times a year costs four
/// pieces a year, not 52.

#include <rapport/clv/repeat_buying.hpp>
#include <rapport/core/time.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::clv {

/// Purchase times and piecewise constant covariates, row = customer: a checked copy.
class VaryingHistories {
 public:
  /// What the host has. Columns are read during construction only.
  struct Columns {
    /// Time of the first purchase on the grid's axis, in periods; step i covers
    /// [i step, (i + 1) step) of that axis.
    std::span<const double> first_purchase;
    std::span<const double> age;  ///< from the first purchase to the end of observation
    /// Row i's repeat purchase times are purchases[begin[i]] up to purchases[begin[i + 1]],
    /// ascending, counted from the first purchase, in (0, age].
    std::span<const std::size_t> begin;
    std::span<const double> purchases;
    std::vector<std::string> names;  ///< of the covariates
    /// One span a covariate, each rows x steps, all steps of a row together. NaN: not known, which
    /// is an error where the value is needed, and only there.
    std::vector<std::span<const double>> values;
    double step = 1;  ///< width of a step in periods
  };

  /// A span of time within which all covariates are constant, in the customer's own time.
  struct Piece {
    double begin, end;
    std::span<const double> values;  ///< one a covariate; NaN where not known
  };

  /// A purchase within 1e-9 steps of the next step belongs to that one: sums of days divided by 7
  /// are not exact.
  /// \throws std::invalid_argument if sizes differ, or names are empty or occur twice;
  /// std::domain_error that names the first row with a first purchase before the grid, with
  /// times that are not as stated, or with a covariate that is not finite in a step between its
  /// first purchase and the end of observation, or at a purchase.
  VaryingHistories(const Columns& columns, core::Period period);

  [[nodiscard]] std::size_t size() const noexcept { return age_.size(); }
  [[nodiscard]] core::Period period() const noexcept { return period_; }
  [[nodiscard]] std::span<const std::string> names() const noexcept { return names_; }

  /// The index of a covariate. \throws std::invalid_argument for the name of none.
  [[nodiscard]] std::size_t index(std::string_view name) const;

  /// What a model without covariates sees. \pre row < size(), as below.
  [[nodiscard]] CustomerHistory history(std::size_t row) const noexcept;

  [[nodiscard]] double age(std::size_t row) const noexcept { return age_[row]; }
  [[nodiscard]] double recency(std::size_t row) const noexcept { return history(row).recency; }

  /// Repeat purchase times, ascending.
  [[nodiscard]] std::span<const double> purchases(std::size_t row) const noexcept {
    return std::span(purchases_).subspan(begin_[row], begin_[row + 1] - begin_[row]);
  }

  /// Covariates at the first purchase (0) and at each repeat purchase (1, 2, ...).
  [[nodiscard]] std::span<const double> at_purchase(std::size_t row, std::size_t purchase) const {
    return piece(row, at_purchase_[begin_[row] + row + purchase]).values;
  }

  [[nodiscard]] std::size_t pieces(std::size_t row) const noexcept {
    return piece_begin_[row + 1] - piece_begin_[row];
  }

  /// Pieces in the order of time, without gaps, from the first purchase to the end of the grid.
  [[nodiscard]] Piece piece(std::size_t row, std::size_t i) const noexcept {
    const std::size_t at = piece_begin_[row] + i;
    return {i == 0 ? 0 : piece_end_[at - 1], piece_end_[at],
            std::span(values_).subspan(at * names_.size(), names_.size())};
  }

  /// All rows in an order that depends on their contents alone: sums taken in it are the same bytes
  /// for any order of rows.
  [[nodiscard]] std::span<const std::size_t> order() const noexcept { return order_; }

  /// How long after the end of observation the grid still says what the covariates are.
  [[nodiscard]] double known_ahead(std::size_t row) const noexcept;

 private:
  [[nodiscard]] bool before(std::size_t a, std::size_t b) const;

  core::Period period_;
  std::vector<std::string> names_;
  std::vector<double> age_;
  std::vector<std::size_t> begin_;
  std::vector<double> purchases_;
  std::vector<std::size_t> at_purchase_;  // pieces, one more a row than there are repeat purchases
  std::vector<std::size_t> piece_begin_ = {0};
  std::vector<double> piece_end_;
  std::vector<double> values_;
  std::vector<std::size_t> order_;
};

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_VARYING_HISTORIES_HPP
