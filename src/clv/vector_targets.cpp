#include "vector_targets.hpp"

#include <hwy/highway.h>

namespace rapport::clv {
namespace {

void take_target(std::int64_t bit) {
  hwy::SetSupportedTargetsForTest(bit);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace

std::vector<VectorTarget> vector_targets() {
  std::vector<VectorTarget> result;
  for (const std::int64_t bit : hwy::SupportedAndGeneratedTargets()) {
    result.push_back({bit, hwy::TargetName(bit)});
  }
  return result;
}

UseVectorTarget::UseVectorTarget(const VectorTarget& target) { take_target(target.bit); }

UseVectorTarget::~UseVectorTarget() { take_target(0); }

}  // namespace rapport::clv
