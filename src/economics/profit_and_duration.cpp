#include <rapport/economics/profit_and_duration.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/checked.hpp>
#include <rapport/fold/rank.hpp>
#include <rapport/math/rank_correlation.hpp>
#include <rapport/math/student_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace rapport::economics {
namespace {

constexpr const char* profit_and_duration_place = "profit_and_duration";
constexpr std::uint64_t fewest_relations = 5;

void check(std::span<const Relation> relations, std::span<const DatedProfit> profits,
           core::AsOf as_of, const DurationOptions& options) {
  double before = 0;
  for (const double edge : options.edges) {
    if (!(std::isfinite(edge) && edge > before)) {
      throw std::invalid_argument(std::string(profit_and_duration_place) + ": edge " +
                                  core::to_text(edge) + " follows " + core::to_text(before) +
                                  ", but edges must be finite, > 0 and ascending");
    }
    before = edge;
  }
  core::check_positive_finite(options.span.count(), profit_and_duration_place, "span");
  if (!(options.level > 0 && options.level < 1)) {
    core::throw_domain_error(profit_and_duration_place, "level", options.level, "in (0, 1)");
  }
  const fold::DayNumber seen_until = fold::day_number(as_of.day()) + 1;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    const fold::DayNumber end = relations[i].end.value_or(seen_until);
    if (relations[i].begin >= end || end > seen_until) {
      throw std::invalid_argument(std::string(profit_and_duration_place) + ": relation " +
                                  std::to_string(i) +
                                  " must begin before its end, and both by the as-of day");
    }
  }
  for (const DatedProfit& row : profits) {
    if (row.relation >= relations.size()) {
      throw std::invalid_argument(std::string(profit_and_duration_place) +
                                  ": a row names relation " + std::to_string(row.relation) +
                                  ", but there are " + std::to_string(relations.size()));
    }
  }
}

// What one relation did in one band.
struct Stay {
  double months = 0;
  std::int64_t profit = 0;
};

// The ratio of the sums of profit and months: relations are independent, months are not.
core::Estimate ratio(std::span<const Stay> stays, const AgeBand& band, double level) {
  core::Estimate result;
  result.level = level;
  result.n = band.relations;
  if (band.relations < fewest_relations) return result;
  const double value = static_cast<double>(band.profit) / band.months;
  double squares = 0;
  for (const Stay& stay : stays) {
    const double excess = static_cast<double>(stay.profit) - value * stay.months;
    squares += excess * excess;
  }
  const auto n = static_cast<double>(band.relations);
  const double half =
      math::two_sided_t_quantile(level, n - 1) * std::sqrt(n / (n - 1) * squares) / band.months;
  result.value = value;
  result.low = value - half;
  result.high = value + half;
  result.status = core::Status::estimated;
  return result;
}

TestedClaim tested(std::span<const double> duration_ranks, std::span<const double> profit,
                   double level) {
  TestedClaim claim;
  claim.rank_correlation = math::rank_correlation(duration_ranks, fold::ranks(profit), level);
  if (claim.rank_correlation.low > 0) claim.verdict = Verdict::supported;
  if (claim.rank_correlation.high < 0) claim.verdict = Verdict::contradicted;
  return claim;
}

}  // namespace

Quadrant quadrant(std::int64_t profit, double duration, const QuadrantLines& lines) noexcept {
  if (std::isnan(duration)) return Quadrant::unknown;
  if (duration >= lines.duration) {
    return profit >= lines.profit ? Quadrant::true_friend : Quadrant::barnacle;
  }
  return profit >= lines.profit ? Quadrant::butterfly : Quadrant::stranger;
}

ProfitAndDuration profit_and_duration(std::span<const Relation> relations,
                                      std::span<const DatedProfit> profits, core::AsOf as_of,
                                      const DurationOptions& options) {
  check(relations, profits, as_of, options);
  constexpr double month = core::months.days();
  const fold::DayNumber seen_until = fold::day_number(as_of.day()) + 1;
  std::vector<fold::DayNumber> days(relations.size());  // how long each one was seen
  for (std::size_t i = 0; i < relations.size(); ++i) {
    days[i] = relations[i].end.value_or(seen_until) - relations[i].begin;
  }
  ProfitAndDuration result;

  // Each relation's days on one line, band by band: stays[band * relations + relation].
  const std::size_t bands = options.edges.size() + 1;
  std::vector<Stay> stays(bands * relations.size());
  result.bands.resize(bands);
  for (std::size_t b = 0; b < bands; ++b) {
    AgeBand& band = result.bands[b];
    band.from = b == 0 ? 0 : options.edges[b - 1];
    band.to = b + 1 == bands ? std::numeric_limits<double>::infinity() : options.edges[b];
    for (std::size_t i = 0; i < relations.size(); ++i) {
      const double length = days[i] / month;
      if (length <= band.from) continue;
      stays[b * relations.size() + i].months = std::min(length, band.to) - band.from;
      band.months += stays[b * relations.size() + i].months;
      ++band.relations;
      if (length <= band.to) ++(relations[i].end ? band.ended : band.censored);
    }
  }

  const double span = options.span.in(core::days);
  std::vector<std::int64_t> within_span(relations.size());
  for (const DatedProfit& row : profits) {
    // In 64 bits: any two day numbers may be given.
    const std::int64_t since = std::int64_t{row.day} - relations[row.relation].begin;
    const auto age = static_cast<double>(
        std::clamp(since, std::int64_t{0}, std::int64_t{days[row.relation]} - 1));
    // The band that holds the beginning of the day; the relation lasts beyond it, so has reached
    // it.
    const auto edge = std::ranges::upper_bound(options.edges, age / month);
    const auto b = static_cast<std::size_t>(edge - options.edges.begin());
    core::add_checked(stays[b * relations.size() + row.relation].profit, row.amount,
                      profit_and_duration_place);
    core::add_checked(result.bands[b].profit, row.amount, profit_and_duration_place);
    if (age < span)
      core::add_checked(within_span[row.relation], row.amount, profit_and_duration_place);
  }
  for (std::size_t b = 0; b < bands; ++b) {
    result.bands[b].per_month =
        ratio(std::span<const Stay>(stays).subspan(b * relations.size(), relations.size()),
              result.bands[b], options.level);
  }

  std::vector<double> duration, in_all, per_month;
  for (std::size_t i = 0; i < relations.size(); ++i) {
    if (seen_until - relations[i].begin < span) {
      ++result.too_young;
      continue;
    }
    duration.push_back(std::min<double>(days[i], span));
    in_all.push_back(static_cast<double>(within_span[i]));
    per_month.push_back(in_all.back() / duration.back());
  }
  result.compared = duration.size();
  const std::vector<double> duration_ranks = fold::ranks(duration);
  result.in_all = tested(duration_ranks, in_all, options.level);
  result.per_month = tested(duration_ranks, per_month, options.level);
  return result;
}

}  // namespace rapport::economics
