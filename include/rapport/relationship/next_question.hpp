#ifndef RAPPORT_RELATIONSHIP_NEXT_QUESTION_HPP
#define RAPPORT_RELATIONSHIP_NEXT_QUESTION_HPP

/// \file
/// The question most worth asking: the item whose being known would shrink the interval of a
/// customer's index most.
///
/// An index sums weighted indicators in [0, 1]. One that is not known may be anything, so it leaves
/// the index its whole weight wide; one that was known when it was fresher leaves
/// (1 - freshness) of its weight. What is asked and answered today leaves nothing.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rapport::relationship {

/// One term of an index for one customer.
struct IndexTerm {
  std::uint32_t id = 0;  ///< the host's number of the item, such as that of its topic
  double weight = 0;     ///< finite, >= 0
  bool known = false;
  double freshness = 1;  ///< in [0, 1]; only read where it is known

  /// How much of the interval's width is due to this term.
  [[nodiscard]] constexpr double width() const noexcept {
    return known ? (1 - freshness) * weight : weight;
  }
};

/// A question and what its answer would do.
struct Question {
  std::uint32_t id = 0;
  double gain = 0;  ///< width_before - width_after, > 0
  double width_before = 0;
  double width_after = 0;
};

/// The most valuable question; of equal ones that with the least id. Nothing if no answer would
/// tell anything new. O(terms), no allocation.
/// \throws std::domain_error unless weights are finite and >= 0 and freshnesses in [0, 1].
[[nodiscard]] std::optional<Question> next_question(std::span<const IndexTerm> terms);

/// All questions whose answers tell something, the most valuable first: the queue for refreshing.
/// Each is asked by itself: width_after is that of this answer alone. O(n log n).
/// \throws std::domain_error as next_question() does.
[[nodiscard]] std::vector<Question> questions(std::span<const IndexTerm> terms);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_NEXT_QUESTION_HPP
