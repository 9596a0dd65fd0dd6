#ifndef RAPPORT_CORE_ESTIMATE_HPP
#define RAPPORT_CORE_ESTIMATE_HPP

/// \file
/// A number with its uncertainty and its standing: what the library publishes.

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace rapport::core {

/// What a published number rests on. Unknown and abstained are states, never a zero.
enum class Status : std::uint8_t {
  known,      ///< the value was counted, not estimated: its interval is the value itself
  estimated,  ///< a model's answer for this customer, from this customer's own data
  prior,      ///< no data of the customer's own: the value of the customers as a whole
  abstained,  ///< there was too little evidence, or no usable fit: the value is NaN
  undefined,  ///< the quantity does not exist for this model (an infinite mean): the value is NaN
};

/// "known", "estimated", "prior", "abstained", "undefined".
[[nodiscard]] std::string_view to_text(Status status) noexcept;

/// What an interval covers.
enum class Covers : std::uint8_t {
  parameter,   ///< the uncertainty of the estimated parameters alone
  prediction,  ///< chance included: where the customer's own outcome will fall
};

/// "parameter" or "prediction".
[[nodiscard]] std::string_view to_text(Covers covers) noexcept;

/// A value with an interval that holds it with probability `level`. All three are NaN where the
/// status is abstained or undefined; low = value = high where it is known. low and high are NaN
/// alone where the value stands but its uncertainty could not be computed.
struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  double level = 0.90;
  Status status = Status::abstained;
  Covers covers = Covers::parameter;
  std::uint64_t n = 0;  ///< observations behind it

  [[nodiscard]] bool usable() const noexcept {
    return status != Status::abstained && status != Status::undefined;
  }
};

/// Many estimates of one kind, one an index: arrays apart, so that who needs the values alone
/// pays for the values alone. All four have the same size.
struct EstimateColumn {
  std::vector<double> value, low, high;
  std::vector<Status> status;
  double level = 0.90;
  Covers covers = Covers::parameter;

  void resize(std::size_t size);
  [[nodiscard]] std::size_t size() const noexcept { return value.size(); }
  [[nodiscard]] Estimate operator[](std::size_t i) const {
    return {value[i], low[i], high[i], level, status[i], covers, 0};
  }
  void set(std::size_t i, const Estimate& estimate);
};

}  // namespace rapport::core

#endif  // RAPPORT_CORE_ESTIMATE_HPP
