#include "dropout_kernel.hpp"
#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/math/polygamma.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace rapport::clv {
namespace {

// BG/NBD and MBG/NBD in one form. With m chances to drop out so far (m = x in BG/NBD; m = x + 1 in
// MBG/NBD, where the first purchase is one too), eq. (6) of Fader, Hardie and Lee (2005) reads
//
//   ll = ln G(r + x) / G(r) + r ln alpha - (r + x) ln(alpha + T)
//      + ln B(a, b + m) / B(a, b) + [m > 0] ln(1 + e^w),
//   w  = ln a - ln(b + m - 1) + (r + x) ln((alpha + T) / (alpha + t_x)).
class DropoutLikelihood {
 public:
  using Jet = math::Jet<4>;
  enum Parameter : std::size_t { R, Alpha, A, B };

  // `first_chances`: chances to drop out before the first repeat purchase, 0 or 1.
  DropoutLikelihood(double r, double alpha, double a, double b, double first_chances)
      : r_(r), alpha_(alpha), a_(a), b_(b), first_chances_(first_chances) {}

  [[nodiscard]] math::Derivatives operator()(const Patterns& patterns,
                                             const core::Threads& threads) const {
    Jet total;
    add_purchases(patterns, total);
    add_survivals(patterns, total);
    const auto ages = patterns.by_age();
    total += sum_blocks<4>(threads, ages.size(), [&](std::size_t begin, std::size_t end) {
      return exposure(ages.subspan(begin, end - begin));
    });
    // Without a chance to drop out a customer adds nothing more: x = 0 in BG/NBD.
    const auto classes = patterns.by_frequency();
    const std::size_t first =
        first_chances_ == 0 && !classes.empty() && classes.front().frequency == 0
            ? classes.front().end
            : 0;
    total +=
        sum_blocks<4>(threads, patterns.size() - first, [&](std::size_t begin, std::size_t end) {
          return dropout(patterns, first + begin, first + end);
        });
    return derivatives_of(total);
  }

  // One history: whichever of "still active" and "dropped out at t_x" is larger stands before the
  // logarithm of the sum, where the other's share may be as small as it likes.
  [[nodiscard]] Jet row(const CustomerHistory& c) const {
    const Jet r = Jet::positive(r_, R);
    const Jet b = Jet::positive(b_, B);
    const Jet a = Jet::positive(a_, A);
    const double x = c.frequency;
    const double chances = x + first_chances_;
    Jet total = log_rising(r, x) + log_beta_shift(a, b, chances);
    if (chances == 0) return total + row_exposure(c.age, x);
    const double from = 1 / (alpha_ + c.recency);
    const double to = 1 / (alpha_ + c.age);
    const double idle = c.age - c.recency;
    Jet gap(std::log1p(idle * from));
    gap.gradient[Alpha] = -alpha_ * idle * from * to;
    gap.second(Alpha, Alpha) = gap.gradient[Alpha] * (1 - alpha_ * (from + to));
    const Jet offset = log(a) - log(b + (chances - 1));
    const Jet odds = offset + (r + x) * gap;
    if (odds.value > 0) return total + row_exposure(c.recency, x) + offset + log1p_exp(-odds);
    return total + row_exposure(c.age, x) + log1p_exp(odds);
  }

 private:
  // Up to so many terms, sums over purchases are taken term by term, each term once for all the
  // customers who got so far. Nothing cancels there.
  static constexpr double terms = 4096;

  // ln G(r + x) / G(r).
  void add_purchases(const Patterns& patterns, Jet& total) const {
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
  void add_survivals(const Patterns& patterns, Jet& total) const {
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
        const double rest = chances - terms;
        const Jet a = Jet::positive(a_, A), b = Jet::positive(b_, B);
        total.add(c.customers, log_beta_shift(a, b + terms, rest));
      }
      remaining -= c.customers;
    }
  }

  // r ln alpha - (r + x) ln(alpha + T), for all customers of one age together.
  [[nodiscard]] Jet exposure(std::span<const Patterns::AgeClass> ages) const {
    Jet total;
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

  [[nodiscard]] Jet row_exposure(double age, double purchases) const {
    const Patterns::AgeClass only{.age = age, .customers = 1, .purchases = purchases};
    return exposure({&only, 1});
  }

  // ln(1 + e^w) over the patterns [begin, end).
  [[nodiscard]] Jet dropout(const Patterns& patterns, std::size_t begin, std::size_t end) const {
    Jet total;
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

  // The same for patterns of one frequency: sums over them, weighted afterwards with what depends
  // on the frequency.
  void add_dropout(const Patterns& patterns, std::size_t begin, std::size_t end, double x,
                   Jet& total) const {
    const double events = r_ + x;
    const double chances = x + first_chances_;
    const double earlier = b_ + (chances - 1);
    const double b_share = b_ / earlier;  // - d w / d ln b
    const DropoutSums s = sum_dropouts(
        {&patterns.recency()[begin], &patterns.age()[begin], &patterns.count()[begin], end - begin},
        alpha_, events, std::log(a_ / earlier));
    total.value += s.value;
    total.gradient[R] += r_ * s.p_gap;
    total.gradient[Alpha] += events * s.p_slope;
    total.gradient[A] += s.p;
    total.gradient[B] -= b_share * s.p;
    total.second(R, R) += r_ * (s.p_gap + r_ * s.v_gap_gap);
    total.second(R, Alpha) += r_ * (s.p_slope + events * s.v_gap_slope);
    total.second(R, A) += r_ * s.v_gap;
    total.second(R, B) -= b_share * r_ * s.v_gap;
    total.second(Alpha, Alpha) += events * (s.p_bend + events * s.v_slope_slope);
    total.second(Alpha, A) += events * s.v_slope;
    total.second(Alpha, B) -= b_share * events * s.v_slope;
    total.second(A, A) += s.v;
    total.second(A, B) -= b_share * s.v;
    total.second(B, B) += b_share * (b_share * s.v - (chances - 1) / earlier * s.p);
  }

  double r_, alpha_, a_, b_, first_chances_;
};

template <class Model>
Fit<Model> fit_beta_geometric(const Patterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem = repeat_buying_problem<Model>(patterns);
  const TypicalTimes typical(patterns);
  problem.units = {1, typical.age, 1, 1};
  // Rates around the observed mean, or above it since customers who dropped out had less time; then
  // how the chance to drop out is spread. The likelihood may have maxima, or run out, on both
  // sides of that: much the same for everyone, or nearly 0 for some and nearly 1 for the rest.
  problem.starts = {{0.5, typical.interval / 4, 1, 3},    {2, typical.interval * 2, 0.5, 10},
                    {1, typical.interval / 4, 2, 2},      {0.5, typical.interval / 4, 0.1, 0.3},
                    {0.5, typical.interval / 4, 20, 100}, {0.1, typical.interval / 20, 0.1, 0.1}};
  return fit_with<Model>(std::move(problem), patterns, options);
}

struct Customer {
  double rate;     // purchases per period while active
  double dropout;  // chance to drop out right after a purchase
};

template <class Model>
Customer draw_customer(const Model& model, math::RandomStream& stream) {
  const auto& [r, alpha, a, b] = model.params();
  const double rate = math::draw_gamma(stream, r, alpha);
  return {rate, math::draw_beta(stream, a, b)};
}

bool drops_out(const Customer& customer, math::RandomStream& stream) {
  return math::draw_uniform(stream) < customer.dropout;
}

std::vector<double> buy_until_dropout(const Customer& customer, double age,
                                      math::RandomStream& stream) {
  std::vector<double> times;
  double now = 0;
  for (;;) {
    now += math::draw_exponential(stream) / customer.rate;
    if (!(now <= age)) return times;
    times.push_back(now);
    if (drops_out(customer, stream)) return times;
  }
}

}  // namespace

math::Jet<4> row_log_likelihood(const BgNbd& model, const CustomerHistory& c) {
  const auto& [r, alpha, a, b] = model.params();
  math::Jet<4> result = DropoutLikelihood(r, alpha, a, b, 0).row(c);
  result.value = model.log_likelihood(c);  // more exact near 0
  return result;
}

math::Jet<4> row_log_likelihood(const MbgNbd& model, const CustomerHistory& c) {
  const auto& [r, alpha, a, b] = model.params();
  math::Jet<4> result = DropoutLikelihood(r, alpha, a, b, 1).row(c);
  result.value = model.log_likelihood(c);
  return result;
}

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

template <>
Fit<BgNbd> fit<BgNbd>(const Patterns& patterns, const FitOptions& options) {
  return fit_beta_geometric<BgNbd>(patterns, options);
}

template <>
Fit<MbgNbd> fit<MbgNbd>(const Patterns& patterns, const FitOptions& options) {
  return fit_beta_geometric<MbgNbd>(patterns, options);
}

std::vector<double> draw_purchases(const BgNbd& model, double age, math::RandomStream& stream) {
  return buy_until_dropout(draw_customer(model, stream), age, stream);
}

std::vector<double> draw_purchases(const MbgNbd& model, double age, math::RandomStream& stream) {
  const Customer customer = draw_customer(model, stream);
  if (drops_out(customer, stream)) return {};
  return buy_until_dropout(customer, age, stream);
}

template Forecast forecast(const Fit<BgNbd>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);
template Forecast forecast(const Fit<MbgNbd>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

}  // namespace rapport::clv
