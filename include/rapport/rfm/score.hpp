#ifndef RAPPORT_RFM_SCORE_HPP
#define RAPPORT_RFM_SCORE_HPP

/// \file
/// Scores of recency, frequency, monetary value and, if asked for, length: 1 is worst.
///
/// Customers alike in a value share its score, whatever the order of rows; who buys more recently,
/// more often or for more never scores lower (with nested scoring: among those it is compared
/// with). The cuts are part of the result: apply() scores new data by them.

#include <rapport/core/parallel.hpp>
#include <rapport/fold/cuts.hpp>
#include <rapport/rfm/table.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace rapport::rfm {

using fold::Cuts;
using fold::Score;

/// Against whom a customer is scored.
enum class Binning : std::uint8_t {
  independent,  ///< each value against the whole base
  nested,       ///< F within the customers of one R score, M within those of one R and F score:
                ///< cells of about equal size (A. M. Hughes, Strategic Database Marketing, 1994);
                ///< scores of different cells do not compare
};

/// Where quantile cuts lie.
enum class Convention : std::uint8_t {
  rapport,    ///< at type-7 quantiles; who bought once has F = 1
  r_package,  ///< as the R package rfm: one unit (a day, a purchase, a major unit of money) above
              ///< the type-7 quantiles, and one-time buyers as they fall
};

/// How scores are made. A dimension whose cuts are given is scored by them, any other by quantiles
/// of the base into `bins`.
struct ScoreOptions {
  int bins = 5;  ///< 2 to 255
  Binning binning = Binning::independent;
  Convention convention = Convention::rapport;
  bool length = false;                   ///< score the length too: LRFM
  std::optional<Cuts> recency = {};      ///< in days since the last purchase
  std::optional<Cuts> frequency = {};    ///< in purchases
  std::optional<Cuts> monetary = {};     ///< in minor units
  std::optional<Cuts> length_cuts = {};  ///< in days since the first purchase
  core::Threads threads = {};
};

/// All cuts of one scoring. Recency is cut in days, the direction of its score is turned: few days
/// score high.
struct ScoreCuts {
  Cuts recency;
  /// One for all, or, if nested, one for each R score from 1.
  std::vector<Cuts> frequency;
  /// One for all, or, if nested, one for each R score and F score: (1, 1), (1, 2), ..., (2, 1), ...
  std::vector<Cuts> monetary;
  std::optional<Cuts> length = {};

  friend bool operator==(const ScoreCuts&, const ScoreCuts&) = default;
};

/// The scores of one customer; all 0 without a purchase.
struct RfmScore {
  Score r = 0, f = 0, m = 0;
  Score l = 0;  ///< 0 if length was not asked for

  friend bool operator==(const RfmScore&, const RfmScore&) = default;
};

/// The scores of all customers in columns, row = customer as in the table.
struct Scores {
  std::vector<Score> r, f, m;
  std::vector<Score> l;  ///< empty if length was not asked for
  ScoreCuts cuts;
  std::uint64_t without_purchase = 0;  ///< customers without scores

  [[nodiscard]] std::size_t size() const noexcept { return r.size(); }
  [[nodiscard]] RfmScore operator[](std::size_t customer) const noexcept {
    return {r[customer], f[customer], m[customer], l.empty() ? Score{0} : l[customer]};
  }

  friend bool operator==(const Scores&, const Scores&) = default;
};

/// The cuts that score() would use. \throws as score().
[[nodiscard]] ScoreCuts make_cuts(const Table& table, const ScoreOptions& options = {});

/// Cuts values into so many bins as fold::quantile_cuts does, NaN taking no part.
using QuantileCuts = std::function<Cuts(std::span<const double> values, int bins)>;

/// The same where the table holds some of the customers only: `quantile_cuts` is asked in place of
/// fold::quantile_cuts, and answers for the values of all. The same questions in the same order
/// for every part of one base. \throws as score(); as `quantile_cuts`.
[[nodiscard]] ScoreCuts make_cuts(const Table& table, const ScoreOptions& options,
                                  const QuantileCuts& quantile_cuts);

/// Scores every customer with a purchase. A base of none, of one, or of all alike is no error: fold
/// bins_used() says how many bins have somebody in them. O(n).
/// \throws std::domain_error unless bins is in [2, 255]; std::invalid_argument if own cuts of
/// frequency or money are to be nested.
[[nodiscard]] Scores score(const Table& table, const ScoreOptions& options = {});

/// Scores a table by cuts made before, on the same base or another.
/// \throws std::invalid_argument if the cuts are not those of one scoring.
[[nodiscard]] Scores apply(const ScoreCuts& cuts, const Table& table,
                           const core::Threads& threads = {});

/// Scores these customers anew by `scores.cuts`. With fixed cuts, the touched customers are enough.
/// \pre scores are those of the table's customers.
void rescore(Scores& scores, const Table& table, std::span<const std::uint32_t> customers);

/// The customers whose score differs between two independent cuts, ascending. When quantile cuts
/// follow the base, these are to be rescored too: other customers' purchases moved the cut past
/// them. O(n).
/// \throws std::invalid_argument if either cuts are nested.
[[nodiscard]] std::vector<std::uint32_t> moved_between(const Table& table,
                                                       const ScoreCuts& old_cuts,
                                                       const ScoreCuts& new_cuts);

}  // namespace rapport::rfm

#endif  // RAPPORT_RFM_SCORE_HPP
