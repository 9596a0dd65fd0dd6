#include <rapport/core/check.hpp>
#include <rapport/core/format.hpp>
#include <rapport/evaluation/holdout.hpp>
#include <rapport/math/random.hpp>
#include <rapport/math/student_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rapport::evaluation {
namespace {

using Block = std::array<std::uint32_t, 4>;

// What a block is about: keys of the two kinds, and names of experiments, never meet.
enum class Use : std::uint32_t { experiment = 1, number = 2, text = 3 };

std::array<std::uint32_t, 2> halves(std::uint64_t value) {
  return {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32)};
}

// The bytes of a text, 16 at a time, chained through a keyed bijection; the first block holds the
// length, so that no text is the beginning of another. The same on every platform.
Block digest(std::string_view text, std::array<std::uint32_t, 2> key, Use use) {
  const auto length = halves(text.size());
  Block state =
      math::philox4x32_10({length[0], length[1], 0, static_cast<std::uint32_t>(use)}, key);
  for (std::size_t begin = 0; begin < text.size(); begin += 16) {
    const std::string_view part = text.substr(begin, 16);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto byte = static_cast<unsigned char>(part[i]);
      state[i / 4] ^= std::uint32_t{byte} << (8 * (i % 4));
    }
    state = math::philox4x32_10(state, key);
  }
  return state;
}

// In [0, 1), a multiple of 2^-53: so that fraction 0 holds out nobody, and 1 everybody.
double uniform(const Block& block) {
  const std::uint64_t bits = block[0] | std::uint64_t{block[1]} << 32;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

struct Moments {
  double n = 0, mean = 0, variance_of_mean = 0;
};

// Two passes: the mean first, so that squares do not cancel.
Moments moments_of(std::span<const double> values, std::string_view name) {
  Moments moments{.n = static_cast<double>(values.size())};
  double sum = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      core::throw_domain_error("effect_on_mean", name, value, "finite");
    }
    sum += value;
  }
  moments.mean = sum / moments.n;
  double squares = 0, rest = 0;
  for (const double value : values) {
    const double off = value - moments.mean;
    rest += off;
    squares += off * off;
  }
  squares -= rest * rest / moments.n;
  moments.variance_of_mean = squares / (moments.n - 1) / moments.n;
  return moments;
}

Verdict verdict_of(const core::Estimate& difference) {
  if (!difference.usable()) return Verdict::abstained;
  if (difference.low > 0) return Verdict::effective;
  return difference.high < 0 ? Verdict::harmful : Verdict::inconclusive;
}

bool too_few(std::uint64_t treated, std::uint64_t held_out, std::uint64_t least) {
  return std::min(treated, held_out) < std::max<std::uint64_t>(least, 1);
}

std::string signed_text(double value, int decimals) {
  const std::string text = core::fixed_text(value, decimals);
  return text.front() == '-' ? text : '+' + text;
}

}  // namespace

Holdout::Holdout(const Params& params) : fraction_(params.fraction) {
  core::check_fraction(params.fraction, "Holdout", "fraction");
  const Block block = digest(params.experiment, halves(params.seed), Use::experiment);
  key_ = {block[0], block[1]};
}

bool Holdout::holds_out(std::uint64_t key) const noexcept {
  const auto number = halves(key);
  const Block counter = {number[0], number[1], 0, static_cast<std::uint32_t>(Use::number)};
  return uniform(math::philox4x32_10(counter, key_)) < fraction_;
}

bool Holdout::holds_out(std::string_view key) const noexcept {
  return uniform(digest(key, key_, Use::text)) < fraction_;
}

Effect effect_on_proportion(const math::Counted& treated, const math::Counted& held_out,
                            const EffectOptions& options) {
  const math::Proportion p = math::newcombe(treated, held_out, options.level);
  const auto share = [](const math::Counted& side) {
    return side.total == 0 ? std::numeric_limits<double>::quiet_NaN()
                           : static_cast<double>(side.count) / static_cast<double>(side.total);
  };
  Effect effect{.treated = share(treated), .held_out = share(held_out)};
  effect.difference.level = options.level;
  effect.difference.n = treated.total + held_out.total;
  if (too_few(treated.total, held_out.total, options.least)) return effect;
  effect.difference.value = p.value;
  effect.difference.low = p.low;
  effect.difference.high = p.high;
  effect.difference.status = core::Status::estimated;
  effect.verdict = verdict_of(effect.difference);
  return effect;
}

Effect effect_on_mean(std::span<const double> treated, std::span<const double> held_out,
                      const EffectOptions& options) {
  const Moments a = moments_of(treated, "treated");
  const Moments b = moments_of(held_out, "held_out");
  Effect effect{.treated = a.mean, .held_out = b.mean};
  effect.difference.level = options.level;
  effect.difference.n = treated.size() + held_out.size();
  const double variance = a.variance_of_mean + b.variance_of_mean;
  // Welch's degrees of freedom, as F. E. Satterthwaite (1946) has them, doi:10.2307/3002019.
  const double degrees = variance * variance /
                         (a.variance_of_mean * a.variance_of_mean / (a.n - 1) +
                          b.variance_of_mean * b.variance_of_mean / (b.n - 1));
  // The level is held to its domain whatever the customers.
  const double reach = math::two_sided_t_quantile(options.level, degrees > 0 ? degrees : 1);
  const std::uint64_t least = std::max<std::uint64_t>(options.least, 2);
  if (too_few(treated.size(), held_out.size(), least) || !(variance > 0)) return effect;
  effect.difference.value = a.mean - b.mean;
  effect.difference.low = effect.difference.value - reach * std::sqrt(variance);
  effect.difference.high = effect.difference.value + reach * std::sqrt(variance);
  effect.difference.status = core::Status::estimated;
  effect.verdict = verdict_of(effect.difference);
  return effect;
}

std::string points_text(const Effect& effect) {
  const core::Estimate& d = effect.difference;
  if (!d.usable()) return "abstained: too few customers";
  return signed_text(100 * d.value, 1) + " points, " + core::to_text(100 * d.level) +
         " % interval " + core::fixed_text(100 * d.low, 2) + " to " +
         core::fixed_text(100 * d.high, 2) + ": " + std::string(core::to_text(effect.verdict));
}

}  // namespace rapport::evaluation
