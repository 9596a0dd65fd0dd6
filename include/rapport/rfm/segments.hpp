#ifndef RAPPORT_RFM_SEGMENTS_HPP
#define RAPPORT_RFM_SEGMENTS_HPP

/// \file
/// Segments: names for ranges of scores, as a table of rules that anybody can read. The first rule
/// that matches wins, whoever matches none is in the rest; so every customer with scores has
/// exactly one segment, and the rule that put it there.

#include <rapport/core/parallel.hpp>
#include <rapport/rfm/score.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::rfm {

/// Scores from `low` to `high`, both included.
struct ScoreRange {
  int low = 1, high = 1;

  [[nodiscard]] constexpr bool holds(int score) const noexcept {
    return low <= score && score <= high;
  }
  friend constexpr bool operator==(const ScoreRange&, const ScoreRange&) = default;
};

/// Who belongs to a segment.
struct SegmentRule {
  std::string name;
  ScoreRange r, f, m;
};

/// A cell of the cube of scores.
struct ScoreCell {
  int r, f, m;
  friend constexpr bool operator==(const ScoreCell&, const ScoreCell&) = default;
};

/// An index of a segment: that of its rule, that of the rest, or none.
using SegmentIndex = std::uint16_t;

/// A checked table of rules for scores from 1 to `bins` in each dimension.
class Segments {
 public:
  /// The customer has no scores.
  static constexpr SegmentIndex no_segment = 0xffff;

  /// \throws std::invalid_argument for a name that is empty or used twice (the rest's too), or a
  /// range that is empty or leaves 1 to bins; std::domain_error unless bins is in [2, 255].
  explicit Segments(std::vector<SegmentRule> rules, int bins = 5, std::string rest = "Others");

  [[nodiscard]] const std::vector<SegmentRule>& rules() const noexcept { return rules_; }
  [[nodiscard]] int bins() const noexcept { return bins_; }
  /// How many names there are, the rest among them: indices are 0 to size() - 1.
  [[nodiscard]] SegmentIndex size() const noexcept { return rest() + SegmentIndex{1}; }
  /// The index of those whom no rule matches.
  [[nodiscard]] SegmentIndex rest() const noexcept {
    return static_cast<SegmentIndex>(rules_.size());
  }
  /// The name; empty for no_segment.
  [[nodiscard]] std::string_view name(SegmentIndex index) const noexcept;
  /// The rule in words: "Champions: R 5, F 5, M 5", "Others: no other rule matches".
  [[nodiscard]] std::string rule_text(SegmentIndex index) const;

  /// The first rule that matches, the rest if none does, no_segment for a score of 0.
  /// \throws std::invalid_argument for a score above bins().
  [[nodiscard]] SegmentIndex operator()(const RfmScore& score) const;
  /// The segment of every customer.
  [[nodiscard]] std::vector<SegmentIndex> operator()(const Scores& scores,
                                                     const core::Threads& threads = {}) const;

  /// Cells that no rule covers, ascending by R, F and M: their customers are in the rest.
  [[nodiscard]] std::vector<ScoreCell> uncovered() const;
  /// Rules that can never win, since those before them cover all of their cells.
  [[nodiscard]] std::vector<SegmentIndex> never_first() const;

 private:
  [[nodiscard]] SegmentIndex match(int r, int f, int m) const noexcept;

  std::vector<SegmentRule> rules_;
  int bins_;
  std::string rest_;
};

/// The usual ten segments for scores 1 to 5, from Champions to Lost, as the R package rfm names
/// them; the rest are Others.
[[nodiscard]] Segments usual_segments();

}  // namespace rapport::rfm

#endif  // RAPPORT_RFM_SEGMENTS_HPP
