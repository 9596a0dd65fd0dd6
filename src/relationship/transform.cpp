#include <rapport/relationship/transform.hpp>

#include <rapport/core/check.hpp>

#include "special_values.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rapport::relationship {
namespace {

std::string fault_text(double value, std::string_view requirement) {
  return "is " + core::to_text(value) + ", but must be " + std::string(requirement);
}

bool positive_finite(double value) { return std::isfinite(value) && value > 0; }

struct FindFault {
  std::optional<TransformFault> operator()(const Saturating& t) const {
    if (positive_finite(t.half)) return std::nullopt;
    return TransformFault{"half", fault_text(t.half, "finite and > 0")};
  }
  std::optional<TransformFault> operator()(const Logarithm& t) const {
    if (!positive_finite(t.scale)) {
      return TransformFault{"scale", fault_text(t.scale, "finite and > 0")};
    }
    // A ratio beyond the doubles, or lost beside 1, would leave no slope.
    const double whole = std::log1p(t.full / t.scale);
    if (!positive_finite(t.full) || !positive_finite(whole)) {
      return TransformFault{"full",
                            fault_text(t.full, "finite and > 0, and so its ratio to scale")};
    }
    return std::nullopt;
  }
  std::optional<TransformFault> operator()(const Linear& t) const {
    if (!std::isfinite(t.from)) return TransformFault{"from", fault_text(t.from, "finite")};
    if (!positive_finite(t.to - t.from)) {
      return TransformFault{
          "to", fault_text(t.to, "finite and above from, which is ") + core::to_text(t.from)};
    }
    return std::nullopt;
  }
  std::optional<TransformFault> operator()(const Rank& t) const {
    if (t.bins >= 2 && t.bins <= 255) return std::nullopt;
    return TransformFault{"bins", fault_text(t.bins, "in [2, 255]")};
  }
  std::optional<TransformFault> operator()(const Own& t) const {
    if (!t.name.empty()) return std::nullopt;
    return TransformFault{"name", "is empty, but must name a transform of the host's"};
  }
};

// The share of `part` in part + rest, both >= 0 and not both 0, where their sum overflows, too.
double share(double part, double rest) {
  const double sum = part + rest;
  return std::isinf(sum) ? 1 / (1 + rest / part) : part / sum;
}

// Calls `use` with a function from a value, not NaN, to its closeness: so columns look at the
// transform once, not once a customer.
template <class Use>
void with_closeness(const Transform& transform, Direction direction, const fold::Cuts& cuts,
                    const OwnTransform& own, const Use& use) {
  const bool less = direction == Direction::less;
  if (const auto* saturating = std::get_if<Saturating>(&transform)) {
    const double half = saturating->half;
    use([=](double v) {
      const double amount = std::max(v, 0.0);
      return less ? share(half, amount) : share(amount, half);
    });
  } else if (const auto* logarithm = std::get_if<Logarithm>(&transform)) {
    const double scale = logarithm->scale;
    const double whole = std::log1p(logarithm->full / scale);
    use([=](double v) {
      const double t = std::min(std::log1p(std::max(v, 0.0) / scale) / whole, 1.0);
      return less ? 1 - t : t;
    });
  } else if (const auto* linear = std::get_if<Linear>(&transform)) {
    const auto [from, to] = *linear;
    use([less, from = from, to = to](double v) {
      return std::clamp((less ? to - v : v - from) / (to - from), 0.0, 1.0);
    });
  } else if (const auto* rank = std::get_if<Rank>(&transform)) {
    const int bins = rank->bins;
    const bool alone = cuts.bins() == 1;
    use([=, &cuts](double v) {
      if (alone) return nan;
      const int bin = cuts(v);
      return (less ? bins - bin : bin - 1) / (bins - 1.0);
    });
  } else {
    const auto& name = std::get<Own>(transform).name;
    use([=, &own, &name](double v) {
      const double t = own(v);
      if (t < 0 || t > 1) core::throw_domain_error("Scale", name, t, "in [0, 1]");
      return less ? 1 - t : t;
    });
  }
}

}  // namespace

std::optional<TransformFault> fault_of(const Transform& transform) {
  return std::visit(FindFault{}, transform);
}

std::optional<Descent> find_descent(const OwnTransform& function, std::span<const double> values) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted),
               [](double v) { return !std::isnan(v); });
  std::sort(sorted.begin(), sorted.end());
  std::optional<std::pair<double, double>> last;
  for (const double value : sorted) {
    const double result = function(value);
    if (std::isnan(result)) continue;
    if (last && result < last->second && last->first < value) {
      return Descent{last->first, value, last->second, result};
    }
    last = {value, result};
  }
  return std::nullopt;
}

Scale::Scale(Transform transform, Direction direction, const OwnTransforms& own, fold::Cuts cuts)
    : transform_(std::move(transform)), direction_(direction), cuts_(std::move(cuts)) {
  if (const auto fault = fault_of(transform_)) {
    throw std::invalid_argument("Scale: " + std::string(name_of(transform_)) + ": " +
                                std::string(fault->parameter) + " " + fault->text);
  }
  if (const auto* rank = std::get_if<Rank>(&transform_)) {
    if (cuts_.bins() != 1 && cuts_.bins() != rank->bins) {
      throw std::invalid_argument("Scale: the cuts make " + std::to_string(cuts_.bins()) +
                                  " bins, but the rank has " + std::to_string(rank->bins));
    }
  }
  if (const auto* named = std::get_if<Own>(&transform_)) {
    const auto found = own.find(named->name);
    if (found == own.end() || !found->second) {
      throw std::invalid_argument("Scale: \"" + named->name +
                                  "\" is none of the host's own transforms");
    }
    own_ = found->second;
  }
}

double Scale::operator()(double value) const {
  if (std::isnan(value)) return nan;
  double closeness = nan;
  with_closeness(transform_, direction_, cuts_, own_,
                 [&](const auto& closeness_of) { closeness = closeness_of(value); });
  return closeness;
}

void Scale::apply(std::span<const double> values, std::span<double> closeness) const {
  core::check_same_size(closeness.size(), values.size(), "Scale", "closeness");
  with_closeness(transform_, direction_, cuts_, own_, [&](const auto& closeness_of) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      closeness[i] = std::isnan(values[i]) ? nan : closeness_of(values[i]);
    }
  });
}

Scale scale_for(const Transform& transform, Direction direction, std::span<const double> values,
                const OwnTransforms& own, const core::Threads& threads) {
  if (fault_of(transform)) return Scale(transform);  // which says what is wrong
  fold::Cuts cuts;
  if (const auto* rank = std::get_if<Rank>(&transform)) {
    cuts = fold::quantile_cuts(values, rank->bins, threads);
  }
  return Scale(transform, direction, own, std::move(cuts));
}

}  // namespace rapport::relationship
