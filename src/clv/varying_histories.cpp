#include "distinct_rows.hpp"

#include <rapport/clv/varying_histories.hpp>
#include <rapport/core/check.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace rapport::clv {
namespace {

constexpr std::string_view varying_histories_place = "VaryingHistories";

// Times that are a whole number of steps but for rounding count as such.
constexpr double slack = 1e-9;

std::size_t step_of(double on_axis, double step) {
  return static_cast<std::size_t>(std::floor(on_axis / step + slack));
}

bool finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

bool same(std::span<const double> a, std::span<const double> b) {
  return std::equal(a.begin(), a.end(), b.begin(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

void check_names(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      throw std::invalid_argument(std::string(varying_histories_place) +
                                  ": a covariate has no name");
    }
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw std::invalid_argument(std::string(varying_histories_place) +
                                  ": two covariates are named " + names[i]);
    }
  }
}

void check_times(const VaryingHistories::Columns& columns, std::size_t row) {
  const double first = columns.first_purchase[row];
  const double age = columns.age[row];
  if (!(std::isfinite(first) && first >= 0)) {
    throw_bad_row(varying_histories_place, "first_purchase", row, first,
                  "finite and >= 0: the grid begins at 0");
  }
  if (!(std::isfinite(age) && age >= 0)) {
    throw_bad_row(varying_histories_place, "age", row, age, "finite and >= 0");
  }
  double before = 0;
  for (std::size_t i = columns.begin[row]; i < columns.begin[row + 1]; ++i) {
    const double at = columns.purchases[i];
    if (!(at > before && at <= age)) {
      throw_bad_row(varying_histories_place, "a purchase", row, at, "ascending, in (0, age]");
    }
    before = at;
  }
}

void check_shapes(const VaryingHistories::Columns& columns) {
  const std::size_t rows = columns.age.size();
  core::check_same_size(columns.first_purchase.size(), rows, varying_histories_place,
                        "first_purchase");
  core::check_same_size(columns.begin.size(), rows + 1, varying_histories_place, "begin");
  core::check_same_size(columns.names.size(), columns.values.size(), varying_histories_place,
                        "names");
  core::check_positive_finite(columns.step, varying_histories_place, "step");
  check_names(columns.names);
  if (columns.begin.front() != 0 || columns.begin.back() != columns.purchases.size() ||
      !std::is_sorted(columns.begin.begin(), columns.begin.end())) {
    throw std::invalid_argument(std::string(varying_histories_place) +
                                ": begin must ascend from 0 to the number of purchases");
  }
  for (const auto& values : columns.values) {
    core::check_same_size(values.size(), columns.values.front().size(), varying_histories_place,
                          "values");
    if (rows > 0 && values.size() % rows != 0) {
      throw std::invalid_argument(std::string(varying_histories_place) +
                                  ": values are not rows x steps");
    }
  }
}

}  // namespace

VaryingHistories::VaryingHistories(const Columns& columns, core::Period period)
    : period_(period),
      names_(columns.names),
      age_(columns.age.begin(), columns.age.end()),
      begin_(columns.begin.begin(), columns.begin.end()),
      purchases_(columns.purchases.begin(), columns.purchases.end()) {
  check_shapes(columns);
  const std::size_t rows = size();
  const std::size_t k = names_.size();
  const std::size_t steps = rows == 0 || k == 0 ? 0 : columns.values.front().size() / rows;
  std::vector<double> here(k);
  for (std::size_t row = 0; row < rows; ++row) {
    check_times(columns, row);
    const double first = columns.first_purchase[row];
    // Without covariates one piece lasts for ever; with them the grid ends.
    if (k == 0) piece_end_.push_back(std::numeric_limits<double>::infinity());
    const std::size_t first_piece = piece_end_.size();
    const std::size_t first_step = k == 0 ? 0 : step_of(first, columns.step);
    for (std::size_t step = first_step; step < steps; ++step) {
      for (std::size_t j = 0; j < k; ++j) here[j] = columns.values[j][row * steps + step];
      const double end = static_cast<double>(step + 1) * columns.step - first;
      const bool more = piece_end_.size() > first_piece;
      if (more && same(std::span(values_).last(k), here)) {
        piece_end_.back() = end;
      } else {
        piece_end_.push_back(end);
        values_.insert(values_.end(), here.begin(), here.end());
      }
    }
    piece_begin_.push_back(piece_end_.size());
    const double tolerance = slack * columns.step;
    // All that the likelihood needs: up to the end of observation, and at each purchase.
    double known = 0;
    for (std::size_t i = 0; i < pieces(row) && known < age_[row] - tolerance; ++i) {
      if (!finite(piece(row, i).values)) break;
      known = piece(row, i).end;
    }
    if (known < age_[row] - tolerance) {
      throw_bad_row(varying_histories_place, "the time up to which covariates are known", row,
                    known, ">= age (" + core::to_text(age_[row]) + ')');
    }
    std::size_t i = 0;
    const auto find = [&](double time) {
      while (i + 1 < pieces(row) && time >= piece(row, i).end - tolerance) ++i;
      const bool inside = i < pieces(row) && time < piece(row, i).end - tolerance;
      if (!inside || !finite(piece(row, i).values)) {
        throw_bad_row(varying_histories_place, "a purchase", row, time,
                      "in a step whose covariates are known");
      }
      at_purchase_.push_back(i);
    };
    find(0);
    for (const double time : purchases(row)) find(time);
  }
  order_.resize(rows);
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::stable_sort(order_.begin(), order_.end(),
                   [this](std::size_t a, std::size_t b) { return before(a, b); });
}

bool VaryingHistories::before(std::size_t a, std::size_t b) const {
  if (age_[a] != age_[b]) return age_[a] < age_[b];
  const auto less = [](std::span<const double> x, std::span<const double> y) {
    return std::lexicographical_compare(
        x.begin(), x.end(), y.begin(), y.end(), [](double u, double v) {
          return std::isnan(v) ? false : std::isnan(u) || u < v;  // not known comes first
        });
  };
  if (less(purchases(a), purchases(b))) return true;
  if (less(purchases(b), purchases(a))) return false;
  // As far as the likelihood looks: what comes later does not change its value.
  for (std::size_t i = 0; i < std::min(pieces(a), pieces(b)); ++i) {
    const Piece x = piece(a, i);
    const Piece y = piece(b, i);
    if (x.begin > age_[a]) break;
    if (x.end != y.end && std::min(x.end, y.end) <= age_[a]) return x.end < y.end;
    if (less(x.values, y.values)) return true;
    if (less(y.values, x.values)) return false;
  }
  return false;
}

std::size_t VaryingHistories::index(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    throw std::invalid_argument(std::string(varying_histories_place) + ": no covariate is named " +
                                std::string(name));
  }
  return static_cast<std::size_t>(found - names_.begin());
}

CustomerHistory VaryingHistories::history(std::size_t row) const noexcept {
  const auto times = purchases(row);
  return {static_cast<double>(times.size()), times.empty() ? 0 : times.back(), age_[row]};
}

double VaryingHistories::known_ahead(std::size_t row) const noexcept {
  double known = 0;
  for (std::size_t i = 0; i < pieces(row); ++i) {
    if (!finite(piece(row, i).values)) break;
    known = piece(row, i).end;
  }
  return std::max(0.0, known - age_[row]);
}

}  // namespace rapport::clv
