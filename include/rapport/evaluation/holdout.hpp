#ifndef RAPPORT_EVALUATION_HOLDOUT_HPP
#define RAPPORT_EVALUATION_HOLDOUT_HPP

/// \file
/// Who is held out of a treatment by lot, and what the treatment changed: effect, not correlation.
///
/// The near ones buy more whatever they are given. Only a lot among those who were entitled shows
/// what a privilege, a campaign or a call did. So compare all who were drawn to be treated with all
/// who were drawn to be held out, whether or not the treatment reached them.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/estimate.hpp>
#include <rapport/math/proportion.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rapport::evaluation {

/// A lot that everybody can draw again: held out or not is a function of seed, experiment and the
/// customer's key alone, by Philox (math/random.hpp). So it depends neither on the order nor on the
/// number of the customers, holds when new ones come, and two experiments draw apart. With a larger
/// fraction those held out stay so. An immutable value.
class Holdout {
 public:
  struct Params {
    std::uint64_t seed = 0;
    std::string_view experiment = {};  ///< "free delivery 2015"; read once, not kept
    double fraction = 0.1;             ///< to be held out, in [0, 1]
  };

  /// \throws std::domain_error unless the fraction is in [0, 1].
  explicit Holdout(const Params& params);

  /// Whether the customer of that key is held out. A number and its digits as text are two keys.
  [[nodiscard]] bool holds_out(std::uint64_t key) const noexcept;
  [[nodiscard]] bool holds_out(std::string_view key) const noexcept;

  [[nodiscard]] double fraction() const noexcept { return fraction_; }

 private:
  std::array<std::uint32_t, 2> key_;
  double fraction_;
};

/// What the interval of an effect says.
enum class Verdict : std::uint8_t {
  abstained,     ///< too few customers on a side, or means without any spread
  inconclusive,  ///< the interval holds zero
  effective,     ///< all of it is above zero
  harmful        ///< all of it is below zero
};

[[nodiscard]] constexpr auto names_of(Verdict) noexcept {
  return std::to_array<std::string_view>({"abstained", "inconclusive", "effective", "harmful"});
}

/// Treated less held out.
struct Effect {
  core::Estimate difference;  ///< n: customers on both sides together
  Verdict verdict = Verdict::abstained;
  double treated = 0;   ///< proportion or mean of the treated; NaN if there are none
  double held_out = 0;  ///< the same of those held out
};

/// How an effect is judged.
struct EffectOptions {
  /// Of the interval. A treatment without effect is called effective in (1 - level) / 2 of all
  /// experiments: 5 % with 0.90.
  double level = 0.90;
  std::uint64_t least = 30;  ///< customers on each side, or nothing is said
};

/// The effect on a proportion, with Newcombe's hybrid score interval (math/proportion.hpp).
/// \throws std::invalid_argument if a count is above its total; std::domain_error unless level is
/// in (0, 1).
[[nodiscard]] Effect effect_on_proportion(const math::Counted& treated,
                                          const math::Counted& held_out,
                                          const EffectOptions& options = {});

/// The effect on a mean, one value a customer, with the interval of B. L. Welch (1947), The
/// generalization of 'Student's' problem when several different population variances are involved,
/// Biometrika 34, 28-35, doi:10.1093/biomet/34.1-2.28. Spends have long tails, and
/// the interval is then too sure of gains if few are held out: of spends by a gamma law of shape 2,
/// without effect, 5.5 % were called effective with 200 held out, 6.1 % with 60.
/// \throws std::domain_error for a value that is not finite, or unless level is in (0, 1).
[[nodiscard]] Effect effect_on_mean(std::span<const double> treated,
                                    std::span<const double> held_out,
                                    const EffectOptions& options = {});

/// "+2.5 points, 95 % interval 0.42 to 4.30: effective", for a proportion;
/// "abstained: too few customers".
[[nodiscard]] std::string points_text(const Effect& effect);

}  // namespace rapport::evaluation

#endif  // RAPPORT_EVALUATION_HOLDOUT_HPP
