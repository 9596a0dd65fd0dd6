#include "covariate_walk.hpp"
#include "varying_problem.hpp"

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

struct Processes {
  Effects purchase, dropout;

  Processes(const MbgNbdVarying::Params& params, const VaryingHistories& data)
      : purchase(effects_of(params.purchase, data)), dropout(effects_of(params.dropout, data)) {}
};

// What a history says, without derivatives.
struct Outcome {
  double bought = 0;         // Lambda(T)
  double idle = 0;           // Lambda(T) - Lambda(t_x)
  double log_purchases = 0;  // ln A
  double log_survivals = 0;  // ln of the product of 1 / (1 + o_j)
  double log_odds_dropped = 0;
};

Outcome outcome_of(const MbgNbdVarying::Params& p, const Processes& processes,
                   const VaryingHistories& data, std::size_t row) {
  const CustomerHistory c = data.history(row);
  Outcome result;
  walk(data, row, 0, c.recency, [&](double begin, double end, std::span<const double> values) {
    result.bought += std::exp(processes.purchase.log_multiplier(values)) * (end - begin);
  });
  const double until_last = result.bought;
  walk(data, row, c.recency, c.age, [&](double begin, double end, std::span<const double> values) {
    result.idle += std::exp(processes.purchase.log_multiplier(values)) * (end - begin);
  });
  result.bought += result.idle;
  double log_odds = 0;
  for (std::size_t j = 0; j <= data.purchases(row).size(); ++j) {
    const auto values = data.at_purchase(row, j);
    if (j > 0) result.log_purchases += processes.purchase.log_multiplier(values);
    log_odds =
        std::log(p.a / (p.b + static_cast<double>(j))) + processes.dropout.log_multiplier(values);
    result.log_survivals -= math::log1p_exp(log_odds);
  }
  result.log_odds_dropped =
      log_odds + (p.r + c.frequency) * std::log1p(result.idle / (p.alpha + until_last));
  return result;
}

// A piece of the time ahead: the purchase clock runs at `rate` from `bought` on (counted from the
// end of observation), and the odds to drop out are those of a Beta(a, .) law.
struct Ahead {
  double begin, length;  // time from the end of observation
  double bought, rate;
  double a;
};

std::vector<Ahead> pieces_ahead(const MbgNbdVarying::Params& p, const Processes& processes,
                                const VaryingHistories& data, std::size_t row, double t) {
  core::check_not_negative_finite(t, "MbgNbdVarying", "t");
  check_known_ahead(MbgNbdVarying::name, data, row, t);
  const double age = data.age(row);
  std::vector<Ahead> result;
  double bought = 0;
  walk(data, row, age, age + t, [&](double begin, double end, std::span<const double> values) {
    const double rate = std::exp(processes.purchase.log_multiplier(values));
    result.push_back({begin - age, end - begin, bought, rate,
                      p.a * std::exp(processes.dropout.log_multiplier(values))});
    bought += rate * (end - begin);
  });
  return result;
}

// The future of an active customer whose dropout odds change. Purchases that no dropout prevents
// are negative binomial in the clock; given j of them by clock time D they are spread over (0, D]
// at random, and kept_[j] is the chance to survive all of them. From D to D' each of the j lies
// before D with the chance D / D', which gives kept_ at D' by de Casteljau's scheme: positive terms
// alone.
class ChangingFuture {
 public:
  ChangingFuture(double shape, double rate, double b, double horizon)
      : shape_(shape), rate_(rate), b_(b), kept_(likely(horizon), 1.0) {}

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

  void pass(double a, double from, double to) { kept_ = kept_at(a, from, to); }

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

 private:
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

class CustomerLikelihood {
 public:
  CustomerLikelihood(const MbgNbdVarying::Params& params, const Processes& processes)
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

bool same_odds(const std::vector<Ahead>& pieces) {
  return std::all_of(pieces.begin(), pieces.end(),
                     [&](const Ahead& piece) { return piece.a == pieces.front().a; });
}

double bought_by_end(const std::vector<Ahead>& pieces) {
  return pieces.empty() ? 0 : pieces.back().bought + pieces.back().rate * pieces.back().length;
}

}  // namespace

MbgNbdVarying::MbgNbdVarying(Params params) : params_(std::move(params)) {
  core::check_positive_finite(params_.r, "MbgNbdVarying", "r");
  core::check_positive_finite(params_.alpha, "MbgNbdVarying", "alpha");
  core::check_positive_finite(params_.a, "MbgNbdVarying", "a");
  core::check_positive_finite(params_.b, "MbgNbdVarying", "b");
  check_coefficients("MbgNbdVarying", params_.purchase, params_.dropout);
}

double MbgNbdVarying::log_likelihood(const VaryingHistories& data, std::size_t row) const {
  const Processes processes(params_, data);
  const Outcome now = outcome_of(params_, processes, data, row);
  const double x = data.history(row).frequency;
  const double no_purchase = -params_.r * std::log1p(now.bought / params_.alpha);
  if (x == 0) {
    // 1 - P(survived the first purchase) (1 - no purchase): near 1 for a young customer.
    const double loss = std::exp(now.log_survivals) * std::expm1(no_purchase);
    if (loss > -0.5) return std::log1p(loss);
  }
  return math::log_rising(params_.r, x) + no_purchase - x * std::log(params_.alpha + now.bought) +
         now.log_purchases + now.log_survivals + math::log1p_exp(now.log_odds_dropped);
}

double MbgNbdVarying::log_probability_alive(const VaryingHistories& data, std::size_t row) const {
  const Processes processes(params_, data);
  return -math::log1p_exp(outcome_of(params_, processes, data, row).log_odds_dropped);
}

double MbgNbdVarying::probability_alive(const VaryingHistories& data, std::size_t row) const {
  const Processes processes(params_, data);
  return math::complement_of_log_odds(outcome_of(params_, processes, data, row).log_odds_dropped);
}

double MbgNbdVarying::probability_alive(const VaryingHistories& data, std::size_t row,
                                        double t) const {
  const Processes processes(params_, data);
  const auto pieces = pieces_ahead(params_, processes, data, row, t);
  const Outcome now = outcome_of(params_, processes, data, row);
  const double alive = math::complement_of_log_odds(now.log_odds_dropped);
  const double end = bought_by_end(pieces);
  if (!(end > 0)) return alive;
  const double x = data.history(row).frequency;
  ChangingFuture future(params_.r + x, params_.alpha + now.bought, params_.b + x + 1, end);
  for (const Ahead& piece : pieces) {
    const double to = piece.bought + piece.rate * piece.length;
    if (to > piece.bought) future.pass(piece.a, piece.bought, to);
  }
  return alive * future.active(end);
}

double MbgNbdVarying::expected_purchases(const VaryingHistories& data, std::size_t row,
                                         double t) const {
  return discounted_purchases(data, row, t, 0);
}

double MbgNbdVarying::discounted_purchases(const VaryingHistories& data, std::size_t row, double t,
                                           double delta) const {
  core::check_not_negative_finite(delta, "MbgNbdVarying", "delta");
  const Processes processes(params_, data);
  const auto pieces = pieces_ahead(params_, processes, data, row, t);
  const Outcome now = outcome_of(params_, processes, data, row);
  const double alive = math::complement_of_log_odds(now.log_odds_dropped);
  const double end = bought_by_end(pieces);
  if (!(end > 0)) return 0;
  const double x = data.history(row).frequency;
  const double shape = params_.r + x;
  const double rate = params_.alpha + now.bought;
  if (delta == 0 && same_odds(pieces) && pieces.front().a > 0) {
    // The plain model in the purchase clock.
    const BetaGeometricFuture plain(
        {.shape = shape, .rate = rate, .a = pieces.front().a, .b = params_.b + x + 1});
    return alive * plain.expected(end);
  }
  ChangingFuture future(shape, rate, params_.b + x + 1, end);
  double sum = 0;
  for (const Ahead& piece : pieces) {
    const double to = piece.bought + piece.rate * piece.length;
    if (!(to > piece.bought)) continue;
    // Panels in the clock over which the intensity changes little beside the distance to its pole.
    for (double from = piece.bought; from < to;) {
      const double pole = rate + from;
      const double slope = shape / pole + delta / piece.rate;
      const double width = std::min({2 * pole, 8 / slope, to - from});
      for (const auto& [at, weight] : math::gauss_legendre<16>) {
        const double when = from + width * at;
        const double time = piece.begin + (when - piece.bought) / piece.rate;
        sum += width * weight * std::exp(-delta * time) *
               future.intensity(when, future.kept_at(piece.a, from, when));
      }
      if (!(from + width > from)) break;
      const double next = to - from - width > 1e-12 * (to - from) ? from + width : to;
      future.pass(piece.a, from, next);
      from = next;
    }
  }
  return alive * sum;
}

double MbgNbdVarying::probability_of_no_purchase(const VaryingHistories& data, std::size_t row,
                                                 double t) const {
  const Processes processes(params_, data);
  const auto pieces = pieces_ahead(params_, processes, data, row, t);
  const Outcome now = outcome_of(params_, processes, data, row);
  const double none = std::exp(-(params_.r + data.history(row).frequency) *
                               std::log1p(bought_by_end(pieces) / (params_.alpha + now.bought)));
  return std::min(1.0, math::complement_of_log_odds(-now.log_odds_dropped) +
                           math::complement_of_log_odds(now.log_odds_dropped) * none);
}

math::Derivatives log_likelihood_derivatives(const MbgNbdVarying& model,
                                             const VaryingHistories& data,
                                             const core::Threads& threads) {
  const Processes processes(model.params(), data);
  const CustomerLikelihood customer(model.params(), processes);
  return sum_customers(4 + processes.purchase.size() + processes.dropout.size(), data, threads,
                       [&](std::size_t row, double& value, VectorXd& gradient, MatrixXd& hessian) {
                         customer.add(data, row, value, gradient, hessian);
                       });
}

std::vector<double> draw_purchases(const MbgNbdVarying& model, const VaryingHistories& data,
                                   std::size_t row, double until, math::RandomStream& stream) {
  const auto& p = model.params();
  const Processes processes(p, data);
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

template <>
VaryingFit<MbgNbdVarying> fit_varying<MbgNbdVarying>(const VaryingHistories& data,
                                                     const CovariateNames& names,
                                                     const CovariateOptions& options) {
  const auto [age, interval] = VaryingTimes(data);
  VaryingProblem problem;
  problem.place = MbgNbdVarying::name;
  problem.base_names = {MbgNbdVarying::parameter_names.begin(),
                        MbgNbdVarying::parameter_names.end()};
  problem.purchase_signs = {0, -1, 0, 0};
  problem.dropout_signs = {0, 0, 1, 0};
  problem.dropout_clock = DropoutClock::purchases;
  problem.units = {1, age, 1, 1};
  problem.starts = {{0.5, interval / 4, 1, 3}, {2, interval * 2, 0.5, 10}, {1, interval / 4, 2, 2}};
  return fit_varying_model<MbgNbdVarying>(problem, data, names, options);
}

}  // namespace rapport::clv
