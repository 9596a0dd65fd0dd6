#include <rapport/clv/cnbd_k.hpp>

#include "erlang_stages.hpp"
#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "row_sums.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

constexpr double largest_k = 50;
constexpr unsigned largest_tried_k = 12;

// With R = r + k x, m chances to drop out so far, and S the sum over j < k of (R)_j / j! z^j with
// z = (T - t_x) / (alpha + T),
//
//   ll = (k - 1) L - x ln G(k) + ln G(R) / G(r) + r ln alpha + ln B(a, b + m) / B(a, b)
//      + ln(e^alive + e^dropped),
//   alive = ln S - R ln(alpha + T),
//   dropped = ln a - ln(b + m - 1) - R ln(alpha + t_x), and absent if m = 0.
//
// L, the sum of the logs of intervals, and what depends on the frequency alone are summed apart.
class RegularLikelihood {
 public:
  enum Parameter : std::size_t { R, Alpha, A, B };

  RegularLikelihood(double r, double alpha, double a, double b, double k, double first_chances)
      : r_(r), alpha_(alpha), a_(a), b_(b), k_(k), first_chances_(first_chances) {}

  [[nodiscard]] math::Derivatives operator()(const Patterns& patterns,
                                             const core::Threads& threads) const {
    math::Jet<4> total = constants(patterns);
    total += sum_blocks<4>(threads, patterns.size(), [&](std::size_t begin, std::size_t end) {
      return silences(patterns, begin, end);
    });
    // k is held: nothing moves with it.
    const math::Derivatives four = derivatives_of(total);
    math::Derivatives five{four.value, std::vector<double>(5), std::vector<double>(25)};
    for (std::size_t i = 0; i < 4; ++i) {
      five.gradient[i] = four.gradient[i];
      for (std::size_t j = 0; j < 4; ++j) five.hessian[i * 5 + j] = four.hessian[i * 4 + j];
    }
    return five;
  }

 private:
  // All but the last line.
  [[nodiscard]] math::Jet<4> constants(const Patterns& patterns) const {
    using Jet = math::Jet<4>;
    const Jet r = Jet::positive(r_, R);
    const Jet a = Jet::positive(a_, A);
    const Jet b = Jet::positive(b_, B);
    Jet total = patterns.customers() * r * log(Jet::positive(alpha_, Alpha));
    if (k_ > 1 && patterns.purchases() > 0) {
      const auto logs = patterns.sum_log_intervals();
      total.value += (k_ - 1) * (logs.empty() ? std::numeric_limits<double>::quiet_NaN()
                                              : std::inner_product(logs.begin(), logs.end(),
                                                                   patterns.count().begin(), 0.0));
      total.value -= patterns.purchases() * math::log_gamma(k_);
    }
    for (const auto& c : patterns.by_frequency()) {
      total.add(c.customers, log_rising(r, k_ * c.frequency));
      total.add(c.customers, log_beta_shift(a, b, c.frequency + first_chances_));
    }
    return total;
  }

  // The last line over the patterns [begin, end).
  [[nodiscard]] math::Jet<4> silences(const Patterns& patterns, std::size_t begin,
                                      std::size_t end) const {
    math::Jet<4> total;
    const auto classes = patterns.by_frequency();
    auto c = std::upper_bound(classes.begin(), classes.end(), begin,
                              [](std::size_t i, const auto& later) { return i < later.end; });
    Stages stages(static_cast<std::size_t>(k_));
    for (; begin < end; ++c) {
      const std::size_t stop = std::min(end, c->end);
      stages.at(r_ + k_ * c->frequency);
      add_silences(patterns, begin, stop, c->frequency, stages, total);
      begin = stop;
    }
    return total;
  }

  // (R)_j / j! with its first two derivatives by R, for j < k: coefficients of S.
  struct Stages {
    std::vector<double> value, slope, bend;

    explicit Stages(std::size_t k) : value(k), slope(k), bend(k) {}

    void at(double shape) noexcept {
      value[0] = 1;
      slope[0] = bend[0] = 0;
      for (std::size_t j = 1; j < value.size(); ++j) {
        const double before = static_cast<double>(j) - 1;
        const double factor = (shape + before) / static_cast<double>(j);
        const double rise = 1 / static_cast<double>(j);
        bend[j] = factor * bend[j - 1] + 2 * rise * slope[j - 1];
        slope[j] = factor * slope[j - 1] + rise * value[j - 1];
        value[j] = factor * value[j - 1];
      }
    }
  };

  // The same for patterns of one frequency, in R, ln alpha and the offset of `dropped`, whose
  // derivatives by the parameters come in afterwards.
  void add_silences(const Patterns& patterns, std::size_t begin, std::size_t end, double x,
                    const Stages& stages, math::Jet<4>& total) const {
    const double shape = r_ + k_ * x;
    const double chances = x + first_chances_;
    const double offset = chances > 0 ? std::log(a_ / (b_ + (chances - 1)))
                                      : -std::numeric_limits<double>::infinity();
    const std::size_t k = stages.value.size();
    math::Jet<3> sum;  // in R, ln alpha, offset
    for (std::size_t i = begin; i < end; ++i) {
      const double t_x = patterns.recency()[i];
      const double age = patterns.age()[i];
      const double n = patterns.count()[i];
      const double log_to = std::log(alpha_ + age);
      const double share_to = alpha_ / (alpha_ + age);
      const double z = (age - t_x) / (alpha_ + age);
      // S and its derivatives by R and z, by Horner's rule.
      double s = 0, s_r = 0, s_rr = 0, s_z = 0, s_zz = 0, s_rz = 0;
      for (std::size_t j = k; j-- > 0;) {
        s_zz = s_zz * z + 2 * s_z;
        s_z = s_z * z + s;
        s_rz = s_rz * z + s_r;
        s = s * z + stages.value[j];
        s_r = s_r * z + stages.slope[j];
        s_rr = s_rr * z + stages.bend[j];
      }
      const double inverse = 1 / s;
      const double l_r = s_r * inverse;
      const double l_z = s_z * inverse;
      const double l_rr = s_rr * inverse - l_r * l_r;
      const double l_rz = s_rz * inverse - l_r * l_z;
      const double l_zz = s_zz * inverse - l_z * l_z;
      const double z_alpha = -z * share_to;  // by ln alpha
      const double z_bend = z * share_to * (2 * share_to - 1);

      const double alive = std::log(s) - shape * log_to;
      const double alive_r = l_r - log_to;
      const double alive_a = l_z * z_alpha - shape * share_to;
      const double alive_ra = l_rz * z_alpha - share_to;
      const double alive_aa =
          l_zz * z_alpha * z_alpha + l_z * z_bend - shape * share_to * (1 - share_to);
      if (chances == 0) {
        add(n, alive, alive_r, alive_a, l_rr, alive_ra, alive_aa, sum);
        continue;
      }
      const double log_from = std::log(alpha_ + t_x);
      const double share_from = alpha_ / (alpha_ + t_x);
      const double dropped = offset - shape * log_from;
      const double gap = dropped - alive;
      const double small = std::exp(-std::abs(gap));
      const double larger = 1 / (1 + small);
      const double p = gap > 0 ? larger : small * larger;  // share of `dropped`
      const double q = gap > 0 ? small * larger : larger;
      const double v = n * p * q;
      const double gap_r = -log_from - alive_r;
      const double gap_a = -shape * share_from - alive_a;
      add(n, std::max(alive, dropped) + std::log1p(small), alive_r + p * gap_r, alive_a + p * gap_a,
          q * l_rr, q * alive_ra - p * share_from,
          q * alive_aa - p * shape * share_from * (1 - share_from), sum);
      sum.gradient[2] += n * p;
      sum.second(0, 0) += v * gap_r * gap_r;
      sum.second(0, 1) += v * gap_r * gap_a;
      sum.second(1, 1) += v * gap_a * gap_a;
      sum.second(0, 2) += v * gap_r;
      sum.second(1, 2) += v * gap_a;
      sum.second(2, 2) += v;
    }
    // R = r + k x moves by r with ln r; the offset by 1 with ln a, and by -b / (b + m - 1) with ln
    // b.
    const double share = chances > 0 ? b_ / (b_ + (chances - 1)) : 0;
    total.value += sum.value;
    total.gradient[R] += r_ * sum.gradient[0];
    total.gradient[Alpha] += sum.gradient[1];
    total.gradient[A] += sum.gradient[2];
    total.gradient[B] -= share * sum.gradient[2];
    total.second(R, R) += r_ * (sum.gradient[0] + r_ * sum.second(0, 0));
    total.second(R, Alpha) += r_ * sum.second(0, 1);
    total.second(R, A) += r_ * sum.second(0, 2);
    total.second(R, B) -= r_ * share * sum.second(0, 2);
    total.second(Alpha, Alpha) += sum.second(1, 1);
    total.second(Alpha, A) += sum.second(1, 2);
    total.second(Alpha, B) -= share * sum.second(1, 2);
    total.second(A, A) += sum.second(2, 2);
    total.second(A, B) -= share * sum.second(2, 2);
    total.second(B, B) += share * (share * sum.second(2, 2) - (1 - share) * sum.gradient[2]);
  }

  static void add(double n, double value, double by_r, double by_alpha, double by_rr,
                  double by_ralpha, double by_alpha2, math::Jet<3>& sum) noexcept {
    sum.value += n * value;
    sum.gradient[0] += n * by_r;
    sum.gradient[1] += n * by_alpha;
    sum.second(0, 0) += n * by_rr;
    sum.second(0, 1) += n * by_ralpha;
    sum.second(1, 1) += n * by_alpha2;
  }

  double r_, alpha_, a_, b_, k_, first_chances_;
};

void require_intervals(const Patterns& patterns, std::string_view place) {
  if (patterns.purchases() > 0 && patterns.sum_log_intervals().empty()) {
    throw std::invalid_argument(
        std::string(place) +
        ": the histories have no column sum_log_intervals, which tells one k from another");
  }
}

// The problem of one k, from the data: rates of stages are k times those of purchases.
template <class Model>
LikelihoodProblem problem_of(const Patterns& patterns, double k) {
  LikelihoodProblem problem = repeat_buying_problem<Model>(patterns);
  const TypicalTimes typical(patterns);
  problem.value_noise *= k;
  problem.coordinates.assign(5, Coordinate::logarithm);
  problem.coordinates[4] = Coordinate::linear;
  problem.held = {false, false, false, false, true};
  problem.units = {1, typical.age, 1, 1, 1};
  const double interval = typical.interval / k;
  problem.starts = {{0.5, interval / 4, 1, 3, k},    {2, interval * 2, 0.5, 10, k},
                    {1, interval / 4, 2, 2, k},      {0.5, interval / 4, 0.1, 0.3, k},
                    {0.5, interval / 4, 20, 100, k}, {0.1, interval / 20, 0.1, 0.1, k}};
  return problem;
}

template <class Model>
Fit<Model> fit_regular(const Patterns& patterns, const FitOptions& options) {
  const std::string place = std::string("fit ").append(Model::name);
  const auto check_size = [&](std::size_t size, std::string_view what) {
    if (size > 0) core::check_same_size(size, 5, place, what);
  };
  check_size(options.start.size(), "start");
  check_size(options.held.size(), "held");
  if (!options.start.empty()) (void)Model(params_of<Model>(options.start));
  if (!options.held.empty() && options.held[4]) {
    core::check_same_size(options.start.size(), 5, place, "start");
    const double k = options.start[4];
    if (k > 1) require_intervals(patterns, place);
    return fit_with<Model>(problem_of<Model>(patterns, k), patterns, options);
  }

  require_intervals(patterns, place);
  Fit<Model> best;
  int iterations = 0;
  int evaluations = 0;
  for (unsigned tried = 1; tried <= largest_tried_k; ++tried) {
    const double k = tried;
    FitOptions with_k = options;
    LikelihoodProblem problem = problem_of<Model>(patterns, k);
    if (!with_k.start.empty()) {
      // As many purchases a period.
      if (options.held.empty() || !options.held[1]) with_k.start[1] *= with_k.start[4] / k;
      with_k.start[4] = k;
    } else if (tried > 1 && best.usable()) {
      auto near = best.parameters;
      near[1] *= near[4] / k;
      near[4] = k;
      problem.starts.insert(problem.starts.begin(), near);
    }
    Fit<Model> found = fit_with<Model>(std::move(problem), patterns, with_k);
    iterations += found.iterations;
    evaluations += found.evaluations;
    const bool ends =
        found.status == FitStatus::cancelled || found.status == FitStatus::too_little_data;
    if (tried == 1 || ends || found.log_likelihood > best.log_likelihood) best = std::move(found);
    if (ends) break;
  }
  best.iterations = iterations;
  best.evaluations = evaluations;
  if (best.usable() && best.params.k == largest_tried_k) {
    best.message += "; k is the largest that was tried";
  }
  return best;
}

template <unsigned first_chances>
std::vector<double> buy_regularly(const CnbdK<first_chances>& model, double age,
                                  math::RandomStream& stream) {
  const auto& [r, alpha, a, b, k] = model.params();
  const double rate = math::draw_gamma(stream, r, alpha);
  const double dropout = math::draw_beta(stream, a, b);
  std::vector<double> times;
  if (first_chances > 0 && math::draw_uniform(stream) < dropout) return times;
  double now = 0;
  for (;;) {
    double stages = 0;
    for (double stage = 0; stage < k; ++stage) stages += math::draw_exponential(stream);
    now += stages / rate;
    if (!(now <= age)) return times;
    times.push_back(now);
    if (math::draw_uniform(stream) < dropout) return times;
  }
}

template <unsigned first_chances>
math::Derivatives derivatives(const CnbdK<first_chances>& model, const Patterns& patterns,
                              const core::Threads& threads) {
  const auto& [r, alpha, a, b, k] = model.params();
  return RegularLikelihood(r, alpha, a, b, k, first_chances)(patterns, threads);
}

}  // namespace

template <unsigned first_chances>
CnbdK<first_chances>::CnbdK(const Params& params) : params_(params) {
  constexpr const char* place = first_chances == 0 ? "BgCnbdK" : "MbgCnbdK";
  core::check_positive_finite(params.r, place, "r");
  core::check_positive_finite(params.alpha, place, "alpha");
  core::check_positive_finite(params.a, place, "a");
  core::check_positive_finite(params.b, place, "b");
  if (!(params.k >= 1 && params.k <= largest_k && params.k == std::floor(params.k))) {
    core::throw_domain_error(place, "k", params.k, "a whole number from 1 to 50");
  }
}

template <unsigned first_chances>
double CnbdK<first_chances>::log_silence(const CustomerHistory& c) const noexcept {
  const auto& [r, alpha, a, b, k] = params_;
  return log_no_purchase(r + k * c.frequency, alpha + c.recency, c.age - c.recency,
                         static_cast<unsigned>(k));
}

template <unsigned first_chances>
double CnbdK<first_chances>::log_odds_dropped(const CustomerHistory& c) const noexcept {
  const auto& [r, alpha, a, b, k] = params_;
  const double chances = c.frequency + first_chances;
  if (!(chances > 0)) return -std::numeric_limits<double>::infinity();
  return std::log(a / (b + (chances - 1))) - log_silence(c);
}

template <unsigned first_chances>
double CnbdK<first_chances>::log_likelihood(const CustomerHistory& c) const {
  const auto& [r, alpha, a, b, k] = params_;
  const double x = c.frequency;
  const double silence = log_silence(c);
  if (x == 0) {
    if (first_chances == 0) return silence;
    // 1 - b / (a + b) P(a purchase): near 1 for a young customer, where logs lose digits.
    const double loss = b / (a + b) * std::expm1(silence);
    if (loss > -0.5) return std::log1p(loss);
  }
  const double intervals =
      k > 1 && x > 0 ? (k - 1) * c.sum_log_intervals - x * math::log_gamma(k) : 0;
  const double purchases = math::log_rising(r, k * x) - r * std::log1p(c.recency / alpha) -
                           k * x * std::log(alpha + c.recency);
  const double survivals = math::log_beta_shift(a, b, x + first_chances);
  return intervals + purchases + survivals + silence + math::log1p_exp(log_odds_dropped(c));
}

template <unsigned first_chances>
double CnbdK<first_chances>::purchase_rate(const CustomerHistory& c) const {
  const ErlangFuture next = future(c);
  const auto& [shape, rate, idle, a, b, k] = next.params();
  // Whoever dropped out did so at the last purchase, and showed nothing afterwards.
  const double dropped = math::complement_of_log_odds(-log_odds_dropped(c));
  return this->probability_alive(c) * next.mean_rate() + dropped * shape / (k * rate);
}

template class CnbdK<0>;
template class CnbdK<1>;

math::Derivatives log_likelihood_derivatives(const BgCnbdK& model, const Patterns& patterns,
                                             const core::Threads& threads) {
  return derivatives(model, patterns, threads);
}

math::Derivatives log_likelihood_derivatives(const MbgCnbdK& model, const Patterns& patterns,
                                             const core::Threads& threads) {
  return derivatives(model, patterns, threads);
}

template <>
Fit<BgCnbdK> fit<BgCnbdK>(const Patterns& patterns, const FitOptions& options) {
  return fit_regular<BgCnbdK>(patterns, options);
}

template <>
Fit<MbgCnbdK> fit<MbgCnbdK>(const Patterns& patterns, const FitOptions& options) {
  return fit_regular<MbgCnbdK>(patterns, options);
}

std::vector<double> draw_purchases(const BgCnbdK& model, double age, math::RandomStream& stream) {
  return buy_regularly(model, age, stream);
}

std::vector<double> draw_purchases(const MbgCnbdK& model, double age, math::RandomStream& stream) {
  return buy_regularly(model, age, stream);
}

template Forecast forecast(const Fit<BgCnbdK>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);
template Forecast forecast(const Fit<MbgCnbdK>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

}  // namespace rapport::clv
