#ifndef RAPPORT_RELATIONSHIP_CHANGE_HPP
#define RAPPORT_RELATIONSHIP_CHANGE_HPP

/// \file
/// Why a score is not what it was. A change has several causes, and each gets its own part: what
/// was learned late, who was found to be one customer, time going by, the customer's own doings,
/// others who moved the cuts of a rank, another definition. The parts add up exactly.
///
/// The causes are taken one by one, in the order of Cause, from what was then to what is now.
/// Another order would share out otherwise what two causes do together, and change nothing else.

#include <rapport/core/enum_names.hpp>
#include <rapport/record/clusters.hpp>
#include <rapport/record/store.hpp>
#include <rapport/relationship/index.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::relationship {

/// Why a score changed, in the order in which causes are taken.
enum class Cause : std::uint8_t {
  late_facts,  ///< what was so then and became known, or was taken back, since
  merge,       ///< source records that were linked or separated since
  ageing,      ///< time that went by: silence, promises that fell due
  own_events,  ///< what the customer and the firm did since
  others,      ///< other customers, who moved the cuts of a rank
  definition,  ///< another definition
};

[[nodiscard]] constexpr auto names_of(Cause) noexcept {
  return std::to_array<std::string_view>(
      {"late_facts", "merge", "ageing", "own_events", "others", "definition"});
}

inline constexpr std::size_t cause_count = names_of(Cause{}).size();

/// What one cause did to the contribution of one indicator.
struct ChangePart {
  Cause cause = {};
  std::string indicator = {};  ///< its id
  Micro change = 0;            ///< never 0

  friend bool operator==(const ChangePart&, const ChangePart&) = default;
};

/// A customer's change between two results.
struct Change {
  Micro before = unknown_score;  ///< the score then; unknown_score if it was unknown
  Micro after = unknown_score;   ///< the score now
  /// By cause, then in the order of the indicators: those then, and after them new ones. Where a
  /// score is unknown they count from or to 0.
  std::vector<ChangePart> parts = {};
  /// Records of each kind that are seen now and date from after then: what own_events rests on.
  std::array<std::uint32_t, record::kind_count> new_records = {};

  /// The sum of the parts: after less before, unknown counting as 0.
  [[nodiscard]] Micro total() const noexcept;
  /// The sum of the parts of one cause.
  [[nodiscard]] Micro of(Cause cause) const noexcept;
};

/// A result, and the customers that it was of. Lent while the explainer is made, and no longer.
struct IndexResult {
  const IndexTable& table;
  const record::Clusters& clusters;
};

/// Explains changes between two results over one store. Refers to the store; copies the rest.
class ChangeExplainer {
 public:
  /// `options` as both results were made with; its scales are not used.
  /// \throws std::invalid_argument if the results are of other stores or roles, or `now` is before
  /// `then`.
  ChangeExplainer(const record::Store& store, const IndexResult& then, const IndexResult& now,
                  const IndexOptions& options = {});
  ChangeExplainer(ChangeExplainer&&) noexcept;
  ChangeExplainer& operator=(ChangeExplainer&&) noexcept;
  ~ChangeExplainer();

  /// The change of the customer that this source record belongs to, then and now. Safe to call
  /// from several threads. O(records of the customer).
  [[nodiscard]] Change operator()(record::SourceId source) const;

 private:
  struct Steps;
  std::unique_ptr<const Steps> steps_;
};

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_CHANGE_HPP
