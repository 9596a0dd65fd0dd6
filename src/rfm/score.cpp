#include <rapport/core/check.hpp>
#include <rapport/core/raw_vector.hpp>
#include <rapport/rfm/score.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace rapport::rfm {
namespace {

constexpr std::size_t scored_per_block = 1 << 16;

// A column of those who bought, NaN for the others, in `values`.
template <class T>
void read_values(const Table& table, const std::vector<T>& column, const core::Threads& threads,
                 core::RawVector<double>& values) {
  values.resize(column.size());
  core::for_blocks(threads, column.size(), scored_per_block, [&](auto begin, auto end) {
    for (auto i = begin; i < end; ++i) {
      values[i] = table.bought(i) ? static_cast<double>(column[i])
                                  : std::numeric_limits<double>::quiet_NaN();
    }
  });
}

Cuts shifted(const Cuts& cuts, double by) {
  std::vector<double> bounds = cuts.lower_bounds();
  for (double& bound : bounds) bound += by;
  return Cuts(std::move(bounds));
}

// No bound below two purchases: whoever bought once is in the lowest bin.
Cuts one_time_buyers_lowest(const Cuts& cuts) {
  std::vector<double> bounds = cuts.lower_bounds();
  for (double& bound : bounds) bound = std::max(bound, 2.0);
  return Cuts(std::move(bounds));
}

class CutMaker {
 public:
  CutMaker(const Table& table, const ScoreOptions& options, const QuantileCuts& quantile_cuts)
      : table_(table), options_(options), quantile_cuts_(quantile_cuts) {
    if (options.bins < 2 || options.bins > 255) {
      core::throw_domain_error("rfm::score", "bins", options.bins, "in [2, 255]");
    }
    if (nested() && (options.frequency || options.monetary)) {
      throw std::invalid_argument(
          "rfm::score: own cuts of frequency or money cannot be nested: every cell has its own");
    }
  }

  [[nodiscard]] ScoreCuts make() const {
    ScoreCuts cuts;
    core::RawVector<double> values;  // of one column after the other
    const auto cut_of = [&](const auto& column, const auto& make_cut) {
      read_values(table_, column, options_.threads, values);
      return make_cut(values);
    };
    const auto cut_days = [this](const auto& days) { return cut(days, 1); };
    cuts.recency = options_.recency ? *options_.recency : cut_of(table_.recency_days, cut_days);
    if (options_.length) {
      cuts.length =
          options_.length_cuts ? *options_.length_cuts : cut_of(table_.length_days, cut_days);
    }
    if (nested()) {
      make_nested(cuts);
      return cuts;
    }
    cuts.frequency = {options_.frequency ? *options_.frequency
                                         : cut_of(table_.frequency, [this](const auto& counts) {
                                             return cut_frequency(counts);
                                           })};
    cuts.monetary = {options_.monetary ? *options_.monetary
                                       : cut_of(table_.monetary, [this](const auto& amounts) {
                                           return cut(amounts, unit_of_money());
                                         })};
    return cuts;
  }

 private:
  static constexpr std::size_t no_cell = std::numeric_limits<std::size_t>::max();

  // Cuts of frequency within each bin of recency, and of money within each of both.
  void make_nested(ScoreCuts& cuts) const {
    core::RawVector<double> recency, frequency, monetary;
    read_values(table_, table_.recency_days, options_.threads, recency);
    read_values(table_, table_.frequency, options_.threads, frequency);
    read_values(table_, table_.monetary, options_.threads, monetary);
    const int bins = options_.bins;
    const int r_bins = cuts.recency.bins();
    std::vector<std::size_t> r_cell(table_.size());
    for (std::size_t i = 0; i < table_.size(); ++i) {
      const Score bin = cuts.recency(recency[i]);
      r_cell[i] = bin == 0 ? no_cell : static_cast<std::size_t>(r_bins - bin);
    }
    for (const auto& part : cells(r_cell, frequency, static_cast<std::size_t>(r_bins))) {
      cuts.frequency.push_back(cut_frequency(part));
    }
    std::vector<std::size_t> rf_cell(table_.size(), no_cell);
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (r_cell[i] == no_cell) continue;
      const Score f = cuts.frequency[r_cell[i]](frequency[i]);
      rf_cell[i] = r_cell[i] * static_cast<std::size_t>(bins) + f - 1U;
    }
    for (const auto& part : cells(rf_cell, monetary, static_cast<std::size_t>(r_bins * bins))) {
      cuts.monetary.push_back(cut(part, unit_of_money()));
    }
  }

  [[nodiscard]] bool nested() const { return options_.binning == Binning::nested; }
  [[nodiscard]] bool as_r_package() const { return options_.convention == Convention::r_package; }
  [[nodiscard]] double unit_of_money() const {
    return static_cast<double>(table_.currency.minor_per_major());
  }

  [[nodiscard]] Cuts cut(std::span<const double> values, double unit) const {
    const Cuts cuts = quantile_cuts_(values, options_.bins);
    if (cuts.bins() != options_.bins) return one_bin_of(options_.bins);
    return as_r_package() ? shifted(cuts, unit) : cuts;
  }

  [[nodiscard]] Cuts cut_frequency(std::span<const double> values) const {
    const Cuts cuts = cut(values, 1);
    return as_r_package() ? cuts : one_time_buyers_lowest(cuts);
  }

  // Cuts of a cell that nobody is in: who turns up there later has nobody to compare with and is
  // in the lowest bin, of as many as other cells have.
  static Cuts one_bin_of(int bins) {
    return Cuts(std::vector<double>(static_cast<std::size_t>(bins) - 1,
                                    std::numeric_limits<double>::infinity()));
  }

  static std::vector<std::vector<double>> cells(const std::vector<std::size_t>& cell_of,
                                                const core::RawVector<double>& values,
                                                std::size_t count) {
    std::vector<std::vector<double>> result(count);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (cell_of[i] != no_cell) result[cell_of[i]].push_back(values[i]);
    }
    return result;
  }

  const Table& table_;
  const ScoreOptions& options_;
  const QuantileCuts& quantile_cuts_;
};

void check_cuts(const ScoreCuts& cuts) {
  const auto r_bins = static_cast<std::size_t>(cuts.recency.bins());
  bool whole = cuts.frequency.size() == 1 && cuts.monetary.size() == 1;
  if (cuts.frequency.size() == r_bins && r_bins > 1) {
    const auto f_bins = static_cast<std::size_t>(cuts.frequency.front().bins());
    whole = cuts.monetary.size() == r_bins * f_bins &&
            std::all_of(cuts.frequency.begin(), cuts.frequency.end(), [&](const Cuts& f) {
              return static_cast<std::size_t>(f.bins()) == f_bins;
            });
  }
  if (!whole) {
    throw std::invalid_argument("rfm::apply: there are " + std::to_string(cuts.frequency.size()) +
                                " cuts of frequency and " + std::to_string(cuts.monetary.size()) +
                                " of money, but must be one each, or one for each cell");
  }
}

RfmScore score_of(const Table& table, const ScoreCuts& cuts, std::size_t i) {
  if (!table.bought(i)) return {};
  const auto turned = [&](const Cuts& c, std::int32_t days) {
    return static_cast<Score>(c.bins() + 1 - c(days));
  };
  RfmScore score;
  score.r = turned(cuts.recency, table.recency_days[i]);
  const bool nested = cuts.frequency.size() > 1;
  const std::size_t r_cell = nested ? score.r - 1U : 0;
  score.f = cuts.frequency[r_cell](table.frequency[i]);
  const auto f_bins = static_cast<std::size_t>(cuts.frequency[r_cell].bins());
  const std::size_t rf_cell = nested ? r_cell * f_bins + score.f - 1U : 0;
  score.m = cuts.monetary[rf_cell](static_cast<double>(table.monetary[i]));
  if (cuts.length) score.l = (*cuts.length)(table.length_days[i]);
  return score;
}

void set(Scores& scores, std::size_t i, const RfmScore& score) {
  scores.r[i] = score.r;
  scores.f[i] = score.f;
  scores.m[i] = score.m;
  if (!scores.l.empty()) scores.l[i] = score.l;
}

}  // namespace

ScoreCuts make_cuts(const Table& table, const ScoreOptions& options) {
  return make_cuts(table, options, [&](std::span<const double> values, int bins) {
    return fold::quantile_cuts(values, bins, options.threads);
  });
}

ScoreCuts make_cuts(const Table& table, const ScoreOptions& options,
                    const QuantileCuts& quantile_cuts) {
  return CutMaker(table, options, quantile_cuts).make();
}

Scores score(const Table& table, const ScoreOptions& options) {
  return apply(make_cuts(table, options), table, options.threads);
}

Scores apply(const ScoreCuts& cuts, const Table& table, const core::Threads& threads) {
  check_cuts(cuts);
  Scores scores;
  scores.r.resize(table.size());
  scores.f.resize(table.size());
  scores.m.resize(table.size());
  if (cuts.length) scores.l.resize(table.size());
  core::for_blocks(threads, table.size(), scored_per_block, [&](auto begin, auto end) {
    for (auto i = begin; i < end; ++i) set(scores, i, score_of(table, cuts, i));
  });
  scores.cuts = cuts;
  scores.without_purchase = table.without_purchase();
  return scores;
}

void rescore(Scores& scores, const Table& table, std::span<const std::uint32_t> customers) {
  for (const std::uint32_t i : customers) {
    scores.without_purchase -= scores.r[i] == 0;
    set(scores, i, score_of(table, scores.cuts, i));
    scores.without_purchase += scores.r[i] == 0;
  }
}

std::vector<std::uint32_t> moved_between(const Table& table, const ScoreCuts& old_cuts,
                                         const ScoreCuts& new_cuts) {
  if (old_cuts.frequency.size() != 1 || new_cuts.frequency.size() != 1) {
    throw std::invalid_argument("rfm::moved_between: nested cuts move with every cell; score anew");
  }
  std::vector<std::uint32_t> moved;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!table.bought(i)) continue;
    if (score_of(table, old_cuts, i) != score_of(table, new_cuts, i)) {
      moved.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return moved;
}

}  // namespace rapport::rfm
