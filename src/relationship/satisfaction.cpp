#include <rapport/relationship/satisfaction.hpp>

#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/core/wide.hpp>
#include <rapport/math/proportion.hpp>
#include <rapport/math/student_t.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace rapport::relationship {
namespace {

using LineKey = std::tuple<record::Name, std::int32_t, std::int32_t>;

// Scores count from the low end of their scale: small whole numbers, so the sums are exact.
struct Sums {
  std::uint64_t asked = 0, answered = 0, off_scale = 0;
  core::Int128 sum = 0, squares = 0;
};

core::Estimate mean_of(const Sums& sums, const Satisfaction& line, double level) {
  core::Estimate mean;
  mean.level = level;
  mean.n = line.answered - line.off_scale;
  if (mean.n == 0) return mean;
  const auto n = static_cast<double>(mean.n);
  const double from_low = static_cast<double>(sums.sum) / n;
  mean.value = line.scale_low + from_low;
  mean.status = core::Status::estimated;
  // n times the sum of the squared distances from the mean.
  const core::Int128 spread =
      static_cast<core::Int128>(mean.n) * sums.squares - sums.sum * sums.sum;
  if (spread == 0) return mean;
  const double error = std::sqrt(static_cast<double>(spread) / (n * n * (n - 1)));
  const double half = math::two_sided_t_quantile(level, n - 1) * error;
  mean.low = std::max<double>(line.scale_low, mean.value - half);
  mean.high = std::min<double>(line.scale_high, mean.value + half);
  return mean;
}

std::string interval_text(const core::Estimate& estimate, double unit, int decimals) {
  if (std::isnan(estimate.low)) return "no interval";
  return core::to_text(100 * estimate.level) + " % interval " +
         core::fixed_text(unit * estimate.low, decimals) + " to " +
         core::fixed_text(unit * estimate.high, decimals);
}

}  // namespace

std::vector<Satisfaction> satisfaction(std::span<const record::Survey> surveys,
                                       const record::Sight& sight, double level) {
  if (!(level > 0 && level < 1)) {
    core::throw_domain_error("satisfaction", "level", level, "in (0, 1)");
  }
  std::map<LineKey, Sums> by_line;
  for (const record::Survey& survey : surveys) {
    if (!sight.sees(survey.stamp)) continue;
    Sums& sums = by_line[{survey.kind, survey.scale_low, survey.scale_high}];
    ++sums.asked;
    if (!survey.answered_at || !sight.sees(*survey.answered_at, *survey.answered_at)) continue;
    ++sums.answered;
    if (survey.score < survey.scale_low || survey.score > survey.scale_high) {
      ++sums.off_scale;
      continue;
    }
    const std::int64_t from_low = std::int64_t{survey.score} - survey.scale_low;
    sums.sum += from_low;
    sums.squares += static_cast<core::Int128>(from_low) * from_low;
  }
  std::vector<Satisfaction> lines;
  lines.reserve(by_line.size());
  for (const auto& [key, sums] : by_line) {
    Satisfaction line;
    std::tie(line.kind, line.scale_low, line.scale_high) = key;
    line.asked = sums.asked;
    line.answered = sums.answered;
    line.off_scale = sums.off_scale;
    line.mean = mean_of(sums, line, level);
    line.response_rate =
        math::to_estimate(math::wilson(line.answered, line.asked, level), line.asked, level);
    lines.push_back(line);
  }
  return lines;
}

std::string to_text(const Satisfaction& line, std::string_view kind) {
  std::string text(kind);
  text += " (" + std::to_string(line.scale_low) + " to " + std::to_string(line.scale_high) + "): ";
  if (line.mean.usable()) {
    text += core::fixed_text(line.mean.value, 2) + ", " + interval_text(line.mean, 1, 2);
  } else {
    text += "abstained";
  }
  text += "; " + std::to_string(line.answered) + " of " + std::to_string(line.asked) +
          " answered (" + core::fixed_text(100 * line.response_rate.value, 1) + " %, " +
          interval_text(line.response_rate, 100, 1) + " %)";
  return text;
}

}  // namespace rapport::relationship
