#include <rapport/relationship/ahp.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace rapport::relationship {
namespace {

constexpr double largest_comparison = 1e6;

// Saaty (1980) for 1 to 15 criteria.
constexpr std::array<double, most_ahp_criteria> random_indices = {
    0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59};

std::string cell(std::size_t row, std::size_t column) {
  return "comparison (" + std::to_string(row + 1) + ", " + std::to_string(column + 1) + ")";
}

// A square matrix of numbers >= 0 whose diagonal is > 0, row by row.
class Comparisons {
 public:
  Comparisons(std::vector<double> values, std::size_t size)
      : values_(std::move(values)), size_(size) {}

  [[nodiscard]] double operator()(std::size_t row, std::size_t column) const {
    return values_[row * size_ + column];
  }

  [[nodiscard]] std::vector<double> times(std::span<const double> vector) const {
    std::vector<double> result(size_, 0.0);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j < size_; ++j) result[i] += (*this)(i, j) * vector[j];
    }
    return result;
  }

  [[nodiscard]] Comparisons without(std::size_t row, std::size_t column) const {
    Comparisons result = *this;
    result.values_[row * size_ + column] = 0;
    result.values_[column * size_ + row] = 0;
    result.values_[row * size_ + row] += 1;
    result.values_[column * size_ + column] += 1;
    return result;
  }

  // The sums of the rows, scaled to add up to 1.
  [[nodiscard]] std::vector<double> row_shares() const {
    std::vector<double> shares = times(std::vector<double>(size_, 1.0));
    const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (double& share : shares) share /= total;
    return shares;
  }

  // The square, scaled so that its greatest number is 1.
  [[nodiscard]] Comparisons squared() const {
    std::vector<double> square(values_.size(), 0.0);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j < size_; ++j) {
        for (std::size_t k = 0; k < size_; ++k) {
          square[i * size_ + k] += (*this)(i, j) * (*this)(j, k);
        }
      }
    }
    const double greatest = *std::max_element(square.begin(), square.end());
    for (double& value : square) value /= greatest;
    return {std::move(square), size_};
  }

 private:
  std::vector<double> values_;
  std::size_t size_;
};

Comparisons checked(std::span<const double> comparisons, std::size_t n, const AhpOptions& options) {
  core::check_fraction(options.reciprocal_tolerance, "ahp_weights", "reciprocal_tolerance");
  core::check_not_negative_finite(options.acceptable_ratio, "ahp_weights", "acceptable_ratio");
  if (n == 0 || n > most_ahp_criteria) {
    throw std::invalid_argument("ahp_weights: there are " + std::to_string(n) +
                                " criteria, but must be 1 to 15: no random index is known beyond");
  }
  if (comparisons.size() != n * n) {
    throw std::invalid_argument("ahp_weights: " + std::to_string(comparisons.size()) +
                                " comparisons are no square of " + std::to_string(n) + " criteria");
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double value = comparisons[i * n + j];
      if (!(value >= 1 / largest_comparison && value <= largest_comparison)) {
        core::throw_domain_error("ahp_weights", cell(i, j), value, "in [1e-6, 1e6]");
      }
    }
  }
  std::vector<double> values(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i; j < n; ++j) {
      const double there = comparisons[i * n + j];
      const double back = comparisons[j * n + i];
      // A hair more: 0.95 is a little less than 1 - 0.05.
      if (!(std::abs(there * back - 1) <= options.reciprocal_tolerance + 1e-12)) {
        throw std::invalid_argument("ahp_weights: " + cell(i, j) + " is " + core::to_text(there) +
                                    (i == j ? ", but must be 1"
                                            : ", but " + cell(j, i) + " is " + core::to_text(back) +
                                                  ", not its reciprocal"));
      }
      // Exactly the answer where the other half is its reciprocal to the last bit.
      const double middle = i == j              ? 1
                            : back == 1 / there ? there
                            : there == 1 / back ? there
                                                : std::sqrt(there / back);
      values[i * n + j] = middle;
      values[j * n + i] = 1 / middle;
    }
  }
  return {std::move(values), n};
}

struct Principal {
  std::vector<double> vector;
  double value = 0;
};

// The principal eigenvector, summing to 1, Saaty's own way: the shares of the rows' sums in ever
// higher powers of the matrix. Squaring doubles the power, so that 50 steps are enough for any gap
// between eigenvalues; nothing is negative, so that nothing cancels. The ratios (A w) / w enclose
// the eigenvalue (Collatz, Wielandt).
Principal principal(const Comparisons& matrix) {
  Principal result;
  Comparisons power = matrix;
  for (int step = 0; step < 50; ++step) {
    result.vector = power.row_shares();
    const std::vector<double> image = matrix.times(result.vector);
    double low = std::numeric_limits<double>::infinity();
    double high = 0;
    for (std::size_t i = 0; i < image.size(); ++i) {
      low = std::min(low, image[i] / result.vector[i]);
      high = std::max(high, image[i] / result.vector[i]);
    }
    result.value = low + (high - low) / 2;
    const double n = static_cast<double>(image.size());
    if (high - low <= 4 * std::numeric_limits<double>::epsilon() * n * high) break;
    power = power.squared();
  }
  return result;
}

// What the other answers imply for one that was never given: Harker (1987) puts 0 in its place and
// adds 1 to the diagonal of its row and column.
double implied_by_others(const Comparisons& matrix, std::size_t row, std::size_t column) {
  const auto [weights, value] = principal(matrix.without(row, column));
  return weights[row] / weights[column];
}

std::optional<Judgement> most_inconsistent(const Comparisons& matrix,
                                           std::span<const double> weights) {
  std::optional<Judgement> worst;
  double times_off = 1e-9;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for (std::size_t j = i + 1; j < weights.size(); ++j) {
      const double off = std::abs(std::log(matrix(i, j) * weights[j] / weights[i]));
      // More than by rounding, so that the first of equals stays.
      if (off <= times_off * (1 + 1e-9)) continue;
      worst = Judgement{i, j, matrix(i, j), 1};
      times_off = off;
    }
  }
  if (worst) worst->implied = implied_by_others(matrix, worst->row, worst->column);
  return worst;
}

}  // namespace

double saaty_random_index(std::size_t criteria) {
  if (criteria == 0 || criteria > most_ahp_criteria) {
    throw std::invalid_argument("saaty_random_index: " + std::to_string(criteria) +
                                " criteria have none: they must be 1 to 15");
  }
  return random_indices[criteria - 1];
}

AhpWeights ahp_weights(std::span<const double> comparisons, std::size_t criteria,
                       const AhpOptions& options) {
  const Comparisons matrix = checked(comparisons, criteria, options);
  const double n = static_cast<double>(criteria);

  AhpWeights result;
  Principal found = principal(matrix);
  result.weights = std::move(found.vector);
  result.lambda_max = found.value;
  result.random_index = saaty_random_index(criteria);
  result.acceptable_ratio = options.acceptable_ratio;
  if (criteria >= 3) {
    // lambda_max is n or more; rounding may not make it less.
    result.consistency_index = std::max(0.0, (result.lambda_max - n) / (n - 1));
    result.consistency_ratio = result.consistency_index / result.random_index;
    result.most_inconsistent = most_inconsistent(matrix, result.weights);
  }
  result.status = result.consistency_ratio > options.acceptable_ratio ? AhpStatus::inconsistent
                                                                      : AhpStatus::consistent;
  return result;
}

std::string to_text(const AhpWeights& weights, std::span<const std::string> names) {
  core::check_same_size(names.size(), weights.weights.size(), "to_text(AhpWeights)", "names");
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += core::padded(names[i], static_cast<int>(width)) + "  " +
            core::fixed_text(weights.weights[i], 3) + '\n';
  }
  text += "consistency ratio " + core::fixed_text(weights.consistency_ratio, 3);
  if (weights.status == AhpStatus::consistent) {
    return text + ", at most " + core::to_text(weights.acceptable_ratio) + ": consistent\n";
  }
  text += ", above " + core::to_text(weights.acceptable_ratio) + ": the answers contradict\n";
  if (const auto& worst = weights.most_inconsistent) {
    text += "ask again: " + names[worst->row] + " against " + names[worst->column] +
            " is stated as " + core::fixed_text(worst->stated, 2) +
            ", but the other answers imply " + core::fixed_text(worst->implied, 2) + '\n';
  }
  return text;
}

}  // namespace rapport::relationship
