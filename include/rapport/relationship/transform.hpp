#ifndef RAPPORT_RELATIONSHIP_TRANSFORM_HPP
#define RAPPORT_RELATIONSHIP_TRANSFORM_HPP

/// \file
/// How the value of an indicator becomes a closeness in [0, 1].
///
///   transform    closeness t of a value v, where more is closer
///   Saturating   v / (v + half): 0 at 0, 1/2 at half, never 1
///   Logarithm    log1p(v / scale) / log1p(full / scale), at most 1: 1 from full on
///   Linear       (v - from) / (to - from), from 0 to 1
///   Rank         (bin - 1) / (bins - 1), the bin by quantiles of the base
///   Own          what the host's function of that name says
///
/// All but Own are 0 below their range; negative values of Saturating and Logarithm count as 0.
/// Where less is closer it is 1 - t, computed without cancellation: half / (v + half),
/// (to - v) / (to - from), (bins - bin) / (bins - 1). NaN, "cannot be known", stays NaN.

#include <rapport/core/enum_names.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/fold/cuts.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace rapport::relationship {

/// Which values mean a closer relationship.
enum class Direction : std::uint8_t { more, less };

[[nodiscard]] constexpr auto names_of(Direction) noexcept {
  return std::to_array<std::string_view>({"more", "less"});
}

/// Half as close at `half`, finite and > 0, in the unit of the value.
struct Saturating {
  double half = 1;

  friend bool operator==(const Saturating&, const Saturating&) = default;
};

/// About linear below `scale`, by ratios above it, and 1 from `full` on; both finite and > 0.
struct Logarithm {
  double scale = 1;
  double full = 1;

  friend bool operator==(const Logarithm&, const Logarithm&) = default;
};

/// From 0 at `from` to 1 at `to`, both finite, from < to.
struct Linear {
  double from = 0;
  double to = 1;

  friend bool operator==(const Linear&, const Linear&) = default;
};

/// By the place among the other customers, in 2 to 255 bins of type-7 quantiles (fold/cuts.hpp).
/// A score can then move because others moved.
struct Rank {
  int bins = 5;

  friend bool operator==(const Rank&, const Rank&) = default;
};

/// A function of the host's, by its name in OwnTransforms.
struct Own {
  std::string name = {};

  friend bool operator==(const Own&, const Own&) = default;
};

/// What turns the value of an indicator into a closeness.
using Transform = std::variant<Saturating, Logarithm, Linear, Rank, Own>;

/// The names of the transforms in files, in the order of the variant.
inline constexpr auto transform_names =
    std::to_array<std::string_view>({"saturating", "logarithm", "linear", "rank", "own"});
static_assert(transform_names.size() == std::variant_size_v<Transform>);

/// Its name in files.
[[nodiscard]] constexpr std::string_view name_of(const Transform& transform) noexcept {
  return transform_names[transform.index()];
}

/// What is wrong with a transform: which of its parameters, and why.
struct TransformFault {
  std::string_view parameter = {};
  std::string text = {};
};

/// Nothing if the parameters are as said at each transform.
[[nodiscard]] std::optional<TransformFault> fault_of(const Transform& transform);

/// A function from a value, never NaN, to a closeness in [0, 1], or to NaN where it cannot be
/// known. It depends on nothing else and can be called from several threads at once.
using OwnTransform = std::function<double(double)>;
/// The host's transforms by the names that definitions give them.
using OwnTransforms = std::map<std::string, OwnTransform, std::less<>>;

/// Two neighbouring values between which a function falls.
struct Descent {
  double low, high;        ///< the values, low < high
  double at_low, at_high;  ///< what the function gives there, at_low > at_high
};

/// The first fall of `function` over the values, which may stand in any order; nothing if it never
/// falls there. More is then closer, as the index supposes. Values and results that are NaN are
/// left out. O(n log n).
[[nodiscard]] std::optional<Descent> find_descent(const OwnTransform& function,
                                                  std::span<const double> values);

/// A transform with its direction and all that it needs to be applied to any customer: the cuts of
/// a rank, the function of an own transform. Both are parts of the result: keep the scale, and new
/// data are judged as the old were. An immutable value; safe to read from several threads.
class Scale {
 public:
  /// Without `cuts` a rank knows nobody to compare with, and every closeness is NaN.
  /// \throws std::invalid_argument if fault_of finds a fault, an own transform is not among `own`,
  /// or a rank's cuts have another number of bins.
  explicit Scale(Transform transform, Direction direction = Direction::more,
                 const OwnTransforms& own = {}, fold::Cuts cuts = {});

  /// The closeness, in [0, 1], or NaN.
  /// \throws std::domain_error if an own transform gives anything else.
  [[nodiscard]] double operator()(double value) const;

  /// The same for a column: closeness[i] is that of values[i]. They may be the same column.
  /// \throws also std::invalid_argument unless the sizes are equal.
  void apply(std::span<const double> values, std::span<double> closeness) const;

  [[nodiscard]] const Transform& transform() const noexcept { return transform_; }
  [[nodiscard]] Direction direction() const noexcept { return direction_; }
  /// One bin for all but a rank.
  [[nodiscard]] const fold::Cuts& cuts() const noexcept { return cuts_; }

 private:
  Transform transform_;
  Direction direction_;
  fold::Cuts cuts_;
  OwnTransform own_;  // empty for all but Own
};

/// The scale for a base with these values, one a customer: only a rank looks at them, to find its
/// cuts. NaN values take no part.
/// \throws as Scale; std::domain_error for an infinite value under a rank.
[[nodiscard]] Scale scale_for(const Transform& transform, Direction direction,
                              std::span<const double> values, const OwnTransforms& own = {},
                              const core::Threads& threads = {});

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_TRANSFORM_HPP
