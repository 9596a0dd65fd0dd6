#include <rapport/core/estimate.hpp>

namespace rapport::core {

std::string_view to_text(Status status) noexcept {
  switch (status) {
    case Status::known: return "known";
    case Status::estimated: return "estimated";
    case Status::prior: return "prior";
    case Status::abstained: return "abstained";
    case Status::undefined: return "undefined";
  }
  return "abstained";
}

std::string_view to_text(Covers covers) noexcept {
  return covers == Covers::parameter ? "parameter" : "prediction";
}

void EstimateColumn::resize(std::size_t size) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  value.resize(size, nan);
  low.resize(size, nan);
  high.resize(size, nan);
  status.resize(size, Status::abstained);
}

void EstimateColumn::set(std::size_t i, const Estimate& estimate) {
  value[i] = estimate.value;
  low[i] = estimate.low;
  high[i] = estimate.high;
  status[i] = estimate.status;
}

}  // namespace rapport::core
