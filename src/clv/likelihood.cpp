#include <rapport/clv/likelihood.hpp>
#include <rapport/math/polygamma.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace rapport::clv {
namespace {

// Patterns a block: enough work for a thread to fetch, few enough blocks to add up.
constexpr std::size_t grain = 4096;

// Value, gradient and upper half of the Hessian in K log-parameters, to be added up.
template <std::size_t K>
struct Sums {
  double value = 0;
  std::array<double, K> gradient{};
  std::array<double, K*(K + 1) / 2> hessian{};

  double& second(std::size_t i, std::size_t j) { return hessian[i * K - i * (i + 1) / 2 + j]; }

  void add(const Sums& other) {
    value += other.value;
    for (std::size_t i = 0; i < K; ++i) gradient[i] += other.gradient[i];
    for (std::size_t i = 0; i < hessian.size(); ++i) hessian[i] += other.hessian[i];
  }

  [[nodiscard]] math::Derivatives derivatives() {
    math::Derivatives result{value, {gradient.begin(), gradient.end()}, std::vector<double>(K * K)};
    for (std::size_t i = 0; i < K; ++i) {
      for (std::size_t j = i; j < K; ++j) {
        result.hessian[i * K + j] = result.hessian[j * K + i] = second(i, j);
      }
    }
    return result;
  }
};

// The sum of body(begin, end) over blocks of [0, size), in the order of the blocks.
template <std::size_t K, class Body>
Sums<K> sum_blocks(const core::Threads& threads, std::size_t size, const Body& body) {
  Sums<K> total;
  for (const Sums<K>& block : core::map_blocks(threads, size, grain, body)) total.add(block);
  return total;
}

// BG/NBD and MBG/NBD in one form. With m chances to drop out so far (m = x in BG/NBD; m = x + 1 in
// MBG/NBD, where the first purchase is one too), eq. (6) of Fader, Hardie and Lee (2005) reads
//
//   ll = ln G(r + x) / G(r) + r ln alpha - (r + x) ln(alpha + T)
//      + ln B(a, b + m) / B(a, b) + [m > 0] ln(1 + e^w),
//   w  = ln a - ln(b + m - 1) + (r + x) ln((alpha + T) / (alpha + t_x)).
class DropoutLikelihood {
 public:
  enum Parameter : std::size_t { R, Alpha, A, B };

  // `first_chances`: chances to drop out before the first repeat purchase, 0 or 1.
  DropoutLikelihood(double r, double alpha, double a, double b, double first_chances)
      : r_(r), alpha_(alpha), a_(a), b_(b), first_chances_(first_chances) {}

  [[nodiscard]] math::Derivatives operator()(const Patterns& patterns,
                                             const core::Threads& threads) const {
    Sums<4> total;
    add_purchases(patterns, total);
    add_survivals(patterns, total);
    const auto ages = patterns.by_age();
    total.add(sum_blocks<4>(threads, ages.size(), [&](std::size_t begin, std::size_t end) {
      return exposure(ages.subspan(begin, end - begin));
    }));
    // Without a chance to drop out a customer adds nothing more: x = 0 in BG/NBD.
    const auto classes = patterns.by_frequency();
    const std::size_t first =
        first_chances_ == 0 && !classes.empty() && classes.front().frequency == 0
            ? classes.front().end
            : 0;
    total.add(
        sum_blocks<4>(threads, patterns.size() - first, [&](std::size_t begin, std::size_t end) {
          return dropout(patterns, first + begin, first + end);
        }));
    return total.derivatives();
  }

 private:
  // Up to so many terms, sums over purchases are taken term by term, each term once for all the
  // customers who got so far. Nothing cancels there.
  static constexpr double terms = 4096;

  // ln G(r + x) / G(r).
  void add_purchases(const Patterns& patterns, Sums<4>& total) const {
    double remaining = patterns.customers();
    double j = 0;
    for (const auto& c : patterns.by_frequency()) {
      for (; j < std::min(c.frequency, terms); ++j) {
        const double share = r_ / (r_ + j);
        total.value += remaining * std::log(r_ + j);
        total.gradient[R] += remaining * share;
        total.second(R, R) += remaining * share * (j / (r_ + j));
      }
      if (c.frequency > terms) {
        const double start = r_ + terms;
        const double rest = c.frequency - terms;
        const double slope = r_ * math::digamma_shift(start, rest);
        total.value += c.customers * math::log_rising(start, rest);
        total.gradient[R] += c.customers * slope;
        total.second(R, R) += c.customers * (slope + r_ * r_ * math::trigamma_shift(start, rest));
      }
      remaining -= c.customers;
    }
  }

  // ln B(a, b + m) / B(a, b).
  void add_survivals(const Patterns& patterns, Sums<4>& total) const {
    double remaining = patterns.customers();
    double j = 0;
    for (const auto& c : patterns.by_frequency()) {
      const double chances = c.frequency + first_chances_;
      for (; j < std::min(chances, terms); ++j) {
        const double all = a_ + b_ + j;
        const double drop = a_ / all;
        const double stay = (b_ + j) / all;
        const double b_share = b_ / (b_ + j);
        total.value -= remaining * std::log1p(a_ / (b_ + j));
        total.gradient[A] -= remaining * drop;
        total.gradient[B] += remaining * drop * b_share;
        total.second(A, A) -= remaining * drop * stay;
        total.second(A, B) += remaining * drop * (b_ / all);
        total.second(B, B) += remaining * drop * b_share * (j / (b_ + j) - b_ / all);
      }
      if (chances > terms) {
        const double start = b_ + terms;
        const double rest = chances - terms;
        const double all_1 = math::digamma_shift(a_ + start, rest);
        const double all_2 = math::trigamma_shift(a_ + start, rest);
        const double slope = b_ * (math::digamma_shift(start, rest) - all_1);
        const double bend = math::trigamma_shift(start, rest) - all_2;
        total.value += c.customers * math::log_beta_shift(a_, start, rest);
        total.gradient[A] -= c.customers * a_ * all_1;
        total.gradient[B] += c.customers * slope;
        total.second(A, A) -= c.customers * (a_ * all_1 + a_ * a_ * all_2);
        total.second(A, B) -= c.customers * a_ * b_ * all_2;
        total.second(B, B) += c.customers * (slope + b_ * b_ * bend);
      }
      remaining -= c.customers;
    }
  }

  // r ln alpha - (r + x) ln(alpha + T), for all customers of one age together.
  [[nodiscard]] Sums<4> exposure(std::span<const Patterns::AgeClass> ages) const {
    Sums<4> total;
    const double log_alpha = std::log(alpha_);
    for (const auto& c : ages) {
      const double length = std::log1p(c.age / alpha_);
      const double share = c.age / (alpha_ + c.age);  // - d length / d ln alpha
      const double r_all = r_ * c.customers;
      const double events = r_all + c.purchases;
      total.value -= events * length + c.purchases * log_alpha;
      total.gradient[R] -= r_all * length;
      total.gradient[Alpha] += events * share - c.purchases;
      total.second(R, R) -= r_all * length;
      total.second(R, Alpha) += r_all * share;
      total.second(Alpha, Alpha) -= events * share * (alpha_ / (alpha_ + c.age));
    }
    return total;
  }

  // ln(1 + e^w) over the patterns [begin, end).
  [[nodiscard]] Sums<4> dropout(const Patterns& patterns, std::size_t begin,
                                std::size_t end) const {
    Sums<4> total;
    const auto classes = patterns.by_frequency();
    auto c = std::upper_bound(classes.begin(), classes.end(), begin,
                              [](std::size_t i, const auto& later) { return i < later.end; });
    for (; begin < end; ++c) {
      const std::size_t stop = std::min(end, c->end);
      add_dropout(patterns, begin, stop, c->frequency, total);
      begin = stop;
    }
    return total;
  }

  // The same for patterns of one frequency: a loop without branches, whose sums are weighted with
  // what depends on the frequency afterwards.
  void add_dropout(const Patterns& patterns, std::size_t begin, std::size_t end, double x,
                   Sums<4>& total) const {
    const double events = r_ + x;
    const double chances = x + first_chances_;
    const double offset = std::log(a_ / (b_ + chances - 1));
    const double b_share = b_ / (b_ + chances - 1);  // - d w / d ln b
    const auto t_x = patterns.recency().data();
    const auto t = patterns.age().data();
    const auto n = patterns.count().data();
    // p = e^w / (1 + e^w), v = p (1 - p); gap = d w / d (r + x), slope and bend its derivatives
    // with respect to ln alpha.
    double value = 0, p1 = 0, p_gap = 0, p_slope = 0, p_bend = 0;
    double v1 = 0, v_gap = 0, v_slope = 0, v_gap2 = 0, v_gap_slope = 0, v_slope2 = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double idle = t[i] - t_x[i];
      const double from = 1 / (alpha_ + t_x[i]);
      const double to = 1 / (alpha_ + t[i]);
      const double gap = std::log1p(idle * from);
      const double w = offset + events * gap;
      const double small = std::exp(-std::abs(w));
      const double share = 1 / (1 + small);
      const double p = n[i] * (w > 0 ? share : small * share);
      const double v = n[i] * small * share * share;
      const double slope = -alpha_ * idle * from * to;
      const double bend = slope * (1 - alpha_ * (from + to));
      value += n[i] * ((w > 0 ? w : 0) + std::log1p(small));
      p1 += p;
      p_gap += p * gap;
      p_slope += p * slope;
      p_bend += p * bend;
      v1 += v;
      v_gap += v * gap;
      v_slope += v * slope;
      v_gap2 += v * gap * gap;
      v_gap_slope += v * gap * slope;
      v_slope2 += v * slope * slope;
    }
    total.value += value;
    total.gradient[R] += r_ * p_gap;
    total.gradient[Alpha] += events * p_slope;
    total.gradient[A] += p1;
    total.gradient[B] -= b_share * p1;
    total.second(R, R) += r_ * (p_gap + r_ * v_gap2);
    total.second(R, Alpha) += r_ * (p_slope + events * v_gap_slope);
    total.second(R, A) += r_ * v_gap;
    total.second(R, B) -= b_share * r_ * v_gap;
    total.second(Alpha, Alpha) += events * (p_bend + events * v_slope2);
    total.second(Alpha, A) += events * v_slope;
    total.second(Alpha, B) -= b_share * events * v_slope;
    total.second(A, A) += v1;
    total.second(A, B) -= b_share * v1;
    total.second(B, B) += b_share * (b_share * v1 - (chances - 1) / (b_ + chances - 1) * p1);
  }

  double r_, alpha_, a_, b_, first_chances_;
};

// Gamma-Gamma, eq. (1) of Fader, Hardie and Lee (2005, JMR) as a density of the mean: with
// y = x z / gamma,
//   ll = ln G(p x + q) - ln G(p x) - ln G(q) - ln z - p x ln(1 + 1 / y) - q ln(1 + y).
class SpendLikelihood {
 public:
  enum Parameter : std::size_t { P, Q, Gamma };

  explicit SpendLikelihood(const GammaGamma::Params& params)
      : p_(params.p), q_(params.q), gamma_(params.gamma) {}

  [[nodiscard]] math::Derivatives operator()(const SpendPatterns& patterns,
                                             const core::Threads& threads) const {
    const auto classes = patterns.by_frequency();
    Sums<3> total = sum_blocks<3>(threads, classes.size(), [&](std::size_t begin, std::size_t end) {
      return constants(classes.subspan(begin, end - begin));
    });
    total.add(sum_blocks<3>(threads, patterns.size(), [&](std::size_t begin, std::size_t end) {
      return means(patterns, begin, end);
    }));
    return total.derivatives();
  }

 private:
  // The gamma functions, which depend on the frequency alone.
  [[nodiscard]] Sums<3> constants(std::span<const SpendPatterns::FrequencyClass> classes) const {
    Sums<3> total;
    for (const auto& c : classes) {
      const double shape = p_ * c.frequency;
      const double larger = std::max(shape, q_);
      const double smaller = std::min(shape, q_);
      const double slope_p = shape * math::digamma_shift(shape, q_);
      const double slope_q = q_ * math::digamma_shift(q_, shape);
      const double n = c.customers;
      total.value += n * (math::log_rising(larger, smaller) - math::log_gamma(smaller));
      total.gradient[P] += n * slope_p;
      total.gradient[Q] += n * slope_q;
      total.second(P, P) += n * (slope_p + shape * shape * math::trigamma_shift(shape, q_));
      total.second(P, Q) += n * shape * q_ * math::trigamma(shape + q_);
      total.second(Q, Q) += n * (slope_q + q_ * q_ * math::trigamma_shift(q_, shape));
    }
    return total;
  }

  [[nodiscard]] Sums<3> means(const SpendPatterns& patterns, std::size_t begin,
                              std::size_t end) const {
    Sums<3> total;
    const auto classes = patterns.by_frequency();
    auto c = std::upper_bound(classes.begin(), classes.end(), begin,
                              [](std::size_t i, const auto& later) { return i < later.end; });
    for (; begin < end; ++c) {
      const std::size_t stop = std::min(end, c->end);
      add_means(patterns, begin, stop, c->frequency, total);
      begin = stop;
    }
    return total;
  }

  void add_means(const SpendPatterns& patterns, std::size_t begin, std::size_t end, double x,
                 Sums<3>& total) const {
    const double shape = p_ * x;
    const double inverse = x / gamma_;
    const double log_inverse = std::log(inverse);
    const auto z = patterns.mean().data();
    const auto log_z = patterns.log_mean().data();
    const auto n = patterns.count().data();
    // prior = gamma / (gamma + x z), own = 1 - prior.
    double logs = 0, above = 0, below = 0, priors = 0, owns = 0, products = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double y = z[i] * inverse;
      const double prior = 1 / (1 + y);
      const double own = y * prior;
      // ln(1 + y) and ln(1 + 1 / y) through the smaller of y and 1 / y.
      const double log_y = log_z[i] + log_inverse;
      const double near = std::log1p(y < 1 ? y : 1 / y);
      logs += n[i] * log_z[i];
      above += n[i] * (near + (y < 1 ? 0 : log_y));
      below += n[i] * (near - (y < 1 ? log_y : 0));
      priors += n[i] * prior;
      owns += n[i] * own;
      products += n[i] * own * prior;
    }
    total.value -= logs + shape * below + q_ * above;
    total.gradient[P] -= shape * below;
    total.gradient[Q] -= q_ * above;
    total.gradient[Gamma] += q_ * owns - shape * priors;
    total.second(P, P) -= shape * below;
    total.second(P, Gamma) -= shape * priors;
    total.second(Q, Q) -= q_ * above;
    total.second(Q, Gamma) += q_ * owns;
    total.second(Gamma, Gamma) -= (shape + q_) * products;
  }

  double p_, q_, gamma_;
};

}  // namespace

math::Derivatives log_likelihood_derivatives(const BgNbd& model, const Patterns& patterns,
                                             const core::Threads& threads) {
  const auto& [r, alpha, a, b] = model.params();
  return DropoutLikelihood(r, alpha, a, b, 0)(patterns, threads);
}

math::Derivatives log_likelihood_derivatives(const MbgNbd& model, const Patterns& patterns,
                                             const core::Threads& threads) {
  const auto& [r, alpha, a, b] = model.params();
  return DropoutLikelihood(r, alpha, a, b, 1)(patterns, threads);
}

math::Derivatives log_likelihood_derivatives(const GammaGamma& model, const SpendPatterns& patterns,
                                             const core::Threads& threads) {
  return SpendLikelihood(model.params())(patterns, threads);
}

}  // namespace rapport::clv
