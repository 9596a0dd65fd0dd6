#ifndef RAPPORT_SRC_CLV_VECTOR_TARGETS_HPP
#define RAPPORT_SRC_CLV_VECTOR_TARGETS_HPP

/// \file
/// The kinds of processor that kernels were compiled for, for tests to try them all.

#include <cstdint>
#include <string>
#include <vector>

namespace rapport::clv {

/// A kind of processor, as Highway names it: "AVX2".
struct VectorTarget {
  std::int64_t bit;
  std::string name;
};

/// Those whose kernels this processor can run, the one that it takes by itself first.
[[nodiscard]] std::vector<VectorTarget> vector_targets();

/// While it lives, all kernels of the process are those of one target. Not for use while others run
/// kernels.
class UseVectorTarget {
 public:
  explicit UseVectorTarget(const VectorTarget& target);
  ~UseVectorTarget();
  UseVectorTarget(const UseVectorTarget&) = delete;
  UseVectorTarget& operator=(const UseVectorTarget&) = delete;
};

}  // namespace rapport::clv

#endif  // RAPPORT_SRC_CLV_VECTOR_TARGETS_HPP
