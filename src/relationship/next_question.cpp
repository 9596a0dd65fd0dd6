#include <rapport/relationship/next_question.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>

namespace rapport::relationship {
namespace {

double width_of(std::span<const IndexTerm> terms) {
  double width = 0;
  for (const IndexTerm& term : terms) {
    core::check_not_negative_finite(term.weight, "IndexTerm", "weight");
    if (term.known) core::check_fraction(term.freshness, "IndexTerm", "freshness");
    width += term.width();
  }
  return width;
}

bool is_better(const Question& a, const Question& b) noexcept {
  return a.gain != b.gain ? a.gain > b.gain : a.id < b.id;
}

Question question(const IndexTerm& term, double width) noexcept {
  return {term.id, term.width(), width, std::max(0.0, width - term.width())};
}

}  // namespace

std::optional<Question> next_question(std::span<const IndexTerm> terms) {
  const double width = width_of(terms);
  std::optional<Question> best;
  for (const IndexTerm& term : terms) {
    const Question candidate = question(term, width);
    if (candidate.gain > 0 && (!best || is_better(candidate, *best))) best = candidate;
  }
  return best;
}

std::vector<Question> questions(std::span<const IndexTerm> terms) {
  const double width = width_of(terms);
  std::vector<Question> all;
  for (const IndexTerm& term : terms) {
    if (term.width() > 0) all.push_back(question(term, width));
  }
  std::ranges::sort(all, is_better);
  return all;
}

}  // namespace rapport::relationship
