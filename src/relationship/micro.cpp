#include <rapport/core/check.hpp>
#include <rapport/core/money.hpp>
#include <rapport/relationship/micro.hpp>

#include <cmath>

namespace rapport::relationship {

Micro to_micro(double value) {
  if (!(std::abs(value) <= 2000)) {
    core::throw_domain_error("to_micro", "value", value, "in [-2000, 2000]");
  }
  // By hand: the rounding mode belongs to the host. The product is right to half an ulp, so a
  // tie is seen as one wherever doubles can tell.
  const double scaled = value * one;
  const double below = std::floor(scaled);
  const double rest = scaled - below;
  const auto whole = static_cast<Micro>(below);
  return whole + Micro{rest > 0.5 || (rest == 0.5 && whole % 2 != 0)};
}

std::string micro_text(Micro value) {
  if (value == unknown_score) return "unknown";
  std::string text = core::decimal_text(value, 6);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace rapport::relationship
