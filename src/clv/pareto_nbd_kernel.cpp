#include "pareto_nbd_kernel.hpp"

#include "power_integral.hpp"

#include <rapport/math/quadrature.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#define HWY_TARGET_INCLUDE "clv/pareto_nbd_kernel.cpp"
#include <hwy/foreach_target.h>

#include "vector_math.hpp"

HWY_BEFORE_NAMESPACE();
namespace rapport::clv::HWY_NAMESPACE {

// How a row's integral is taken: by scalar code, not at all since the last purchase was on the last
// day, or by one of single_rules.
enum Way : std::size_t { Alone, Empty, FirstRule };
constexpr std::size_t ways = FirstRule + std::size(single_rules);

struct Nodes {
  const math::Node* first;
  std::size_t size;
};
template <std::size_t N>
constexpr Nodes nodes_of{math::gauss_legendre<N>.data(), N};
constexpr Nodes nodes_by_way[ways] = {{nullptr, 0}, {nullptr, 0}, nodes_of<6>, nodes_of<8>,
                                      nodes_of<10>, nodes_of<12>, nodes_of<16>};

// Eight histories, with what their odds of having dropped out are made of.
struct Customers {
  Eight x, t_x, age;
  Eight alpha_gap;  // ln((alpha + T) / (alpha + t_x))
  Eight beta_gap;

  HWY_INLINE Customers(const double* frequency, const double* recency, const double* ages)
      : x(Eight::load(frequency)), t_x(Eight::load(recency)), age(Eight::load(ages)) {}

  HWY_INLINE void find_gaps(const ParetoKernelParameters& p) {
    alpha_gap = gap(p.alpha);
    beta_gap = gap(p.beta);
  }
  HWY_INLINE Eight gap(double c) const {
    const Eight low = t_x + c;
    return log1p_moderate(min((age - t_x) / low, 1e300), low / (age + c));
  }

  // The first that serves of `single_rules`; where the odds might overflow, none does.
  HWY_INLINE Eight way(const ParetoKernelParameters& p) const {
    const Eight events = x + p.r;
    const bool alpha_is_smaller = p.alpha <= p.beta;
    const Eight length = alpha_is_smaller ? alpha_gap : beta_gap;
    const Eight steepest = alpha_is_smaller
                               ? abs(events - 1) + (age + p.alpha) / (age + p.beta) * (p.s + 1)
                               : events * ((age + p.beta) / (age + p.alpha)) + p.s;
    const Eight fall = length * steepest;
    Eight result = Alone;
    for (std::size_t i = std::size(single_rules); i-- > 0;) {
      const auto this_one = static_cast<double>(FirstRule + i);
      const Eight short_enough = where_less(single_rules[i].length, length, result, this_one);
      result = where_less(single_rules[i].fall, fall, result, short_enough);
    }
    result = where_less(300, events * alpha_gap + beta_gap * p.s, Alone, result);
    result = where_less(1e190, age, Alone, result);
    return where_less(t_x, age, result, Empty);
  }
};

// The odds W of having dropped out,
//
//   W = s (c + t_x) / (beta + t_x) ((alpha + T) / (alpha + t_x))^(r + x)
//         ((beta + T) / (beta + t_x))^s J,
//
// with J and c, the smaller of alpha and beta, as in power_integral.hpp.
HWY_INLINE Eight odds_dropped(const Customers& c, const Nodes& nodes,
                              const ParetoKernelParameters& p) {
  const bool alpha_is_smaller = p.alpha <= p.beta;
  const Eight events = c.x + p.r;
  const Eight alpha_low = c.t_x + p.alpha;
  const Eight beta_low = c.t_x + p.beta;
  const Eight share = alpha_is_smaller ? alpha_low / beta_low : beta_low / alpha_low;
  const Eight length = alpha_is_smaller ? c.alpha_gap : c.beta_gap;
  const Eight rate = alpha_is_smaller ? events - 1 : Eight(p.s);
  const Eight power = alpha_is_smaller ? Eight(p.s + 1) : events;
  const Eight rest = Eight(1) - share;
  Eight j = 0;
  for (std::size_t i = 0; i < nodes.size; ++i) {
    const Eight v = length * nodes.first[i].at;
    const Eight log_g = log_moderate(rest + share * exp_moderate(v));
    j += exp_moderate(-(rate * v) - power * log_g) * nodes.first[i].weight;
  }
  const Eight factor = alpha_is_smaller ? share * p.s : Eight(p.s);
  return factor * (length * j) * exp_moderate(events * c.alpha_gap + c.beta_gap * p.s);
}

// The mean number of purchases of an active customer in t periods,
//
//   (r + x) / (alpha + T) times the integral of ((beta + T) / (beta + T + u))^s over u in (0, t],
//
// which is (beta + T) L (e^y - 1) / y with L = ln(1 + t / (beta + T)) and y = (1 - s) L. NaN where
// e^y is not moderate.
HWY_INLINE Eight expected_if_active(const Eight& x, const Eight& age,
                                    const ParetoKernelParameters& p, double t) {
  const Eight scale = age + p.beta;
  const Eight length = log1p_moderate(Eight(t) / scale, scale / (scale + t));
  const Eight y = max(length * (1 - p.s), -700);
  const Eight series =
      y * (y * (y * (y * (y * (y * (1. / 5040) + 1. / 720) + 1. / 120) + 1. / 24) + 1. / 6) +
           1. / 2) +
      1;
  const Eight quotient = (exp_moderate(min(y, 700)) - 1) / y;
  const Eight mean = where_less(abs(y), 0x1p-6, series, quotient);
  const Eight known = where_less(690, y, std::numeric_limits<double>::quiet_NaN(), mean);
  return (x + p.r) / (age + p.alpha) * scale * length * known;
}

// Rows in the order of their ways, so that eight of one way go together. Whose neighbour a row is
// changes nothing in it.
struct Sorted {
  static constexpr std::size_t most = 512;

  double alpha_gap[most], beta_gap[most];
  std::size_t order[most];
  std::size_t end[ways];  // of each way in `order`

  HWY_INLINE void sort(const HistoryRows& rows, const ParetoKernelParameters& p) {
    double way[most];
    std::size_t i = 0;
    for (; i + Eight::size <= rows.size; i += Eight::size) {
      prepare(rows.frequency + i, rows.recency + i, rows.age + i, i, p, way);
    }
    if (i < rows.size) {  // the others of these eight are nobody
      double x[Eight::size] = {}, t_x[Eight::size] = {}, age[Eight::size] = {};
      std::copy(rows.frequency + i, rows.frequency + rows.size, x);
      std::copy(rows.recency + i, rows.recency + rows.size, t_x);
      std::copy(rows.age + i, rows.age + rows.size, age);
      prepare(x, t_x, age, i, p, way);
    }
    std::size_t count[ways] = {};
    for (i = 0; i < rows.size; ++i) ++count[static_cast<std::size_t>(way[i])];
    std::size_t next[ways];
    for (std::size_t w = 0, begin = 0; w < ways; ++w) {
      next[w] = begin;
      begin += count[w];
      end[w] = begin;
    }
    for (i = 0; i < rows.size; ++i) order[next[static_cast<std::size_t>(way[i])]++] = i;
  }

 private:
  HWY_INLINE void prepare(const double* x, const double* t_x, const double* age, std::size_t i,
                          const ParetoKernelParameters& p, double* way) {
    Customers c(x, t_x, age);
    c.find_gaps(p);
    c.alpha_gap.store(alpha_gap + i);
    c.beta_gap.store(beta_gap + i);
    c.way(p).store(way + i);
  }
};

// Calls each(customers, rows, how many of the eight are rows, nodes) for eight rows of one way
// after the other, and alone(row) for those of none.
template <class Each, class Rest>
HWY_INLINE void for_ways(const HistoryRows& rows, const ParetoKernelParameters& p, const Each& each,
                         const Rest& alone) {
  Sorted sorted;
  sorted.sort(rows, p);
  for (std::size_t k = 0; k < sorted.end[Alone]; ++k) alone(sorted.order[k]);
  for (std::size_t w = Empty, k = sorted.end[Alone]; w < ways; ++w) {
    for (; k < sorted.end[w]; k = std::min(k + Eight::size, sorted.end[w])) {
      const std::size_t* row = sorted.order + k;
      const std::size_t size = std::min(Eight::size, sorted.end[w] - k);
      double x[Eight::size] = {}, t_x[Eight::size] = {}, age[Eight::size] = {};
      double alpha_gap[Eight::size] = {}, beta_gap[Eight::size] = {};
      for (std::size_t i = 0; i < size; ++i) {
        x[i] = rows.frequency[row[i]];
        t_x[i] = rows.recency[row[i]];
        age[i] = rows.age[row[i]];
        alpha_gap[i] = sorted.alpha_gap[row[i]];
        beta_gap[i] = sorted.beta_gap[row[i]];
      }
      Customers c(x, t_x, age);
      c.alpha_gap = Eight::load(alpha_gap);
      c.beta_gap = Eight::load(beta_gap);
      each(c, row, size, nodes_by_way[w]);
    }
  }
}

struct StoreUnknown {
  double* result;

  HWY_INLINE void operator()(std::size_t row) const {
    result[row] = std::numeric_limits<double>::quiet_NaN();
  }
};

// result = alive, or alive times the purchases in t periods.
struct StoreAlive {
  const ParetoKernelParameters& p;
  double t;  // or 0
  double* result;

  HWY_INLINE void operator()(const Customers& c, const std::size_t* row, std::size_t size,
                             const Nodes& nodes) const {
    Eight answer = Eight(1) / (odds_dropped(c, nodes, p) + 1);
    if (t > 0) answer = answer * expected_if_active(c.x, c.age, p, t);
    double values[Eight::size];
    answer.store(values);
    for (std::size_t i = 0; i < size; ++i) result[row[i]] = values[i];
  }
};

void pareto_answers(const HistoryRows& rows, const ParetoKernelParameters& p, double t,
                    double* result) {
  for (std::size_t i = 0; i < rows.size; i += Sorted::most) {
    for_ways(
        {rows.frequency + i, rows.recency + i, rows.age + i, std::min(Sorted::most, rows.size - i)},
        p, StoreAlive{p, t, result + i}, StoreUnknown{result + i});
  }
}

}  // namespace rapport::clv::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rapport::clv {

HWY_EXPORT(pareto_answers);

bool ParetoKernelParameters::moderate() const noexcept {
  return std::min({r, alpha, s, beta}) >= 1e-100 && std::max({r, alpha, s, beta}) <= 1e100;
}

void alive_of_rows(const HistoryRows& rows, const ParetoKernelParameters& p,
                   double* result) noexcept {
  HWY_DYNAMIC_DISPATCH(pareto_answers)(rows, p, 0, result);
}

void expected_of_rows(const HistoryRows& rows, const ParetoKernelParameters& p, double t,
                      double* result) noexcept {
  HWY_DYNAMIC_DISPATCH(pareto_answers)(rows, p, t, result);
}

}  // namespace rapport::clv
#endif
