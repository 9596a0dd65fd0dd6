#ifndef RAPPORT_TESTING_LAWS_HPP
#define RAPPORT_TESTING_LAWS_HPP

/// \file
/// Does my aggregate obey the laws that its verbs promise? Tried on generated events, with the
/// cases that break most of those who lie: shared instants, a day split between two stretches,
/// stretches without events, refunds before the first purchase, amounts that round as doubles.
///
///     const auto report = rapport::testing::check_laws(MyIndicator{});
///     EXPECT_TRUE(report.ok()) << report.text();

#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/entry.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rapport::testing {

/// What is tried; the same seed tries the same.
struct LawOptions {
  std::uint64_t seed = 1;
  std::size_t cases = 2000;
  std::size_t most_entries = 12;  ///< of one customer
};

/// A law that does not hold, and the smallest example found: the entries in order, and for each
/// which of the two joined states it went into.
struct BrokenLaw {
  std::string law;  ///< "prefix", "append", "merge" or "unmerge"
  std::string meaning;
  std::vector<fold::Entry> entries;
  std::vector<bool> second;
};

/// What came out.
struct LawReport {
  std::vector<std::string> tried;  ///< the laws that the aggregate's verbs promise
  std::vector<BrokenLaw> broken;   ///< at most one example a law

  [[nodiscard]] bool ok() const noexcept { return broken.empty(); }
  /// For people, several lines: which law, and the entries that break it.
  [[nodiscard]] std::string text() const;
};

/// One customer's entries in the order of a ledger, fit for trying laws on: few days and instants,
/// so that many are shared. Days are cut in UTC.
[[nodiscard]] std::vector<fold::Entry> generate_entries(std::uint64_t seed, std::size_t most);

namespace detail {

// Which way the entries were dealt to two states, for a law that holds for these two.
struct Deal {
  std::vector<fold::Entry> entries;
  std::vector<bool> second;

  [[nodiscard]] std::vector<fold::Entry> side(bool which) const;
};

enum class Dealing { cut, any };

[[nodiscard]] Deal deal(std::uint64_t seed, std::size_t most, Dealing dealing);

// Takes entries away for as long as the law stays broken.
template <class Holds>
[[nodiscard]] Deal smallest(Deal broken, const Holds& holds) {
  for (std::size_t i = broken.entries.size(); i-- > 0;) {
    Deal smaller = broken;
    const auto at = static_cast<std::ptrdiff_t>(i);
    smaller.entries.erase(smaller.entries.begin() + at);
    smaller.second.erase(smaller.second.begin() + at);
    if (!holds(smaller)) {
      broken = std::move(smaller);
      i = broken.entries.size();
    }
  }
  return broken;
}

template <class Holds>
void try_law(LawReport& report, const LawOptions& options, Dealing dealing, std::string law,
             std::string meaning, const Holds& holds) {
  if (std::find(report.tried.begin(), report.tried.end(), law) == report.tried.end()) {
    report.tried.push_back(law);
  }
  for (std::size_t i = 0; i < options.cases; ++i) {
    Deal dealt = deal(options.seed + i, options.most_entries, dealing);
    if (holds(dealt)) continue;
    dealt = smallest(std::move(dealt), holds);
    report.broken.push_back({std::move(law), std::move(meaning), dealt.entries, dealt.second});
    return;
  }
}

}  // namespace detail

/// Tries every law that the verbs of `rule` promise; states are compared with ==.
/// O(cases x most_entries) time.
template <class A>
[[nodiscard]] LawReport check_laws(const A& rule, const LawOptions& options = {}) {
  static_assert(fold::Aggregate<A, fold::Entry>,
                "rapport: this aggregate lacks absorb(state, event) for fold::Entry, which its "
                "laws are about");
  static_assert(std::equality_comparable<typename A::State>,
                "rapport: this State lacks ==, which checking its laws needs");
  using State = typename A::State;
  using detail::Deal;
  LawReport report;
  detail::try_law(report, options, detail::Dealing::cut, "prefix",
                  "a copy of the state after the first entries, which then takes in the rest, is "
                  "the state of all",
                  [&](const Deal& dealt) {
                    const State prefix = fold::over(rule, dealt.side(false));
                    State resumed = prefix;
                    for (const fold::Entry& entry : dealt.side(true)) rule.absorb(resumed, entry);
                    return resumed == fold::over(rule, dealt.entries) &&
                           prefix == fold::over(rule, dealt.side(false));
                  });
  if constexpr (fold::Consecutive<A>) {
    detail::try_law(report, options, detail::Dealing::cut, "append",
                    "the states of two stretches, joined, are the state of all",
                    [&](const Deal& dealt) {
                      State joined = fold::over(rule, dealt.side(false));
                      fold::append(rule, joined, fold::over(rule, dealt.side(true)));
                      return joined == fold::over(rule, dealt.entries);
                    });
  }
  if constexpr (fold::Mergeable<A>) {
    detail::try_law(report, options, detail::Dealing::any, "merge",
                    "the states of two disjoint sets of entries, merged, are the state of all",
                    [&](const Deal& dealt) {
                      State merged = fold::over(rule, dealt.side(false));
                      fold::merge(rule, merged, fold::over(rule, dealt.side(true)));
                      return merged == fold::over(rule, dealt.entries);
                    });
  }
  if constexpr (fold::Invertible<A>) {
    detail::try_law(report, options, detail::Dealing::any, "unmerge",
                    "the state of all, less that of some, is the state of the others",
                    [&](const Deal& dealt) {
                      State rest = fold::over(rule, dealt.entries);
                      fold::unmerge(rule, rest, fold::over(rule, dealt.side(true)));
                      return rest == fold::over(rule, dealt.side(false));
                    });
  }
  return report;
}

}  // namespace rapport::testing

#endif  // RAPPORT_TESTING_LAWS_HPP
