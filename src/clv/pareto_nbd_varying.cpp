#include "covariate_walk.hpp"
#include "varying_problem.hpp"

#include <rapport/clv/pareto_nbd_varying.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/polygamma.hpp>
#include <rapport/math/quadrature.hpp>
#include <rapport/math/special.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double infinity = std::numeric_limits<double>::infinity();

// ln(1 + z) / z, 1 at z = 0.
double log1p_ratio(double z) { return z == 0 ? 1 : std::log1p(z) / z; }

// (1 - e^-y) / y, 1 at y = 0.
double expm1_ratio(double y) { return y == 0 ? 1 : std::expm1(-y) / -y; }

// Both clocks at the beginning of a piece, and how fast they run in it.
struct Stretch {
  double purchase_time, dropout_time;  // Lambda, M
  double purchase_rate, dropout_rate;  // a, m
  double log_dropout_rate;             // also where m underflows
  double length;
};

// The integrand f of the model's formula along a stretch: the density of dropping out at y, times
// that of the purchases, without what does not depend on y.
class DropoutDensity {
 public:
  DropoutDensity(const ParetoNbdVarying::Params& p, double x)
      : r_(p.r), alpha_(p.alpha), s_(p.s), beta_(p.beta), x_(x), log_s_(std::log(p.s)) {}

  // ln of (alpha / (alpha + Lambda))^r (alpha + Lambda)^-x (beta / (beta + M))^s.
  [[nodiscard]] double log_still_active(double purchase_time, double dropout_time) const {
    return -r_ * std::log1p(purchase_time / alpha_) - x_ * std::log(alpha_ + purchase_time) -
           s_ * std::log1p(dropout_time / beta_);
  }

  [[nodiscard]] double log_at_start(const Stretch& piece) const {
    return log_s_ + piece.log_dropout_rate +
           log_still_active(piece.purchase_time, piece.dropout_time) -
           std::log(beta_ + piece.dropout_time);
  }

  // Calls visit(y, weight) for the nodes of panels that cover the stretch. Within a panel the
  // integrand changes by less than e^12, and the panel keeps a third of its length away from the
  // nearest pole: sixteen nodes then give all digits. What has fallen to e^-60 of `reference` is
  // left out.
  template <class Visit>
  void for_nodes(const Stretch& piece, double reference, double delta, const Visit& visit) const {
    const double to_purchase_pole = (alpha_ + piece.purchase_time) / piece.purchase_rate;
    const double to_dropout_pole = (beta_ + piece.dropout_time) / piece.dropout_rate;
    const double start = log_at_start(piece);
    double fallen = 0;
    for (double y = 0; y < piece.length && start - fallen > reference - 60;) {
      const double slope =
          (r_ + x_) / (to_purchase_pole + y) + (s_ + 1) / (to_dropout_pole + y) + delta;
      const double pole = std::min(to_purchase_pole, to_dropout_pole) + y;
      const double width = std::min({3 * pole, 12 / slope, piece.length - y});
      for (const auto& [at, weight] : math::gauss_legendre<16>)
        visit(y + width * at, width * weight);
      // The integrand falls at least as a power: this is what the panel's end has lost.
      fallen += (r_ + x_) * std::log1p(width / (to_purchase_pole + y)) +
                (s_ + 1) * std::log1p(width / (to_dropout_pole + y)) + delta * width;
      if (!(y + width > y)) break;
      y += width;
    }
  }

  // The integrand relative to e^reference.
  [[nodiscard]] double at(const Stretch& piece, double y, double reference) const {
    const double purchase_time = piece.purchase_time + piece.purchase_rate * y;
    const double dropout_time = piece.dropout_time + piece.dropout_rate * y;
    return std::exp(log_s_ + piece.log_dropout_rate +
                    log_still_active(purchase_time, dropout_time) - std::log(beta_ + dropout_time) -
                    reference);
  }

  [[nodiscard]] double integral(const Stretch& piece, double reference) const {
    double sum = 0;
    for_nodes(piece, reference, 0,
              [&](double y, double weight) { sum += weight * at(piece, y, reference); });
    return sum;
  }

 private:
  double r_, alpha_, s_, beta_, x_, log_s_;
};

// The two processes with the columns that the data have for them.
struct Processes {
  Effects purchase, dropout;

  Processes(const ParetoNbdVarying::Params& params, const VaryingHistories& data)
      : purchase(effects_of(params.purchase, data)), dropout(effects_of(params.dropout, data)) {}

  [[nodiscard]] Stretch stretch(double purchase_time, double dropout_time, double length,
                                std::span<const double> values) const {
    const double m = dropout.log_multiplier(values);
    return {purchase_time, dropout_time, std::exp(purchase.log_multiplier(values)), std::exp(m), m,
            length};
  }
};

// What a history says: the clocks at its end, and the weights of having dropped out or not.
struct Outcome {
  double purchase_time = 0, dropout_time = 0;  // at the end of observation
  double log_purchases = 0;                    // ln A
  double log_active = 0;                       // ln of the first term of the braces
  double log_odds_dropped = -infinity;
};

Outcome outcome_of(const ParetoNbdVarying::Params& params, const Processes& processes,
                   const VaryingHistories& data, std::size_t row) {
  const CustomerHistory c = data.history(row);
  Outcome result;
  for (std::size_t i = 1; i <= data.purchases(row).size(); ++i) {
    result.log_purchases += processes.purchase.log_multiplier(data.at_purchase(row, i));
  }
  std::vector<Stretch> idle;
  const auto advance = [&](double begin, double end, std::span<const double> values) {
    const Stretch piece =
        processes.stretch(result.purchase_time, result.dropout_time, end - begin, values);
    result.purchase_time += piece.purchase_rate * piece.length;
    result.dropout_time += piece.dropout_rate * piece.length;
    return piece;
  };
  walk(data, row, 0, c.recency, advance);
  walk(data, row, c.recency, c.age, [&](double begin, double end, std::span<const double> values) {
    idle.push_back(advance(begin, end, values));
  });
  const DropoutDensity density(params, c.frequency);
  result.log_active = density.log_still_active(result.purchase_time, result.dropout_time);
  double reference = -infinity;
  for (const Stretch& piece : idle) {
    reference = std::max(reference, density.log_at_start(piece));
  }
  double sum = 0;
  for (const Stretch& piece : idle) sum += density.integral(piece, reference);
  if (sum > 0) result.log_odds_dropped = reference + std::log(sum) - result.log_active;
  return result;
}

// The pieces of (age, age + t], each with its beginning counted from the end of observation.
template <class Visit>
void walk_ahead(const Processes& processes, const VaryingHistories& data, std::size_t row, double t,
                Outcome now, const Visit& visit) {
  check_known_ahead(ParetoNbdVarying::name, data, row, t);
  const double age = data.age(row);
  walk(data, row, age, age + t, [&](double begin, double end, std::span<const double> values) {
    const Stretch piece =
        processes.stretch(now.purchase_time, now.dropout_time, end - begin, values);
    visit(begin - age, piece);
    now.purchase_time += piece.purchase_rate * piece.length;
    now.dropout_time += piece.dropout_rate * piece.length;
  });
}

// One customer's term with derivatives. The variables of a stretch are
//   0 ln(alpha + Lambda), 1 ln a, 2 ln(beta + M), 3 ln m, 4 r, 5 s,
// and raw moments of the integrand's derivatives add up over nodes and stretches:
//   sum w f_i, and sum w (f_ij + f_i f_j).
class CustomerLikelihood {
 public:
  CustomerLikelihood(const ParetoNbdVarying::Params& params, const Processes& processes)
      : params_(params),
        processes_(processes),
        purchases_(static_cast<Index>(processes.purchase.size())),
        dropouts_(static_cast<Index>(processes.dropout.size())),
        size_(4 + purchases_ + dropouts_) {}

  // Adds the customer's value, gradient and Hessian.
  void add(const VaryingHistories& data, std::size_t row, double& value, VectorXd& gradient,
           MatrixXd& hessian) const {
    const auto& p = params_;
    const CustomerHistory c = data.history(row);
    const DropoutDensity density(p, c.frequency);
    Clock bought(processes_.purchase.size());
    Clock dropped(processes_.dropout.size());

    std::vector<Leg> idle;
    const auto advance = [&](double begin, double end, std::span<const double> values, bool keep) {
      const Stretch piece = processes_.stretch(bought.time, dropped.time, end - begin, values);
      const VectorXd x = processes_.purchase.select(values);
      const VectorXd z = processes_.dropout.select(values);
      if (keep) idle.push_back({piece, bought, dropped, x, z});
      bought.advance(piece.purchase_rate, piece.length, x);
      dropped.advance(piece.dropout_rate, piece.length, z);
    };
    walk(data, row, 0, c.recency, [&](double begin, double end, std::span<const double> values) {
      advance(begin, end, values, false);
    });
    walk(data, row, c.recency, c.age, [&](double begin, double end, std::span<const double> v) {
      advance(begin, end, v, true);
    });

    double reference = density.log_still_active(bought.time, dropped.time);
    const double log_active = reference;
    for (const Leg& leg : idle) reference = std::max(reference, density.log_at_start(leg.piece));

    Sum sum(size_);
    add_active(c.frequency, bought, dropped, std::exp(log_active - reference), sum);
    for (const Leg& leg : idle) add_stretch(density, c.frequency, leg, reference, sum);

    // ln of the sum, then what does not depend on y.
    const VectorXd slope = sum.gradient / sum.value;
    value += reference + std::log(sum.value) + math::log_rising(p.r, c.frequency);
    gradient += slope;
    hessian += sum.hessian / sum.value - slope * slope.transpose();
    const double psi = p.r * math::digamma_shift(p.r, c.frequency);
    gradient(0) += psi;
    hessian(0, 0) += psi + p.r * p.r * math::trigamma_shift(p.r, c.frequency);
    gradient(1) += p.r;  // of r ln alpha; the rest of it is in the nodes' ln(1 + Lambda / alpha)
    hessian(0, 1) += p.r;
    hessian(1, 0) += p.r;
    gradient(3) += p.s;
    hessian(2, 3) += p.s;
    hessian(3, 2) += p.s;
    for (std::size_t i = 1; i <= data.purchases(row).size(); ++i) {
      const auto values = data.at_purchase(row, i);
      value += processes_.purchase.log_multiplier(values);
      gradient.segment(4, purchases_) += processes_.purchase.select(values);
    }
  }

 private:
  struct Leg {
    Stretch piece;
    Clock bought, dropped;  // at its beginning
    VectorXd x, z;          // covariates of the two processes
  };
  struct Sum {
    double value = 0;
    VectorXd gradient;
    MatrixXd hessian;
    explicit Sum(Index size)
        : gradient(VectorXd::Zero(size)), hessian(MatrixXd::Zero(size, size)) {}
  };
  struct Raw {
    double value = 0;
    std::array<double, 6> first{};
    std::array<std::array<double, 6>, 6> second{};  // upper half
  };

  void add_active(double x, const Clock& bought, const Clock& dropped, double weight,
                  Sum& sum) const {
    const double events = params_.r + x;
    const std::array<double, 6> f = {-events,
                                     0,
                                     -params_.s,
                                     0,
                                     -std::log1p(bought.time / params_.alpha),
                                     -std::log1p(dropped.time / params_.beta)};
    Raw raw;
    raw.value = weight;
    for (std::size_t i = 0; i < 6; ++i) {
      raw.first[i] = weight * f[i];
      for (std::size_t j = i; j < 6; ++j) raw.second[i][j] = weight * f[i] * f[j];
    }
    raw.second[0][4] -= weight;
    raw.second[2][5] -= weight;
    chain(raw, bought, dropped, VectorXd::Zero(purchases_), VectorXd::Zero(dropouts_), sum);
  }

  void add_stretch(const DropoutDensity& density, double x, const Leg& leg, double reference,
                   Sum& sum) const {
    const auto& p = params_;
    const Stretch& piece = leg.piece;
    const double alpha_now = p.alpha + piece.purchase_time;
    const double beta_now = p.beta + piece.dropout_time;
    // p and q: the shares of alpha + Lambda and beta + M that the stretch began with; u and v:
    // the derivatives by r and s.
    double w0 = 0, wp = 0, wq = 0, wu = 0, wv = 0, wpp = 0, wpq = 0, wqq = 0;
    double wpu = 0, wpv = 0, wqu = 0, wqv = 0, wuu = 0, wuv = 0, wvv = 0;
    const double log_front = std::log(p.s) + piece.log_dropout_rate - reference;
    density.for_nodes(piece, reference, 0, [&](double y, double weight) {
      const double purchase_time = piece.purchase_time + piece.purchase_rate * y;
      const double dropout_time = piece.dropout_time + piece.dropout_rate * y;
      const double more_bought = std::log1p(purchase_time / p.alpha);
      const double more_dropped = std::log1p(dropout_time / p.beta);
      const double log_f = log_front - p.r * more_bought - x * std::log(p.alpha + purchase_time) -
                           p.s * more_dropped - std::log(p.beta + dropout_time);
      const double w = weight * std::exp(log_f);
      const double share_p = alpha_now / (p.alpha + purchase_time);
      const double share_q = beta_now / (p.beta + dropout_time);
      const double u = -more_bought;
      const double v = 1 / p.s - more_dropped;
      w0 += w;
      wp += w * share_p;
      wq += w * share_q;
      wu += w * u;
      wv += w * v;
      wpp += w * share_p * share_p;
      wpq += w * share_p * share_q;
      wqq += w * share_q * share_q;
      wpu += w * share_p * u;
      wpv += w * share_p * v;
      wqu += w * share_q * u;
      wqv += w * share_q * v;
      wuu += w * u * u;
      wuv += w * u * v;
      wvv += w * v * v;
    });
    if (!(w0 > 0)) return;
    // f_0 = -R p, f_1 = -R (1 - p), f_2 = -S q, f_3 = 1 - S (1 - q) with R = r + x, S = s + 1.
    const double events = p.r + x;
    const double ends = p.s + 1;
    Raw raw;
    raw.value = w0;
    raw.first = {-events * wp, -events * (w0 - wp), -ends * wq, w0 - ends * (w0 - wq), wu, wv};
    auto& h = raw.second;
    const double bend_p = events * (wp - wpp);
    const double bend_q = ends * (wq - wqq);
    h[0][0] = -bend_p + events * events * wpp;
    h[0][1] = bend_p + events * bend_p;
    h[1][1] = -bend_p + events * events * (w0 - 2 * wp + wpp);
    h[0][2] = events * ends * wpq;
    h[0][3] = events * (p.s * wp - ends * wpq);
    h[1][2] = events * ends * (wq - wpq);
    h[1][3] = events * (p.s * (w0 - wp) - ends * (wq - wpq));
    h[2][2] = -bend_q + ends * ends * wqq;
    h[2][3] = bend_q - ends * (ends * wqq - p.s * wq);
    h[3][3] = -bend_q + ends * ends * wqq - 2 * p.s * ends * wq + p.s * p.s * w0;
    h[0][4] = -wp - events * wpu;
    h[1][4] = -(w0 - wp) - events * (wu - wpu);
    h[0][5] = -events * wpv;
    h[1][5] = -events * (wv - wpv);
    h[2][4] = -ends * wqu;
    h[3][4] = ends * wqu - p.s * wu;
    h[2][5] = -wq - ends * wqv;
    h[3][5] = -(w0 - wq) + ends * wqv - p.s * wv;
    h[4][4] = wuu;
    h[4][5] = wuv;
    h[5][5] = wvv - w0 / (p.s * p.s);
    chain(raw, leg.bought, leg.dropped, leg.x, leg.z, sum);
  }

  // From the variables of a stretch to the model's: ln(alpha + Lambda) depends on ln alpha and the
  // purchase coefficients, ln(beta + M) on ln beta and the dropout coefficients.
  void chain(const Raw& raw, const Clock& bought, const Clock& dropped, const VectorXd& x,
             const VectorXd& z, Sum& sum) const {
    const auto& p = params_;
    const double alpha_now = p.alpha + bought.time;
    const double beta_now = p.beta + dropped.time;
    const Index from_x = 4;
    const Index from_z = 4 + purchases_;
    std::array<VectorXd, 6> slopes;
    for (auto& slope : slopes) slope = VectorXd::Zero(size_);
    slopes[0](1) = p.alpha / alpha_now;
    slopes[0].segment(from_x, purchases_) = bought.gradient / alpha_now;
    slopes[1].segment(from_x, purchases_) = x;
    slopes[2](3) = p.beta / beta_now;
    slopes[2].segment(from_z, dropouts_) = dropped.gradient / beta_now;
    slopes[3].segment(from_z, dropouts_) = z;
    slopes[4](0) = p.r;
    slopes[5](2) = p.s;

    sum.value += raw.value;
    for (std::size_t i = 0; i < 6; ++i) {
      sum.gradient += raw.first[i] * slopes[i];
      // The row of the symmetric matrix, times the slopes: one rank-one update a variable.
      VectorXd row = VectorXd::Zero(size_);
      for (std::size_t j = 0; j < 6; ++j) {
        row += (i <= j ? raw.second[i][j] : raw.second[j][i]) * slopes[j];
      }
      sum.hessian += slopes[i] * row.transpose();
    }
    // Second derivatives of the variables themselves.
    sum.hessian(1, 1) += raw.first[0] * p.alpha / alpha_now;
    sum.hessian.block(from_x, from_x, purchases_, purchases_) +=
        raw.first[0] / alpha_now * bought.hessian;
    sum.hessian -= raw.first[0] * slopes[0] * slopes[0].transpose();
    sum.hessian(3, 3) += raw.first[2] * p.beta / beta_now;
    sum.hessian.block(from_z, from_z, dropouts_, dropouts_) +=
        raw.first[2] / beta_now * dropped.hessian;
    sum.hessian -= raw.first[2] * slopes[2] * slopes[2].transpose();
    sum.hessian(0, 0) += raw.first[4] * p.r;
    sum.hessian(2, 2) += raw.first[5] * p.s;
  }

  const ParetoNbdVarying::Params& params_;
  const Processes& processes_;
  Index purchases_, dropouts_, size_;
};

}  // namespace

ParetoNbdVarying::ParetoNbdVarying(Params params) : params_(std::move(params)) {
  core::check_positive_finite(params_.r, "ParetoNbdVarying", "r");
  core::check_positive_finite(params_.alpha, "ParetoNbdVarying", "alpha");
  core::check_positive_finite(params_.s, "ParetoNbdVarying", "s");
  core::check_positive_finite(params_.beta, "ParetoNbdVarying", "beta");
  check_coefficients("ParetoNbdVarying", params_.purchase, params_.dropout);
}

double ParetoNbdVarying::log_likelihood(const VaryingHistories& data, std::size_t row) const {
  const Processes processes(params_, data);
  const Outcome now = outcome_of(params_, processes, data, row);
  return math::log_rising(params_.r, data.history(row).frequency) + now.log_purchases +
         now.log_active + math::log1p_exp(now.log_odds_dropped);
}

double ParetoNbdVarying::log_probability_alive(const VaryingHistories& data,
                                               std::size_t row) const {
  const Processes processes(params_, data);
  return -math::log1p_exp(outcome_of(params_, processes, data, row).log_odds_dropped);
}

double ParetoNbdVarying::probability_alive(const VaryingHistories& data, std::size_t row) const {
  const Processes processes(params_, data);
  return math::complement_of_log_odds(outcome_of(params_, processes, data, row).log_odds_dropped);
}

double ParetoNbdVarying::probability_alive(const VaryingHistories& data, std::size_t row,
                                           double t) const {
  core::check_not_negative_finite(t, "ParetoNbdVarying", "t");
  const Processes processes(params_, data);
  const Outcome now = outcome_of(params_, processes, data, row);
  double more = 0;
  walk_ahead(processes, data, row, t, now, [&](double /*ahead*/, const Stretch& piece) {
    more += piece.dropout_rate * piece.length;
  });
  return math::complement_of_log_odds(now.log_odds_dropped) *
         std::exp(-params_.s * std::log1p(more / (params_.beta + now.dropout_time)));
}

double ParetoNbdVarying::expected_purchases(const VaryingHistories& data, std::size_t row,
                                            double t) const {
  core::check_not_negative_finite(t, "ParetoNbdVarying", "t");
  const double s = params_.s;
  const double beta = params_.beta;
  const Processes processes(params_, data);
  const Outcome now = outcome_of(params_, processes, data, row);
  const double beta_end = beta + now.dropout_time;
  double sum = 0;
  walk_ahead(processes, data, row, t, now, [&](double /*ahead*/, const Stretch& piece) {
    // The integral of ((beta + M(T)) / (beta + M))^s over the piece, in closed form.
    const double beta_now = beta + piece.dropout_time;
    const double passed = piece.dropout_rate * piece.length / beta_now;
    sum += piece.purchase_rate * piece.length * log1p_ratio(passed) *
           expm1_ratio((s - 1) * std::log1p(passed)) *
           std::exp(-s * std::log1p((piece.dropout_time - now.dropout_time) / beta_end));
  });
  return math::complement_of_log_odds(now.log_odds_dropped) *
         ((params_.r + data.history(row).frequency) / (params_.alpha + now.purchase_time)) * sum;
}

double ParetoNbdVarying::discounted_purchases(const VaryingHistories& data, std::size_t row,
                                              double t, double delta) const {
  core::check_not_negative_finite(t, "ParetoNbdVarying", "t");
  core::check_not_negative_finite(delta, "ParetoNbdVarying", "delta");
  if (delta == 0) return expected_purchases(data, row, t);
  const double s = params_.s;
  const double beta = params_.beta;
  const Processes processes(params_, data);
  const Outcome now = outcome_of(params_, processes, data, row);
  const double beta_end = beta + now.dropout_time;
  double sum = 0;
  walk_ahead(processes, data, row, t, now, [&](double ahead, const Stretch& piece) {
    // Panels over which neither discount nor survival changes by more than e^12.
    const double to_pole = (beta + piece.dropout_time) / piece.dropout_rate;
    for (double y = 0; y < piece.length && delta * (ahead + y) < 750;) {
      const double slope = delta + s / (to_pole + y);
      const double width = std::min({3 * (to_pole + y), 12 / slope, piece.length - y});
      for (const auto& [at, weight] : math::gauss_legendre<16>) {
        const double when = y + width * at;
        const double passed = piece.dropout_time - now.dropout_time + piece.dropout_rate * when;
        sum += piece.purchase_rate * width * weight *
               std::exp(-s * std::log1p(passed / beta_end) - delta * (ahead + when));
      }
      if (!(y + width > y)) break;
      y += width;
    }
  });
  return math::complement_of_log_odds(now.log_odds_dropped) *
         ((params_.r + data.history(row).frequency) / (params_.alpha + now.purchase_time)) * sum;
}

double ParetoNbdVarying::probability_of_no_purchase(const VaryingHistories& data, std::size_t row,
                                                    double t) const {
  core::check_not_negative_finite(t, "ParetoNbdVarying", "t");
  const Processes processes(params_, data);
  const double x = data.history(row).frequency;
  const Outcome now = outcome_of(params_, processes, data, row);
  const DropoutDensity density(params_, x);
  // No purchase while active, or dropping out before the first one: the same integrand ahead.
  const double reference = now.log_active;
  double dropped = 0;
  Outcome then = now;
  walk_ahead(processes, data, row, t, now, [&](double /*ahead*/, const Stretch& piece) {
    dropped += density.integral(piece, reference);
    then.purchase_time = piece.purchase_time + piece.purchase_rate * piece.length;
    then.dropout_time = piece.dropout_time + piece.dropout_rate * piece.length;
  });
  const double active =
      std::exp(density.log_still_active(then.purchase_time, then.dropout_time) - reference);
  const double odds = now.log_odds_dropped;
  return std::min(1.0, math::complement_of_log_odds(-odds) +
                           math::complement_of_log_odds(odds) * (active + dropped));
}

math::Derivatives log_likelihood_derivatives(const ParetoNbdVarying& model,
                                             const VaryingHistories& data,
                                             const core::Threads& threads) {
  const Processes processes(model.params(), data);
  const CustomerLikelihood customer(model.params(), processes);
  return sum_customers(4 + processes.purchase.size() + processes.dropout.size(), data, threads,
                       [&](std::size_t row, double& value, VectorXd& gradient, MatrixXd& hessian) {
                         customer.add(data, row, value, gradient, hessian);
                       });
}

std::vector<double> draw_purchases(const ParetoNbdVarying& model, const VaryingHistories& data,
                                   std::size_t row, double until, math::RandomStream& stream) {
  const auto& p = model.params();
  const Processes processes(p, data);
  const double purchase_rate = math::draw_gamma(stream, p.r, p.alpha);
  const double dropout_rate = math::draw_gamma(stream, p.s, p.beta);
  // Both on their clocks: the next purchase, and the dropout.
  double next = math::draw_exponential(stream) / purchase_rate;
  const double last = math::draw_exponential(stream) / dropout_rate;
  std::vector<double> times;
  double purchase_time = 0;
  double dropout_time = 0;
  walk(data, row, 0, until, [&](double begin, double end, std::span<const double> values) {
    if (dropout_time >= last) return;
    const Stretch piece = processes.stretch(purchase_time, dropout_time, end - begin, values);
    const double active = std::min(piece.length, (last - dropout_time) / piece.dropout_rate);
    while (next <= purchase_time + piece.purchase_rate * active) {
      times.push_back(begin + (next - purchase_time) / piece.purchase_rate);
      next += math::draw_exponential(stream) / purchase_rate;
    }
    purchase_time += piece.purchase_rate * piece.length;
    dropout_time += piece.dropout_rate * piece.length;
  });
  return times;
}

template <>
VaryingFit<ParetoNbdVarying> fit_varying<ParetoNbdVarying>(const VaryingHistories& data,
                                                           const CovariateNames& names,
                                                           const CovariateOptions& options) {
  const auto [age, interval] = VaryingTimes(data);
  VaryingProblem problem;
  problem.place = ParetoNbdVarying::name;
  problem.base_names = {ParetoNbdVarying::parameter_names.begin(),
                        ParetoNbdVarying::parameter_names.end()};
  problem.purchase_signs = {0, -1, 0, 0};
  problem.dropout_signs = {0, 0, 0, -1};
  problem.units = {1, age, 1, age};
  problem.starts = {
      {1, interval, 0.5, age}, {0.5, interval / 4, 1, 2 * age}, {2, 2 * interval, 0.3, age / 4}};
  return fit_varying_model<ParetoNbdVarying>(problem, data, names, options);
}

}  // namespace rapport::clv
