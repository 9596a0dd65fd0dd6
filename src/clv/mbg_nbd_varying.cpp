#include "varying_model.hpp"

#include <rapport/clv/beta_geometric_future.hpp>
#include <rapport/clv/mbg_nbd_varying.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/polygamma.hpp>
#include <rapport/math/quadrature.hpp>
#include <rapport/math/special.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// The future of an active customer whose dropout odds change. Purchases that no dropout prevents
// are negative binomial in the clock; given j of them by clock time D they are spread over (0, D]
// at random, and kept_[j] is the chance to survive all of them. From D to D' each of the j lies
// before D with the chance D / D', which gives kept_ at D' by de Casteljau's scheme: positive terms
// alone.
class ChangingFuture {
 public:
  // So many of the kept_ as are still likely by the horizon.
  ChangingFuture(double shape, double rate, double b, double horizon)
      : shape_(shape), rate_(rate), b_(b), kept_(likely(horizon), 1.0) {}
  // So many as are asked for.
  struct Counts {
    std::size_t size;
  };
  ChangingFuture(double shape, double rate, double b, Counts counts)
      : shape_(shape), rate_(rate), b_(b), kept_(counts.size, 1.0) {}

  // Moves from clock time `from` to `to` under the odds of Beta(a, .), which hold in between.
  [[nodiscard]] std::vector<double> kept_at(double a, double from, double to) const {
    std::vector<double> column = kept_;  // T(m, i), m from 0 on
    std::vector<double> result(kept_.size());
    const double before = from / to;
    result[0] = kept_[0];
    for (std::size_t m = 1; m < column.size(); ++m) {
      for (std::size_t i = 0; i + m < column.size(); ++i) {
        const double chances = b_ + static_cast<double>(i + m - 1);
        column[i] = (1 - before) * column[i] * (chances / (a + chances)) + before * column[i + 1];
      }
      result[m] = column[0];
    }
    return result;
  }

  void pass(double a, double from, double to) {
    if (to > from) kept_ = kept_at(a, from, to);
  }
  [[nodiscard]] const std::vector<double>& kept() const noexcept { return kept_; }

  // Mean purchases per clock time at `at`, and the probability of being active, given kept_at it.
  [[nodiscard]] double intensity(double at, const std::vector<double>& kept) const {
    double sum = 0;
    for_counts(at, [&](std::size_t j, double probability) {
      sum += probability * kept[j] * (shape_ + static_cast<double>(j));
    });
    return sum / (rate_ + at);
  }
  [[nodiscard]] double active(double at) const {
    double sum = 0;
    for_counts(at, [&](std::size_t j, double probability) { sum += probability * kept_[j]; });
    return sum;
  }

  // visit(j, P(N = j)) by clock time `at`.
  template <class Visit>
  void for_counts(double at, const Visit& visit) const {
    const double log_growth = std::log(at / (rate_ + at));
    double log_probability = -shape_ * std::log1p(at / rate_);
    for (std::size_t j = 0; j < kept_.size(); ++j) {
      visit(j, std::exp(log_probability));
      const auto n = static_cast<double>(j);
      log_probability += std::log((shape_ + n) / (n + 1)) + log_growth;
    }
  }

 private:
  // More purchases than anybody makes by `horizon`, but for a chance of some 1e-17.
  [[nodiscard]] std::size_t likely(double horizon) const {
    const double growth = horizon / (rate_ + horizon);
    double log_probability = -shape_ * std::log1p(horizon / rate_);
    double peak = log_probability;
    std::size_t j = 0;
    for (; j < most; ++j) {
      const auto n = static_cast<double>(j);
      const double ratio = growth * (shape_ + n) / (n + 1);
      log_probability += std::log(ratio);
      peak = std::max(peak, log_probability);
      // What follows is less than a geometric series.
      if (ratio < 1 && log_probability - std::log1p(-ratio) < peak - 44) break;
    }
    return j + 2;
  }

  static constexpr std::size_t most = 20000;
  double shape_, rate_, b_;
  std::vector<double> kept_;
};

}  // namespace

template <>
struct VaryingKernel<MbgNbdVarying> {
  using Params = MbgNbdVarying::Params;
  class Customer;
  class Future;

  // What a history says, without derivatives.
  struct Past {
    double frequency;
    double a;
    double chances_b;   // b with the chances survived, if active
    double bought = 0;  // Lambda(T)
    double log_odds_dropped = 0;
    double log_likelihood = 0;
    double purchase_rate = 0;  // mean of lambda
    double share_dropped = 0;

    Past(const Params& p, const Processes& processes, const Seen& seen);

    // The mean of the beta law that has the odds under that multiplier: with one dropout if the
    // customer dropped out.
    [[nodiscard]] double dropout_rate(double multiplier) const {
      const double odds = a * multiplier;
      return (odds + share_dropped) / (odds + chances_b);
    }
  };

  static VaryingProblem problem(const VaryingTimes& typical) {
    const auto& [age, interval] = typical;
    VaryingProblem result;
    result.purchase_signs = {0, -1, 0, 0};
    result.dropout_signs = {0, 0, 1, 0};
    result.dropout_clock = DropoutClock::purchases;
    result.units = {1, age, 1, 1};
    result.starts = {
        {0.5, interval / 4, 1, 3}, {2, interval * 2, 0.5, 10}, {1, interval / 4, 2, 2}};
    return result;
  }

  static std::vector<double> draw(const Params& p, const Processes& processes,
                                  const VaryingHistories& data, std::size_t row, double until,
                                  math::RandomStream& stream);
};

VaryingKernel<MbgNbdVarying>::Past::Past(const Params& p, const Processes& processes,
                                         const Seen& seen)
    : frequency(seen.frequency()), a(p.a), chances_b(p.b + frequency + 1) {
  const auto clock = [&](double from, double to) {
    double passed = 0;
    walk(seen.data, seen.row, from, to,
         [&](double begin, double end, std::span<const double> values) {
           passed += std::exp(processes.purchase.log_multiplier(values)) * (end - begin);
         });
    return passed;
  };
  const double until_last = clock(0, seen.recency());
  const double idle = clock(seen.recency(), seen.age);
  bought = until_last + idle;
  double log_purchases = 0;  // ln A
  double log_survivals = 0;  // ln of the product of 1 / (1 + o_j)
  double log_odds = 0;
  for (std::size_t j = 0; j <= seen.purchases.size(); ++j) {
    const auto values = seen.data.at_purchase(seen.row, j);
    if (j > 0) log_purchases += processes.purchase.log_multiplier(values);
    log_odds =
        std::log(p.a / (p.b + static_cast<double>(j))) + processes.dropout.log_multiplier(values);
    log_survivals -= math::log1p_exp(log_odds);
  }
  log_odds_dropped = log_odds + (p.r + frequency) * std::log1p(idle / (p.alpha + until_last));

  const double no_purchase = -p.r * std::log1p(bought / p.alpha);
  // Without a repeat purchase 1 - P(survived the first one) (1 - no purchase): near 1 for a young
  // customer.
  const double loss = std::exp(log_survivals) * std::expm1(no_purchase);
  log_likelihood = frequency == 0 && loss > -0.5
                       ? std::log1p(loss)
                       : math::log_rising(p.r, frequency) + no_purchase -
                             frequency * std::log(p.alpha + bought) + log_purchases +
                             log_survivals + math::log1p_exp(log_odds_dropped);

  share_dropped = math::complement_of_log_odds(-log_odds_dropped);
  purchase_rate =
      (p.r + frequency) * (math::complement_of_log_odds(log_odds_dropped) / (p.alpha + bought) +
                           share_dropped / (p.alpha + until_last));
}

// While active, purchases go on at random on their clock, at a rate that is Gamma(r + x,
// alpha + Lambda(T)); the chance to drop out after the j-th more of them is that of the odds
// a exp(dropout' x) / (b + x + j).
class VaryingKernel<MbgNbdVarying>::Future {
 public:
  Future(const Params& p, const Past& now, std::span<const Ahead> pieces)
      : shape_(p.r + now.frequency), rate_(p.alpha + now.bought), b_(now.chances_b) {
    for (const Ahead& ahead : pieces) {
      pieces_.push_back({ahead, end_, p.a * std::exp(ahead.log_dropout)});
      if (std::isfinite(ahead.length)) end_ = pieces_.back().to();
    }
  }

  [[nodiscard]] double alive() const {
    if (!(end_ > 0)) return 1;
    ChangingFuture future(shape_, rate_, b_, end_);
    for (const Piece& piece : pieces_) future.pass(piece.a, piece.bought, piece.to());
    return future.active(end_);
  }

  [[nodiscard]] double none() const { return std::exp(-shape_ * std::log1p(end_ / rate_)); }

  // n purchases and active still, or dropped out at the n-th. n >= 1.
  [[nodiscard]] double count(unsigned count) const {
    if (!(end_ > 0)) return 0;
    if (one_law()) return plain().probability_of_purchases(count, end_);
    const double n = count;
    ChangingFuture future(shape_, rate_, b_, ChangingFuture::Counts{count + 1});
    double sum = 0;
    for (const Piece& piece : pieces_) {
      const double to = piece.to();
      const double from = piece.bought;
      // One purchase less by then, and now the n-th.
      const auto log_last = [&](double when) {
        return log_count_probability(shape_, rate_, n - 1, when) +
               std::log((shape_ + n - 1) / (rate_ + when));
      };
      const auto reach = [&](double when) {
        const double pole = rate_ + when;
        const double slope = (shape_ + n) / pole + (n > few_purchases ? n / when : 0);
        return std::min(2 * pole, 8 / slope);
      };
      const double begin = from > 0 ? from : where_counts_begin(n, to, log_last);
      double dropped = 0;
      visit_panel_nodes(begin, to, reach, [&](double when, double weight) {
        dropped +=
            weight * std::exp(log_last(when)) * future.kept_at(piece.a, from, when)[count - 1];
      });
      sum += dropped * piece.a / (piece.a + b_ + n - 1);
      future.pass(piece.a, from, to);
    }
    return sum + std::exp(log_count_probability(shape_, rate_, n, end_)) * future.kept()[count];
  }

  // Mean of the sum of exp(-delta u) over the purchases that count.
  [[nodiscard]] double purchases(double delta) const {
    if (delta == 0 && one_law()) return plain().expected(counts_from(), end_);
    ChangingFuture future(shape_, rate_, b_, end_);
    double sum = 0;
    for (const Piece& piece : pieces_) {
      const Ahead& ahead = piece.ahead;
      if (!std::isfinite(ahead.length)) {
        sum += std::exp(-delta * ahead.begin) * for_ever(future, piece, delta);
        continue;
      }
      const double from = piece.bought;
      // Panels in the clock over which the intensity changes little beside the distance to its
      // pole.
      const auto reach = [&](double when) {
        const double pole = rate_ + when;
        return std::min(2 * pole, 8 / (shape_ / pole + delta / ahead.purchase_rate));
      };
      if (ahead.counts) {
        visit_panel_nodes(from, piece.to(), reach, [&](double when, double weight) {
          const double time = ahead.begin + (when - from) / ahead.purchase_rate;
          sum += weight * std::exp(-delta * time) *
                 future.intensity(when, future.kept_at(piece.a, from, when));
        });
      }
      future.pass(piece.a, from, piece.to());
    }
    return sum;
  }

 private:
  // A piece of the time ahead: the purchase clock runs from `bought` on (counted from the end of
  // observation), and the odds to drop out are those of a Beta(a, .) law.
  struct Piece {
    Ahead ahead;
    double bought, a;
    [[nodiscard]] double to() const { return bought + ahead.purchase_rate * ahead.length; }
  };

  // True if the future is that of the plain model, in the purchase clock.
  [[nodiscard]] bool one_law() const {
    return !pieces_.empty() && pieces_.front().a > 0 &&
           std::all_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
             return piece.a == pieces_.front().a && std::isfinite(piece.ahead.length);
           });
  }
  [[nodiscard]] BetaGeometricFuture plain() const {
    return BetaGeometricFuture({.shape = shape_, .rate = rate_, .a = pieces_.front().a, .b = b_});
  }

  [[nodiscard]] double counts_from() const {
    for (const Piece& piece : pieces_) {
      if (piece.ahead.counts) return piece.bought;
    }
    return end_;
  }

  // From the last piece on: whoever is active then with j more purchases has the plain future.
  [[nodiscard]] double for_ever(const ChangingFuture& future, const Piece& piece,
                                double delta) const {
    double sum = 0;
    future.for_counts(end_, [&](std::size_t count, double probability) {
      const auto j = static_cast<double>(count);
      const double weight = probability * future.kept()[count];
      const double shape = shape_ + j;
      const double rate = (rate_ + end_) / piece.ahead.purchase_rate;
      if (weight * shape < 1e-18 * sum * (rate_ + end_)) return;
      if (piece.a > 0) {
        sum += weight * BetaGeometricFuture({shape, rate, piece.a, b_ + j}).discounted(delta);
      } else {
        sum += delta > 0 ? weight * shape / rate / delta : std::numeric_limits<double>::quiet_NaN();
      }
    });
    return sum;
  }

  double shape_, rate_, b_;
  double end_ = 0;  // of the finite pieces, in the clock
  std::vector<Piece> pieces_;
};

class VaryingKernel<MbgNbdVarying>::Customer {
 public:
  Customer(const MbgNbdVarying::Params& params, const Processes& processes)
      : params_(params),
        processes_(processes),
        purchases_(static_cast<Index>(processes.purchase.size())),
        dropouts_(static_cast<Index>(processes.dropout.size())),
        size_(4 + purchases_ + dropouts_) {}

  void add(const VaryingHistories& data, std::size_t row, double& value, VectorXd& gradient,
           MatrixXd& hessian) const {
    const auto& p = params_;
    const CustomerHistory c = data.history(row);
    const double events = p.r + c.frequency;
    Clock clock(processes_.purchase.size());
    const auto advance = [&](double begin, double end, std::span<const double> values) {
      clock.advance(std::exp(processes_.purchase.log_multiplier(values)), end - begin,
                    processes_.purchase.select(values));
    };
    walk(data, row, 0, c.recency, advance);
    const double until_last = clock.time;
    const Slope last = log_rate(clock);
    walk(data, row, c.recency, c.age, advance);
    const Slope end = log_rate(clock);
    const double idle = clock.time - until_last;

    // Purchases: ln G(r + x) / G(r) + r ln alpha - (r + x) ln(alpha + Lambda(T)) + ln A.
    const double grown = std::log1p(clock.time / p.alpha);
    const double psi = p.r * math::digamma_shift(p.r, c.frequency);
    value += math::log_rising(p.r, c.frequency) - p.r * grown -
             c.frequency * std::log(p.alpha + clock.time);
    gradient(0) += psi - p.r * grown;
    gradient(1) += p.r;
    gradient -= events * end.first;
    hessian(0, 0) += psi + p.r * p.r * math::trigamma_shift(p.r, c.frequency) - p.r * grown;
    hessian(0, 1) += p.r;
    hessian(1, 0) += p.r;
    hessian.row(0) -= p.r * end.first.transpose();
    hessian.col(0) -= p.r * end.first;
    hessian -= events * end.second;

    // Chances to drop out, survived: - ln(1 + o_j).
    Slope odds{VectorXd::Zero(size_), {}};
    double log_odds = 0;
    double bend = 0;  // of ln o_j by ln b
    for (std::size_t j = 0; j <= data.purchases(row).size(); ++j) {
      const auto values = data.at_purchase(row, j);
      const auto n = static_cast<double>(j);
      if (j > 0) {
        value += processes_.purchase.log_multiplier(values);
        gradient.segment(4, purchases_) += processes_.purchase.select(values);
      }
      const double b_share = p.b / (p.b + n);
      log_odds = std::log(p.a / (p.b + n)) + processes_.dropout.log_multiplier(values);
      odds.first(2) = 1;
      odds.first(3) = -b_share;
      odds.first.segment(4 + purchases_, dropouts_) = processes_.dropout.select(values);
      bend = -b_share * n / (p.b + n);
      const double lost = math::complement_of_log_odds(-log_odds);
      const double stays = math::complement_of_log_odds(log_odds);
      value -= math::log1p_exp(log_odds);
      gradient -= lost * odds.first;
      hessian -= (lost * stays * odds.first) * odds.first.transpose();
      hessian(3, 3) -= lost * bend;
    }

    // ln(1 + e^w), w = ln o_x + (r + x) ln((alpha + Lambda(T)) / (alpha + Lambda(t_x))).
    const double gap = std::log1p(idle / (p.alpha + until_last));
    const double w = log_odds + events * gap;
    VectorXd slope = odds.first + events * (end.first - last.first);
    slope(0) += p.r * gap;
    const VectorXd cross = p.r * (end.first - last.first);
    const double dropped = math::complement_of_log_odds(-w);
    const double active = math::complement_of_log_odds(w);
    value += math::log1p_exp(w);
    gradient += dropped * slope;
    hessian += (dropped * active * slope) * slope.transpose();
    hessian += dropped * events * (end.second - last.second);
    hessian.row(0) += dropped * cross.transpose();
    hessian.col(0) += dropped * cross;
    hessian(0, 0) += dropped * p.r * gap;
    hessian(3, 3) += dropped * bend;
  }

 private:
  struct Slope {
    VectorXd first;
    MatrixXd second;
  };

  // Derivatives of ln(alpha + Lambda).
  [[nodiscard]] Slope log_rate(const Clock& clock) const {
    const double now = params_.alpha + clock.time;
    Slope result{VectorXd::Zero(size_), MatrixXd::Zero(size_, size_)};
    result.first(1) = params_.alpha / now;
    result.first.segment(4, purchases_) = clock.gradient / now;
    result.second(1, 1) = params_.alpha / now;
    result.second.block(4, 4, purchases_, purchases_) = clock.hessian / now;
    result.second -= result.first * result.first.transpose();
    return result;
  }

  const MbgNbdVarying::Params& params_;
  const Processes& processes_;
  Index purchases_, dropouts_, size_;
};

std::vector<double> VaryingKernel<MbgNbdVarying>::draw(const Params& p, const Processes& processes,
                                                       const VaryingHistories& data,
                                                       std::size_t row, double until,
                                                       math::RandomStream& stream) {
  const double rate = math::draw_gamma(stream, p.r, p.alpha);
  const auto drops_out = [&](std::span<const double> values, std::size_t survived) {
    const double log_odds = std::log(p.a / (p.b + static_cast<double>(survived))) +
                            processes.dropout.log_multiplier(values);
    return math::draw_uniform(stream) < math::complement_of_log_odds(-log_odds);
  };
  std::vector<double> times;
  bool active = !drops_out(data.at_purchase(row, 0), 0);
  double bought = 0;
  double next = math::draw_exponential(stream) / rate;
  walk(data, row, 0, until, [&](double begin, double end, std::span<const double> values) {
    const double speed = std::exp(processes.purchase.log_multiplier(values));
    while (active && next <= bought + speed * (end - begin)) {
      times.push_back(begin + (next - bought) / speed);
      active = !drops_out(values, times.size());
      next += math::draw_exponential(stream) / rate;
    }
    bought += speed * (end - begin);
  });
  return times;
}

MbgNbdVarying::MbgNbdVarying(Params params) : params_(std::move(params)) {
  core::check_positive_finite(params_.r, "MbgNbdVarying", "r");
  core::check_positive_finite(params_.alpha, "MbgNbdVarying", "alpha");
  core::check_positive_finite(params_.a, "MbgNbdVarying", "a");
  core::check_positive_finite(params_.b, "MbgNbdVarying", "b");
  check_coefficients("MbgNbdVarying", params_.purchase, params_.dropout);
}

template class VaryingAnswers<MbgNbdVarying>;
template math::Derivatives log_likelihood_derivatives(const VaryingAnswers<MbgNbdVarying>&,
                                                      const VaryingHistories&,
                                                      const core::Threads&);
template std::vector<double> draw_purchases(const VaryingAnswers<MbgNbdVarying>&,
                                            const VaryingHistories&, std::size_t, double,
                                            math::RandomStream&);
template VaryingFit<MbgNbdVarying> fit_varying<MbgNbdVarying>(const VaryingHistories&,
                                                              const CovariateNames&,
                                                              const CovariateOptions&);

}  // namespace rapport::clv
