#include "special_values.hpp"
#include "varying_model.hpp"

#include <rapport/clv/lifetime_future.hpp>
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
  void for_nodes(const Stretch& piece, double reference, const Visit& visit) const {
    const double to_purchase_pole = (alpha_ + piece.purchase_time) / piece.purchase_rate;
    const double to_dropout_pole = (beta_ + piece.dropout_time) / piece.dropout_rate;
    const double start = log_at_start(piece);
    double fallen = 0;
    for (double y = 0; y < piece.length && start - fallen > reference - 60;) {
      const double slope = (r_ + x_) / (to_purchase_pole + y) + (s_ + 1) / (to_dropout_pole + y);
      const double pole = std::min(to_purchase_pole, to_dropout_pole) + y;
      const double width = std::min({3 * pole, 12 / slope, piece.length - y});
      for (const auto& [at, weight] : math::gauss_legendre<16>)
        visit(y + width * at, width * weight);
      // The integrand falls at least as a power: this is what the panel's end has lost.
      fallen += (r_ + x_) * std::log1p(width / (to_purchase_pole + y)) +
                (s_ + 1) * std::log1p(width / (to_dropout_pole + y));
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
    for_nodes(piece, reference,
              [&](double y, double weight) { sum += weight * at(piece, y, reference); });
    return sum;
  }

 private:
  double r_, alpha_, s_, beta_, x_, log_s_;
};

Stretch stretch_of(const Processes& processes, double purchase_time, double dropout_time,
                   double length, std::span<const double> values) {
  const double m = processes.dropout.log_multiplier(values);
  return {purchase_time,
          dropout_time,
          std::exp(processes.purchase.log_multiplier(values)),
          std::exp(m),
          m,
          length};
}

}  // namespace

template <>
struct VaryingKernel<ParetoNbdVarying> {
  using Params = ParetoNbdVarying::Params;
  class Customer;
  class Future;

  // What a history says: the clocks at its end, and the odds of having dropped out or not.
  struct Past {
    double frequency;
    double purchase_time = 0, dropout_time = 0;  // at the end of observation
    double log_active = 0;                       // ln of the first term of the braces
    double log_odds_dropped = -infinity;
    double log_likelihood = 0;
    double purchase_rate = 0, hazard = 0;  // means of lambda and mu

    Past(const Params& params, const Processes& processes, const Seen& seen);

    [[nodiscard]] double dropout_rate(double multiplier) const { return multiplier * hazard; }
  };

  static VaryingProblem problem(const VaryingTimes& typical) {
    const auto& [age, interval] = typical;
    VaryingProblem result;
    result.purchase_signs = {0, -1, 0, 0};
    result.dropout_signs = {0, 0, 0, -1};
    result.units = {1, age, 1, age};
    result.starts = {
        {1, interval, 0.5, age}, {0.5, interval / 4, 1, 2 * age}, {2, 2 * interval, 0.3, age / 4}};
    return result;
  }

  static std::vector<double> draw(const Params& p, const Processes& processes,
                                  const VaryingHistories& data, std::size_t row, double until,
                                  math::RandomStream& stream);
};

VaryingKernel<ParetoNbdVarying>::Past::Past(const Params& params, const Processes& processes,
                                            const Seen& seen)
    : frequency(seen.frequency()) {
  double log_purchases = 0;  // ln A
  for (std::size_t i = 1; i <= seen.purchases.size(); ++i) {
    log_purchases += processes.purchase.log_multiplier(seen.data.at_purchase(seen.row, i));
  }
  std::vector<Stretch> idle;
  const auto advance = [&](double begin, double end, std::span<const double> values) {
    const Stretch piece = stretch_of(processes, purchase_time, dropout_time, end - begin, values);
    purchase_time += piece.purchase_rate * piece.length;
    dropout_time += piece.dropout_rate * piece.length;
    return piece;
  };
  walk(seen.data, seen.row, 0, seen.recency(), advance);
  walk(seen.data, seen.row, seen.recency(), seen.age,
       [&](double begin, double end, std::span<const double> values) {
         idle.push_back(advance(begin, end, values));
       });
  const DropoutDensity density(params, frequency);
  log_active = density.log_still_active(purchase_time, dropout_time);
  double reference = -infinity;
  for (const Stretch& piece : idle) {
    reference = std::max(reference, density.log_at_start(piece));
  }
  // Of the integrand, and with the means of lambda and mu of who dropped out at y.
  double sum = 0, rates = 0, hazards = 0;
  for (const Stretch& piece : idle) {
    density.for_nodes(piece, reference, [&](double y, double weight) {
      const double here = weight * density.at(piece, y, reference);
      sum += here;
      rates += here / (params.alpha + piece.purchase_time + piece.purchase_rate * y);
      hazards += here / (params.beta + piece.dropout_time + piece.dropout_rate * y);
    });
  }
  if (sum > 0) log_odds_dropped = reference + std::log(sum) - log_active;
  log_likelihood = math::log_rising(params.r, frequency) + log_purchases + log_active +
                   math::log1p_exp(log_odds_dropped);

  const double alive = math::complement_of_log_odds(log_odds_dropped);
  const double dropped = math::complement_of_log_odds(-log_odds_dropped);
  const double rate_if_dropped = sum > 0 ? rates / sum : 0;
  const double hazard_if_dropped = sum > 0 ? hazards / sum : 0;
  purchase_rate =
      (params.r + frequency) * (alive / (params.alpha + purchase_time) + dropped * rate_if_dropped);
  hazard = alive * params.s / (params.beta + dropout_time) +
           dropped * (params.s + 1) * hazard_if_dropped;
}

// While active, purchases go on at random on their clock, at a rate that is Gamma(r + x,
// alpha + Lambda(T)), until a lifetime ends whose survival is ((beta + M(T)) / (beta + M))^s.
class VaryingKernel<ParetoNbdVarying>::Future {
 public:
  Future(const Params& params, const Past& now, std::span<const Ahead> pieces)
      : p_(params), now_(now), pieces_(pieces) {}

  [[nodiscard]] double alive() const {
    return survival(walk_pieces([](const auto&...) {}));
  }

  // No purchase while active, or dropping out before the first one: the same integrand as behind.
  [[nodiscard]] double none() const {
    const DropoutDensity density(p_, now_.frequency);
    double dropped = 0;
    const Stretch end = walk_pieces([&](const Ahead&, const Stretch& piece) {
      dropped += density.integral(piece, now_.log_active);
    });
    return dropped + std::exp(density.log_still_active(end.purchase_time, end.dropout_time) -
                              now_.log_active);
  }

  // n purchases and active still, or n purchases before dropping out. n >= 1.
  [[nodiscard]] double count(unsigned count) const {
    const double n = count;
    const double shape = p_.r + now_.frequency;
    const double rate = p_.alpha + now_.purchase_time;
    double sum = 0;
    const Stretch end = walk_pieces([&](const Ahead&, const Stretch& piece) {
      const double bought = piece.purchase_time - now_.purchase_time;
      const auto log_density = [&](double y) {
        const Stretch at = moved(piece, y);
        return log_count_probability(shape, rate, n, at.purchase_time - now_.purchase_time) +
               std::log(p_.s) + piece.log_dropout_rate + log_survival(at) -
               std::log(p_.beta + at.dropout_time);
      };
      const auto reach = [&](double y) {
        const double to_purchase_pole = (p_.alpha + piece.purchase_time) / piece.purchase_rate + y;
        const double to_dropout_pole = (p_.beta + piece.dropout_time) / piece.dropout_rate + y;
        double slope = (shape + n) / to_purchase_pole + (p_.s + 1) / to_dropout_pole;
        if (n > few_purchases) slope += n / (bought / piece.purchase_rate + y);
        return std::min(3 * std::min(to_purchase_pole, to_dropout_pole), 12 / slope);
      };
      const double from = bought > 0 ? 0 : where_counts_begin(n, piece.length, log_density);
      visit_panel_nodes(from, piece.length, reach,
                        [&](double y, double weight) { sum += weight * std::exp(log_density(y)); });
    });
    const double bought = end.purchase_time - now_.purchase_time;
    if (!(bought > 0)) return 0;
    return sum + std::exp(log_count_probability(shape, rate, n, bought) + log_survival(end));
  }

  // Mean of the sum of exp(-delta u) over the purchases that count.
  [[nodiscard]] double purchases(double delta) const {
    double sum = 0;
    walk_pieces([&](const Ahead& ahead, const Stretch& piece) {
      if (!ahead.counts) return;
      if (!std::isfinite(piece.length)) {
        sum += piece.purchase_rate * std::exp(log_survival(piece) - delta * ahead.begin) *
               for_ever((p_.beta + piece.dropout_time) / piece.dropout_rate, delta);
      } else if (delta == 0) {
        // The integral of the survival over the piece, in closed form.
        const double passed = piece.dropout_rate * piece.length / (p_.beta + piece.dropout_time);
        sum += piece.purchase_rate * piece.length * log1p_ratio(passed) *
               expm1_ratio((p_.s - 1) * std::log1p(passed)) * survival(piece);
      } else {
        // Panels over which neither discount nor survival changes by more than e^12.
        const double to_pole = (p_.beta + piece.dropout_time) / piece.dropout_rate;
        visit_panel_nodes(
            0, std::min(piece.length, 750 / delta - ahead.begin),
            [&](double y) {
              return std::min(3 * (to_pole + y), 12 / (delta + p_.s / (to_pole + y)));
            },
            [&](double y, double weight) {
              sum += piece.purchase_rate * weight *
                     std::exp(log_survival(moved(piece, y)) - delta * (ahead.begin + y));
            });
      }
    });
    return (p_.r + now_.frequency) / (p_.alpha + now_.purchase_time) * sum;
  }

 private:
  // Calls visit(ahead, stretch) for each piece; returns the clocks at the end.
  template <class Visit>
  Stretch walk_pieces(const Visit& visit) const {
    Stretch piece{now_.purchase_time, now_.dropout_time, 1, 1, 0, 0};
    for (const Ahead& ahead : pieces_) {
      piece.purchase_rate = ahead.purchase_rate;
      piece.log_dropout_rate = ahead.log_dropout;
      piece.dropout_rate = std::exp(ahead.log_dropout);
      piece.length = ahead.length;
      visit(ahead, piece);
      piece = moved(piece, piece.length);
    }
    return piece;
  }

  static Stretch moved(Stretch piece, double y) {
    piece.purchase_time += piece.purchase_rate * y;
    piece.dropout_time += piece.dropout_rate * y;
    return piece;
  }

  // At the beginning of the piece, since the end of observation.
  [[nodiscard]] double log_survival(const Stretch& piece) const {
    return -p_.s *
           std::log1p((piece.dropout_time - now_.dropout_time) / (p_.beta + now_.dropout_time));
  }
  [[nodiscard]] double survival(const Stretch& piece) const {
    return std::exp(log_survival(piece));
  }

  // The integral of exp(-delta u) (beta / (beta + u))^s over all time.
  [[nodiscard]] double for_ever(double beta, double delta) const {
    if (std::isfinite(beta)) {
      return LifetimeFuture<ParetoLifetime>({1, 1, {p_.s, beta}}).discounted(delta);
    }
    return delta > 0 ? 1 / delta : std::numeric_limits<double>::quiet_NaN();
  }

  const Params& p_;
  const Past& now_;
  std::span<const Ahead> pieces_;
};

// One customer's term with derivatives. The variables of a stretch are
//   0 ln(alpha + Lambda), 1 ln a, 2 ln(beta + M), 3 ln m, 4 r, 5 s,
// and raw moments of the integrand's derivatives add up over nodes and stretches:
//   sum w f_i, and sum w (f_ij + f_i f_j).
class VaryingKernel<ParetoNbdVarying>::Customer {
 public:
  Customer(const ParetoNbdVarying::Params& params, const Processes& processes)
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
      const Stretch piece = stretch_of(processes_, bought.time, dropped.time, end - begin, values);
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
    density.for_nodes(piece, reference, [&](double y, double weight) {
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

std::vector<double> VaryingKernel<ParetoNbdVarying>::draw(const Params& p,
                                                          const Processes& processes,
                                                          const VaryingHistories& data,
                                                          std::size_t row, double until,
                                                          math::RandomStream& stream) {
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
    const Stretch piece = stretch_of(processes, purchase_time, dropout_time, end - begin, values);
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

ParetoNbdVarying::ParetoNbdVarying(Params params) : params_(std::move(params)) {
  core::check_positive_finite(params_.r, "ParetoNbdVarying", "r");
  core::check_positive_finite(params_.alpha, "ParetoNbdVarying", "alpha");
  core::check_positive_finite(params_.s, "ParetoNbdVarying", "s");
  core::check_positive_finite(params_.beta, "ParetoNbdVarying", "beta");
  check_coefficients("ParetoNbdVarying", params_.purchase, params_.dropout);
}

template class VaryingAnswers<ParetoNbdVarying>;
template math::Derivatives log_likelihood_derivatives(const VaryingAnswers<ParetoNbdVarying>&,
                                                      const VaryingHistories&,
                                                      const core::Threads&);
template std::vector<double> draw_purchases(const VaryingAnswers<ParetoNbdVarying>&,
                                            const VaryingHistories&, std::size_t, double,
                                            math::RandomStream&);
template VaryingFit<ParetoNbdVarying> fit_varying<ParetoNbdVarying>(const VaryingHistories&,
                                                                    const CovariateNames&,
                                                                    const CovariateOptions&);

}  // namespace rapport::clv
