#include <rapport/relationship/expectation.hpp>

#include <rapport/core/check.hpp>

#include <bit>
#include <cmath>

namespace rapport::relationship {
namespace {

bool same(double a, double b) noexcept {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace

bool operator==(const Expectation::State& a, const Expectation::State& b) noexcept {
  return same(a.expected, b.expected) && same(a.last, b.last) && same(a.gap, b.gap) &&
         a.experiences == b.experiences;
}

void Expectation::experience(State& state, double value) const {
  core::check_fraction(rise, "Expectation", "rise");
  if (!(fall >= 0 && fall <= rise)) {
    core::throw_domain_error("Expectation", "fall", fall, "in [0, rise]");
  }
  if (!std::isfinite(value)) core::throw_domain_error("Expectation", "value", value, "finite");
  if (state.experiences == 0) {
    state.expected = value;
  } else {
    const double distance = value - state.expected;
    state.gap = distance == 0 ? 0 : more_is_better ? distance : -distance;
    state.expected += (state.gap > 0 ? rise : fall) * distance;
  }
  state.last = value;
  ++state.experiences;
}

void ExpectedDays::absorb(State& state, const record::Promise& promise) const {
  if (promise.by != record::Side::firm || promise.kind != kind || !promise.kept_at) return;
  const core::Instant kept = *promise.kept_at;
  if (!sight.sees(promise.stamp) || !sight.sees(kept, promise.settled_known.value_or(kept))) return;
  expectation.experience(state, static_cast<double>((kept - promise.stamp.at).count()) / 86400);
}

}  // namespace rapport::relationship
