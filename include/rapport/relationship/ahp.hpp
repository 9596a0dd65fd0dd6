#ifndef RAPPORT_RELATIONSHIP_AHP_HPP
#define RAPPORT_RELATIONSHIP_AHP_HPP

/// \file
/// Weights that people state by comparing two indicators at a time, and how well their answers fit
/// together: the analytic hierarchy process, by the eigenvector method.
///
/// T. L. Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill; T. L. Saaty (1987), The
/// Analytic Hierarchy Process: What It Is and How It Is Used, Mathematical Modelling 9(3-5),
/// 161-176, doi:10.1016/0270-0255(87)90473-8.
///
/// The answer to "how many times as important is i as j?" is a(i, j); a(j, i) is its reciprocal.
/// The weights are the eigenvector of the largest eigenvalue, lambda_max >= n, which is n only if
/// every answer follows from the others: a(i, j) a(j, k) = a(i, k).

#include <rapport/core/enum_names.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// More criteria than these have no random index, and nobody answers 120 questions with care.
inline constexpr std::size_t most_ahp_criteria = 15;

/// The mean consistency index of matrices filled at random from Saaty's scale of 1/9 to 9: 0, 0,
/// 0.58, 0.90, 1.12, ... for 1, 2, 3, 4, 5, ... criteria (Saaty 1980; the first ten also in Saaty
/// 1987). Later simulations with more matrices differ by up to 0.06 for three criteria and by less
/// for more.
/// \throws std::invalid_argument for 0 or more than `most_ahp_criteria` criteria.
[[nodiscard]] double saaty_random_index(std::size_t criteria);

/// One answer beside what the others imply, for `row` < `column`.
struct Judgement {
  std::size_t row = 0;
  std::size_t column = 0;
  double stated = 1;   ///< a(row, column), as it was answered
  double implied = 1;  ///< what all other answers imply for it
};

/// How to judge the answers.
struct AhpOptions {
  /// How far a(i, j) a(j, i) may be from 1: 0.05 lets pass what two decimals make of 1/8.
  double reciprocal_tolerance = 0.05;
  /// Answers with a greater consistency ratio are worth asking again: Saaty's ten per cent.
  double acceptable_ratio = 0.10;
};

/// What to think of the answers.
enum class AhpStatus : std::uint8_t {
  consistent,    ///< the consistency ratio is acceptable
  inconsistent,  ///< it is not: the weights are a compromise between answers that contradict
};

[[nodiscard]] constexpr auto names_of(AhpStatus) noexcept {
  return std::to_array<std::string_view>({"consistent", "inconsistent"});
}

/// Weights by comparison, with their consistency.
struct AhpWeights {
  std::vector<double> weights;   ///< > 0, in the order of the criteria; they sum to 1
  double lambda_max = 0;         ///< the largest eigenvalue
  double consistency_index = 0;  ///< (lambda_max - n) / (n - 1); 0 if n < 3
  double random_index = 0;       ///< saaty_random_index(n)
  double consistency_ratio = 0;  ///< consistency_index / random_index; 0 if n < 3
  double acceptable_ratio = 0;   ///< that of the options
  AhpStatus status = AhpStatus::consistent;
  /// The pair to ask again first: the answer that is the most times off the ratio of the weights
  /// (T. L. Saaty 2003, doi:10.1016/S0377-2217(02)00227-8); the first of equals, as all three are
  /// with three criteria. What the others imply is the ratio of the weights without this answer (P.
  /// T. Harker 1987, doi:10.1016/0270-0255(87)90503-3). Nothing if all agree to nine digits.
  std::optional<Judgement> most_inconsistent;
};

/// The weights that a matrix of comparisons (n x n, row by row) states. Its two halves may differ
/// by rounding; the geometric mean of a(i, j) and 1 / a(j, i) is taken. O(n^3).
/// \throws std::invalid_argument unless `comparisons` is square for `criteria` criteria, of which
/// there are 1 to `most_ahp_criteria`, or if a(i, j) a(j, i) is not 1 within the tolerance;
/// std::domain_error for a comparison that is not in [1e-6, 1e6], a tolerance not in [0, 1] or an
/// acceptable ratio that is negative. Both name the place in the matrix, counted from 1.
[[nodiscard]] AhpWeights ahp_weights(std::span<const double> comparisons, std::size_t criteria,
                                     const AhpOptions& options = {});

/// A few lines for people: the weights and the consistency ratio, and where it is not acceptable
/// which pair to ask again and what the other answers imply.
/// \throws std::invalid_argument unless there is one name a criterion.
[[nodiscard]] std::string to_text(const AhpWeights& weights, std::span<const std::string> names);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_AHP_HPP
