#include "dropout_kernel.hpp"

#include <algorithm>

#define HWY_TARGET_INCLUDE "clv/dropout_kernel.cpp"
#include <hwy/foreach_target.h>

#include "vector_math.hpp"

HWY_BEFORE_NAMESPACE();
namespace rapport::clv::HWY_NAMESPACE {

struct DropoutEights {
  Eight value, p, p_gap, p_slope, p_bend;
  Eight v, v_gap, v_slope, v_gap_gap, v_gap_slope, v_slope_slope;

  HWY_INLINE void add(const double* recency, const double* age, const double* count, double alpha,
                      double events, double offset) {
    const Eight t_x = Eight::load(recency);
    const Eight t = Eight::load(age);
    const Eight n = Eight::load(count);
    const Eight idle = t - t_x;
    const Eight start = t_x + alpha;
    const Eight end = t + alpha;
    const Eight from = Eight(1) / start;
    const Eight to = Eight(1) / end;
    const Eight gap = log1p_moderate(idle * from, start * to);
    const Eight w = gap * events + offset;
    // e^-|w| and what follows from it; below e^-700 it no longer matters.
    const Eight small = exp_moderate(-min(abs(w), 700));
    const Eight share = Eight(1) / (small + 1);
    const Eight rest = small * share;
    const Eight p_row = n * where_less(0, w, share, rest);
    const Eight v_row = n * rest * share;
    const Eight slope = -(idle * from * to * alpha);
    const Eight bend = slope * (Eight(1) - (from + to) * alpha);
    const Eight v_row_gap = v_row * gap;
    const Eight v_row_slope = v_row * slope;
    value += n * (max(w, 0) + log1p_moderate(small, share));
    p += p_row;
    p_gap += p_row * gap;
    p_slope += p_row * slope;
    p_bend += p_row * bend;
    v += v_row;
    v_gap += v_row_gap;
    v_slope += v_row_slope;
    v_gap_gap += v_row_gap * gap;
    v_gap_slope += v_row_gap * slope;
    v_slope_slope += v_row_slope * slope;
  }
};

DropoutSums sum_dropout_rows(const DropoutRows& rows, double alpha, double events, double offset) {
  const Eight none(0);
  DropoutEights sums{none, none, none, none, none, none, none, none, none, none, none};
  std::size_t i = 0;
  for (; i + Eight::size <= rows.size; i += Eight::size) {
    sums.add(rows.recency + i, rows.age + i, rows.count + i, alpha, events, offset);
  }
  if (i < rows.size) {  // the others of these eight are nobody
    double recency[Eight::size] = {}, age[Eight::size] = {}, count[Eight::size] = {};
    std::copy(rows.recency + i, rows.recency + rows.size, recency);
    std::copy(rows.age + i, rows.age + rows.size, age);
    std::copy(rows.count + i, rows.count + rows.size, count);
    sums.add(recency, age, count, alpha, events, offset);
  }
  return {sum(sums.value),     sum(sums.p),           sum(sums.p_gap),        sum(sums.p_slope),
          sum(sums.p_bend),    sum(sums.v),           sum(sums.v_gap),        sum(sums.v_slope),
          sum(sums.v_gap_gap), sum(sums.v_gap_slope), sum(sums.v_slope_slope)};
}

}  // namespace rapport::clv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rapport::clv {

HWY_EXPORT(sum_dropout_rows);

DropoutSums sum_dropouts(const DropoutRows& rows, double alpha, double events,
                         double offset) noexcept {
  return HWY_DYNAMIC_DISPATCH(sum_dropout_rows)(rows, alpha, events, offset);
}

}  // namespace rapport::clv
#endif
