#include <rapport/core/check.hpp>
#include <rapport/rfm/segments.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace rapport::rfm {
namespace {

std::string text_of(const ScoreRange& range) {
  const std::string low = std::to_string(range.low);
  return range.low == range.high ? low : low + " to " + std::to_string(range.high);
}

}  // namespace

Segments::Segments(std::vector<SegmentRule> rules, int bins, std::string rest)
    : rules_(std::move(rules)), bins_(bins), rest_(std::move(rest)) {
  if (bins < 2 || bins > 255) core::throw_domain_error("Segments", "bins", bins, "in [2, 255]");
  if (rules_.size() >= no_segment) {
    throw std::invalid_argument("Segments: there are more than 65534 rules");
  }
  std::set<std::string_view> names;
  const auto check_name = [&](const std::string& name) {
    if (name.empty()) throw std::invalid_argument("Segments: a segment has no name");
    if (!names.insert(name).second) {
      throw std::invalid_argument("Segments: two segments are named \"" + name + '"');
    }
  };
  for (const SegmentRule& rule : rules_) {
    check_name(rule.name);
    for (const ScoreRange& range : {rule.r, rule.f, rule.m}) {
      if (range.low < 1 || range.low > range.high || range.high > bins) {
        throw std::invalid_argument(
            "Segments: \"" + rule.name + "\" has the range " + std::to_string(range.low) + " to " +
            std::to_string(range.high) + ", but must ascend within 1 to " + std::to_string(bins));
      }
    }
  }
  check_name(rest_);
}

std::string_view Segments::name(SegmentIndex index) const noexcept {
  if (index < rest()) return rules_[index].name;
  return index == rest() ? std::string_view(rest_) : std::string_view();
}

std::string Segments::rule_text(SegmentIndex index) const {
  if (index == no_segment) return "no scores: no purchase";
  if (index >= rest()) return rest_ + ": no other rule matches";
  const SegmentRule& rule = rules_[index];
  return rule.name + ": R " + text_of(rule.r) + ", F " + text_of(rule.f) + ", M " + text_of(rule.m);
}

SegmentIndex Segments::match(int r, int f, int m) const noexcept {
  const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const SegmentRule& rule) {
    return rule.r.holds(r) && rule.f.holds(f) && rule.m.holds(m);
  });
  return static_cast<SegmentIndex>(found - rules_.begin());
}

SegmentIndex Segments::operator()(const RfmScore& score) const {
  if (std::max({score.r, score.f, score.m}) > bins_) {
    throw std::invalid_argument("Segments: a score is above " + std::to_string(bins_) +
                                ": score into as many bins as the rules are for");
  }
  if (score.r == 0 || score.f == 0 || score.m == 0) return no_segment;
  return match(score.r, score.f, score.m);
}

std::vector<SegmentIndex> Segments::operator()(const Scores& scores,
                                               const core::Threads& threads) const {
  std::vector<SegmentIndex> result(scores.size());
  core::for_blocks(threads, scores.size(), 1 << 16, [&](auto begin, auto end) {
    for (auto i = begin; i < end; ++i) result[i] = (*this)(scores[i]);
  });
  return result;
}

std::vector<ScoreCell> Segments::uncovered() const {
  std::vector<ScoreCell> cells;
  for (int r = 1; r <= bins_; ++r) {
    for (int f = 1; f <= bins_; ++f) {
      for (int m = 1; m <= bins_; ++m) {
        if (match(r, f, m) == rest()) cells.push_back({r, f, m});
      }
    }
  }
  return cells;
}

std::vector<SegmentIndex> Segments::never_first() const {
  std::vector<bool> wins(size());
  for (int r = 1; r <= bins_; ++r) {
    for (int f = 1; f <= bins_; ++f) {
      for (int m = 1; m <= bins_; ++m) wins[match(r, f, m)] = true;
    }
  }
  std::vector<SegmentIndex> result;
  for (SegmentIndex i = 0; i < rest(); ++i) {
    if (!wins[i]) result.push_back(i);
  }
  return result;
}

Segments usual_segments() {
  return Segments({
      {"Champions", {5, 5}, {5, 5}, {5, 5}},
      {"Potential Loyalist", {3, 5}, {3, 5}, {2, 5}},
      {"Loyal Customers", {2, 4}, {2, 4}, {2, 4}},
      {"Promising", {3, 4}, {1, 3}, {3, 5}},
      {"New Customers", {4, 5}, {1, 3}, {1, 5}},
      {"Can't Lose Them", {1, 2}, {3, 4}, {4, 5}},
      {"At Risk", {1, 2}, {2, 5}, {4, 5}},
      {"Need Attention", {1, 3}, {3, 5}, {3, 5}},
      {"About To Sleep", {2, 3}, {1, 3}, {1, 4}},
      {"Lost", {1, 1}, {1, 5}, {1, 5}},
  });
}

}  // namespace rapport::rfm
