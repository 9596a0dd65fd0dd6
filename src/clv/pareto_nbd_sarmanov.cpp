#include <rapport/clv/pareto_nbd_sarmanov.hpp>

#include "fit_model.hpp"
#include "forecast_of.hpp"
#include "pareto_parameters.hpp"
#include "row_likelihood.hpp"
#include "row_sums.hpp"
#include "special_values.hpp"

#include <rapport/core/check.hpp>
#include <rapport/math/jet.hpp>
#include <rapport/math/special.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rapport::clv {
namespace {

using SarmanovJet = math::Jet<5>;

// The joint density is positive if its factor 1 + m (exp(-lambda) - L_a) (exp(-mu) - L_b) is at
// the four ends of (lambda, mu). Each of them limits m on one side, at 1 over a product.
enum class End {
  rare_and_faithful,  // lambda = mu = 0: m >= -1 / ((1 - L_a) (1 - L_b))
  rare_and_fleeting,  // lambda = 0, mu = infinity: m <= 1 / ((1 - L_a) L_b)
  keen_and_faithful,  // lambda = infinity, mu = 0: m <= 1 / (L_a (1 - L_b))
  keen_and_fleeting,  // both infinite: m >= -1 / (L_a L_b)
};

// 1 - e^-u and ln of it.
double complement(double u) { return -std::expm1(-u); }
SarmanovJet log_complement(const SarmanovJet& u) { return log(-expm1(-u)); }
double log_complement(double u) { return std::log(complement(u)); }

// -ln L_a and -ln L_b.
double exposure(double shape, double rate) { return shape * std::log1p(1 / rate); }
SarmanovJet exposure(const SarmanovJet& shape, const SarmanovJet& rate) {
  return shape * log1p(SarmanovJet(1) / rate);
}

// ln of the product that an end of the density limits m by.
template <class Number>
Number log_product(End end, const Number& a, const Number& b) {
  switch (end) {
    case End::rare_and_faithful: return log_complement(a) + log_complement(b);
    case End::rare_and_fleeting: return log_complement(a) - b;
    case End::keen_and_faithful: return log_complement(b) - a;
    case End::keen_and_fleeting: break;
  }
  return -1.0 * (a + b);
}

// The end that limits m on that side: the one with the larger product.
End limiting_end(const ParetoNbdSarmanov::Params& p) {
  const double a = exposure(p.r, p.alpha);
  const double b = exposure(p.s, p.beta);
  const End rare = p.dependence < 0 ? End::rare_and_faithful : End::rare_and_fleeting;
  const End keen = p.dependence < 0 ? End::keen_and_fleeting : End::keen_and_faithful;
  return log_product(rare, a, b) > log_product(keen, a, b) ? rare : keen;
}

// Where A, B and D are the log-likelihoods with alpha + 1, with beta + 1 and with both, less that
// with neither: 1 + e^D - e^A - e^B without cancellation.
template <class Number>
Number contrast(const Number& a, const Number& b, const Number& d) {
  using std::exp;
  using std::expm1;
  return expm1(a) * expm1(b) + exp(a + b) * expm1(d - a - b);
}

// The four derivatives of a Pareto/NBD by ln(alpha + up) and ln(beta + up) as derivatives by
// ln alpha and ln beta, among five.
SarmanovJet row(const ParetoNbdSarmanov::Params& p, double alpha_up, double beta_up,
                const CustomerHistory& c) {
  const math::Jet<4> own =
      row_log_likelihood(ParetoNbd({p.r, p.alpha + alpha_up, p.s, p.beta + beta_up}), c);
  const double slopes[4] = {1, p.alpha / (p.alpha + alpha_up), 1, p.beta / (p.beta + beta_up)};
  SarmanovJet result(own.value);
  for (std::size_t i = 0; i < 4; ++i) {
    result.gradient[i] = slopes[i] * own.gradient[i];
    for (std::size_t j = i; j < 4; ++j) {
      result.second(i, j) = slopes[i] * slopes[j] * own.second(i, j);
    }
    result.second(i, i) += slopes[i] * (1 - slopes[i]) * own.gradient[i];
  }
  return result;
}

// The sum over the customers, with m as that end limits it: on the boundary between two ends the
// likelihood has a kink, on both sides of which it is smooth.
math::Derivatives derivatives(const ParetoNbdSarmanov::Params& p, End end, const Patterns& patterns,
                              const core::Threads& threads) {
  const SarmanovJet a =
      exposure(SarmanovJet::positive(p.r, R), SarmanovJet::positive(p.alpha, Alpha));
  const SarmanovJet b =
      exposure(SarmanovJet::positive(p.s, S), SarmanovJet::positive(p.beta, Beta));
  const SarmanovJet weight =
      SarmanovJet::variable(p.dependence, Dependence) * exp(-(log_product(end, a, b) + a + b));
  return sum_over<5>(patterns, threads, [&](const CustomerHistory& c) {
    const SarmanovJet plain = row(p, 0, 0, c);
    const SarmanovJet ratio =
        contrast(row(p, 1, 0, c) - plain, row(p, 0, 1, c) - plain, row(p, 1, 1, c) - plain);
    return plain + log1p(weight * ratio);
  });
}

// -- The fit -------------------------------------------------------------------------------------

// Where another end begins to limit m, L_a = L_b or, on the negative side, L_a + L_b = 1, the
// likelihood has a kink: it is the smaller of two functions, each smooth, with m as one end limits
// it. A maximum on the boundary is that of one of them, where that end does limit m, or is on the
// kink, where some mean of their two gradients is zero. So each of the three is searched as the
// smooth problem that it is.
std::array<End, 2> ends_of(double dependence) {
  if (dependence < 0) return {End::keen_and_fleeting, End::rare_and_faithful};
  return {End::rare_and_fleeting, End::keen_and_faithful};
}

// By what factor `dependence` is larger if it is a share of what the limiting end admits instead of
// what `end` does.
double excess_over(End end, const ParetoNbdSarmanov::Params& p) {
  const double a = exposure(p.r, p.alpha);
  const double b = exposure(p.s, p.beta);
  return std::exp(log_product(limiting_end(p), a, b) - log_product(end, a, b));
}

// On the kink one of the shapes, the tied one, follows from its rate and the other two.
class Kink {
 public:
  static constexpr std::size_t size = 3;

  Kink(double dependence, ParetoParameter tied) : dependence_(dependence), tied_(tied) {}

  // Where the free parameters stand among the five: those of the other rate, then the own scale.
  [[nodiscard]] std::array<std::size_t, size> places() const {
    return tied_ == S ? std::array<std::size_t, size>{R, Alpha, Beta}
                      : std::array<std::size_t, size>{S, Beta, Alpha};
  }
  // The end that limits m for a smaller tied shape, and that for a larger one.
  [[nodiscard]] std::array<End, 2> sides() const {
    auto ends = ends_of(dependence_);
    if (dependence_ > 0 && tied_ == R) std::swap(ends[0], ends[1]);
    return ends;
  }
  [[nodiscard]] math::Jet<size> log_tied(std::span<const double> p) const {
    using Jet3 = math::Jet<size>;
    const Jet3 a = Jet3::positive(p[0], 0) * log1p(Jet3(1) / Jet3::positive(p[1], 1));
    const Jet3 b = dependence_ > 0 ? a : -log(-expm1(-a));
    return log(b / log1p(Jet3(1) / Jet3::positive(p[2], 2)));
  }
  [[nodiscard]] std::vector<double> whole(std::span<const double> p) const {
    std::vector<double> all(5, dependence_);
    for (std::size_t i = 0; i < size; ++i) all[places()[i]] = p[i];
    all[tied_] = std::exp(log_tied(p).value);
    return all;
  }
  // How the logarithms of the first four of the five move with those of the free ones.
  [[nodiscard]] std::array<std::array<double, size>, 4> slopes(std::span<const double> p) const {
    std::array<std::array<double, size>, 4> result{};
    const math::Jet<size> tied = log_tied(p);
    for (std::size_t i = 0; i < size; ++i) {
      result[places()[i]][i] = 1;
      result[tied_][i] = tied.gradient[i];
    }
    return result;
  }
  [[nodiscard]] math::Derivatives along(std::span<const double> p, const Patterns& patterns,
                                        const core::Threads& threads) const {
    const math::Jet<size> tied = log_tied(p);
    if (!(std::abs(tied.value) < 700)) {  // no shape at all: the search steps back
      return {nan, std::vector<double>(size, nan), std::vector<double>(size * size, nan)};
    }
    const math::Derivatives all =
        derivatives(params_of<ParetoNbdSarmanov>(whole(p)), sides()[0], patterns, threads);
    const auto moves = slopes(p);
    math::Derivatives result{all.value, std::vector<double>(size),
                             std::vector<double>(size * size)};
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t k = 0; k < 4; ++k) result.gradient[i] += all.gradient[k] * moves[k][i];
      for (std::size_t j = 0; j < size; ++j) {
        double& bend = result.hessian[size * i + j];
        bend = all.gradient[tied_] * tied.second(std::min(i, j), std::max(i, j));
        for (std::size_t k = 0; k < 4; ++k) {
          for (std::size_t l = 0; l < 4; ++l) {
            bend += moves[k][i] * all.hessian[5 * k + l] * moves[l][j];
          }
        }
      }
    }
    return result;
  }
  // True if the likelihood falls to both sides of the kink too and, unless dependence is held,
  // inwards: some mean of the two gradients, which agree along the kink, is zero.
  [[nodiscard]] bool highest(std::span<const double> p, bool dependence_held,
                             const Patterns& patterns, const core::Threads& threads) const {
    const auto at = params_of<ParetoNbdSarmanov>(whole(p));
    const auto below = derivatives(at, sides()[0], patterns, threads);
    const auto above = derivatives(at, sides()[1], patterns, threads);
    const double noise = 1e-9 * patterns.customers();
    return below.gradient[tied_] >= -noise && above.gradient[tied_] <= noise &&
           (dependence_held || (dependence_ * below.gradient[Dependence] >= -noise &&
                                dependence_ * above.gradient[Dependence] >= -noise));
  }

 private:
  double dependence_;
  ParetoParameter tied_;
};

// Settles what a search across the kink has left open.
class BoundarySearch {
 public:
  BoundarySearch(Fit<ParetoNbdSarmanov>& found, const LikelihoodProblem& problem,
                 const Patterns& patterns, const FitOptions& options)
      : found_(found), problem_(problem), patterns_(patterns), options_(options) {}

  void run() {
    if (found_.params.dependence == 0) return;
    const End limiting = limiting_end(found_.params);
    const auto ends = ends_of(found_.params.dependence);
    const End other = limiting == ends[0] ? ends[1] : ends[0];
    const FitReport here = search_side(limiting, found_.parameters);
    const bool stays = admitted(here, limiting);
    if (stays && here.usable()) return take(here);

    std::vector<double> from = found_.parameters;
    double highest =
        stays ? std::max(found_.log_likelihood, here.log_likelihood) : found_.log_likelihood;
    if (const auto tied = tied_shape()) {
      const Kink kink(held(Dependence) ? found_.params.dependence
                                       : std::copysign(1.0, found_.params.dependence),
                      *tied);
      FitReport on = search_kink(kink);
      if (std::isfinite(on.log_likelihood) && on.log_likelihood >= highest - margin()) {
        const std::vector<double> free = on.parameters;
        const bool top =
            !on.usable() || kink.highest(free, held(Dependence), patterns_, options_.threads);
        FitReport whole = among_five(kink, *tied, std::move(on));
        if (top) return take(whole);
        from = whole.parameters;
        highest = whole.log_likelihood;
      }
    }
    for (const End end : {other, limiting}) {
      const FitReport side = search_side(end, from);
      if (admitted(side, end) && side.log_likelihood >= highest - margin() &&
          (side.usable() || found_.usable())) {
        return take(side);
      }
    }
    if (!found_.usable()) return;
    found_.status = FitStatus::numeric_failure;
    found_.message = "no maximum was found where the limit of dependence has a kink";
    std::fill(found_.working_covariance.begin(), found_.working_covariance.end(),
              std::numeric_limits<double>::quiet_NaN());
  }

 private:
  [[nodiscard]] bool held(ParetoParameter i) const {
    return !options_.held.empty() && options_.held[i];
  }
  [[nodiscard]] double margin() const { return 1e-9 * (1 + std::abs(found_.log_likelihood)); }

  // The shape that is free to follow from the others; none if both are held.
  [[nodiscard]] std::optional<ParetoParameter> tied_shape() const {
    if (!held(Dependence) && std::abs(found_.params.dependence) < 0.999) return std::nullopt;
    if (!held(S)) return S;
    return held(R) ? std::nullopt : std::optional(R);
  }

  void count(const FitReport& report) {
    found_.iterations += report.iterations;
    found_.evaluations += report.evaluations;
  }

  // With m as that end limits it, wherever the search goes.
  FitReport search_side(End end, const std::vector<double>& from) {
    LikelihoodProblem problem = problem_;
    problem.names.assign(ParetoNbdSarmanov::parameter_names.begin(),
                         ParetoNbdSarmanov::parameter_names.end());
    problem.starts = {from};
    problem.starts[0][Dependence] /= excess_over(end, params_of<ParetoNbdSarmanov>(from));
    problem.log_likelihood = [&, end](std::span<const double> p) {
      return derivatives(params_of<ParetoNbdSarmanov>(p), end, patterns_, options_.threads);
    };
    FitOptions inner = options_;
    inner.start = inner.held.empty() ? std::vector<double>{} : problem.starts[0];
    FitReport report = maximise_likelihood(problem, inner);
    count(report);
    return report;
  }

  // True if that end is the one that limits m there.
  [[nodiscard]] static bool admitted(const FitReport& report, End end) {
    return std::isfinite(report.log_likelihood) &&
           excess_over(end, params_of<ParetoNbdSarmanov>(report.parameters)) == 1;
  }

  FitReport search_kink(const Kink& kink) {
    LikelihoodProblem problem = problem_;
    problem.names.clear();
    problem.units.clear();
    problem.coordinates.clear();
    problem.limits.clear();
    FitOptions inner = options_;
    inner.start.clear();
    inner.held.clear();
    std::vector<double> start;
    for (const std::size_t i : kink.places()) {
      problem.names.push_back(ParetoNbdSarmanov::parameter_names[i]);
      problem.units.push_back(problem_.units[i]);
      start.push_back(found_.parameters[i]);
      inner.held.push_back(held(static_cast<ParetoParameter>(i)));
    }
    inner.start = start;
    problem.starts = {start};
    problem.log_likelihood = [&](std::span<const double> p) {
      return kink.along(p, patterns_, options_.threads);
    };
    FitReport report = maximise_likelihood(problem, inner);
    count(report);
    return report;
  }

  FitReport among_five(const Kink& kink, ParetoParameter tied, FitReport on) const {
    FitReport report = found_;
    report.parameters = kink.whole(on.parameters);
    report.log_likelihood = on.log_likelihood;
    report.gradient_norm = on.gradient_norm;
    report.held = options_.held;
    report.held.resize(5, false);
    const double nowhere = on.usable() ? 0 : std::numeric_limits<double>::quiet_NaN();
    report.working_covariance.assign(25, nowhere);
    report.status = on.status;
    report.message = std::move(on.message);
    if (!on.usable()) return report;
    report.status = held(Dependence) ? FitStatus::converged : FitStatus::at_boundary;
    report.held[Dependence] = true;
    report.at_limit.assign(5, false);
    report.at_limit[Dependence] = !held(Dependence);
    report.message = std::string("converged ") +
                     (held(Dependence) ? "in a corner: dependence is held at "
                                       : "on the boundary: dependence is at its limit ") +
                     core::to_text(report.parameters[Dependence]) + ", and " +
                     std::string(ParetoNbdSarmanov::parameter_names[tied]) +
                     " is tied to the other parameters, where that limit is the same for keen and "
                     "for rare buyers";
    const auto moves = kink.slopes(on.parameters);
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t l = 0; l < 4; ++l) {
        for (std::size_t i = 0; i < Kink::size; ++i) {
          for (std::size_t j = 0; j < Kink::size; ++j) {
            report.working_covariance[5 * k + l] +=
                moves[k][i] * on.working_covariance[Kink::size * i + j] * moves[l][j];
          }
        }
      }
    }
    return report;
  }

  void take(FitReport report) {
    report.iterations = found_.iterations;
    report.evaluations = found_.evaluations;
    report.period = found_.period;
    static_cast<FitReport&>(found_) = std::move(report);
    found_.params = params_of<ParetoNbdSarmanov>(found_.parameters);
  }

  Fit<ParetoNbdSarmanov>& found_;
  const LikelihoodProblem& problem_;
  const Patterns& patterns_;
  const FitOptions& options_;
};

}  // namespace

ParetoNbdSarmanov::ParetoNbdSarmanov(const Params& params)
    : params_(params),
      plain_({params.r, params.alpha, params.s, params.beta}),
      alpha_up_({params.r, params.alpha + 1, params.s, params.beta}),
      beta_up_({params.r, params.alpha, params.s, params.beta + 1}),
      both_up_({params.r, params.alpha + 1, params.s, params.beta + 1}) {
  if (!(std::abs(params.dependence) <= 1)) {
    core::throw_domain_error("ParetoNbdSarmanov", "dependence", params.dependence, "in [-1, 1]");
  }
  const double a = exposure(params.r, params.alpha);
  const double b = exposure(params.s, params.beta);
  const double log_limit = log_product(limiting_end(params), a, b);
  m_ = params.dependence * std::exp(-log_limit);
  weight_ = params.dependence * std::exp(-(log_limit + a + b));
}

double ParetoNbdSarmanov::correlation() const noexcept {
  const auto& [r, alpha, s, beta, dependence] = params_;
  return weight_ * std::sqrt(r * s) / ((1 + alpha) * (1 + beta));
}

double ParetoNbdSarmanov::log_likelihood(const CustomerHistory& c) const noexcept {
  const double plain = plain_.log_likelihood(c);
  return plain + std::log1p(weight_ * contrast(alpha_up_.log_likelihood(c) - plain,
                                               beta_up_.log_likelihood(c) - plain,
                                               both_up_.log_likelihood(c) - plain));
}

double ParetoNbdSarmanov::log_odds_dropped(const CustomerHistory& c) const noexcept {
  const double plain_odds = plain_.log_odds_dropped(c);
  if (std::isinf(plain_odds)) return plain_odds;
  // By how much dependence multiplies the likelihood of one of the cases: `log_part` is the log of
  // the chance of that case.
  const auto factor = [&](const auto& log_part) {
    const auto of = [&](const ParetoNbd& model) {
      return model.log_likelihood(c) + log_part(model.log_odds_dropped(c));
    };
    const double plain = of(plain_);
    return std::log1p(weight_ *
                      contrast(of(alpha_up_) - plain, of(beta_up_) - plain, of(both_up_) - plain));
  };
  return plain_odds + factor([](double odds) { return -math::log1p_exp(-odds); }) -
         factor([](double odds) { return -math::log1p_exp(odds); });
}

template <class Answer>
double ParetoNbdSarmanov::mean(const CustomerHistory& c, const Answer& answer) const {
  const double of_plain = answer(plain_);
  if (weight_ == 0) return of_plain;
  const double plain = plain_.log_likelihood(c);
  const double a = alpha_up_.log_likelihood(c) - plain;
  const double b = beta_up_.log_likelihood(c) - plain;
  const double d = both_up_.log_likelihood(c) - plain;
  const double all = 1 + weight_ * contrast(a, b, d);
  const double part = of_plain + std::exp(d) * answer(both_up_) - std::exp(a) * answer(alpha_up_) -
                      std::exp(b) * answer(beta_up_);
  return (of_plain + weight_ * part) / all;
}

double ParetoNbdSarmanov::probability_alive(const CustomerHistory& c, double t) const {
  // Parts of either sign, rounded apart, may leave [0, 1] by some ulp.
  const double value =
      mean(c, [&](const ParetoNbd& model) { return model.probability_alive(c, t); });
  return std::clamp(value, 0.0, 1.0);
}

double ParetoNbdSarmanov::expected_purchases(const CustomerHistory& c, double t) const {
  return mean(c, [&](const ParetoNbd& model) { return model.expected_purchases(c, t); });
}

double ParetoNbdSarmanov::expected_purchases(const CustomerHistory& c, double from,
                                             double to) const {
  return mean(c, [&](const ParetoNbd& model) { return model.expected_purchases(c, from, to); });
}

double ParetoNbdSarmanov::probability_of_no_purchase(const CustomerHistory& c, double t) const {
  const double value =
      mean(c, [&](const ParetoNbd& model) { return model.probability_of_no_purchase(c, t); });
  return std::clamp(value, 0.0, 1.0);
}

double ParetoNbdSarmanov::probability_of_purchases(const CustomerHistory& c, unsigned n,
                                                   double t) const {
  if (n == 0) return probability_of_no_purchase(c, t);
  const double value =
      mean(c, [&](const ParetoNbd& model) { return model.probability_of_purchases(c, n, t); });
  return std::clamp(value, 0.0, 1.0);
}

double ParetoNbdSarmanov::discounted_purchases(const CustomerHistory& c, double t,
                                               double delta) const {
  return mean(c, [&](const ParetoNbd& model) { return model.discounted_purchases(c, t, delta); });
}

double ParetoNbdSarmanov::discounted_purchases(const CustomerHistory& c, double delta) const {
  return mean(c, [&](const ParetoNbd& model) { return model.discounted_purchases(c, delta); });
}

double ParetoNbdSarmanov::pairs_ever(const CustomerHistory& c) const {
  return mean(c, [&](const ParetoNbd& model) { return model.pairs_ever(c); });
}

double ParetoNbdSarmanov::purchase_rate(const CustomerHistory& c) const noexcept {
  return mean(c, [&](const ParetoNbd& model) { return model.purchase_rate(c); });
}

double ParetoNbdSarmanov::dropout_rate(const CustomerHistory& c) const noexcept {
  return mean(c, [&](const ParetoNbd& model) { return model.dropout_rate(c); });
}

math::Derivatives log_likelihood_derivatives(const ParetoNbdSarmanov& model,
                                             const Patterns& patterns,
                                             const core::Threads& threads) {
  return derivatives(model.params(), limiting_end(model.params()), patterns, threads);
}

template <>
Fit<ParetoNbdSarmanov> fit<ParetoNbdSarmanov>(const Patterns& patterns, const FitOptions& options) {
  LikelihoodProblem problem = repeat_buying_problem<ParetoNbdSarmanov>(patterns);
  const TypicalTimes typical(patterns);
  problem.coordinates = {Coordinate::logarithm, Coordinate::logarithm, Coordinate::logarithm,
                         Coordinate::logarithm, Coordinate::linear};
  problem.units = {1, typical.age, 1, typical.age, 1};
  problem.limits.assign(4, {0, infinity});
  problem.limits.push_back({-1, 1});
  // Independent rates are where to begin.
  FitOptions plain = options;
  plain.start.clear();
  plain.held.clear();
  const Fit<ParetoNbd> independent = fit<ParetoNbd>(patterns, plain);
  const auto& [r, alpha, s, beta] = independent.params;
  problem.starts = {{r, alpha, s, beta, 0}, {r, alpha, s, beta, 0.5}, {r, alpha, s, beta, -0.5}};
  auto found = fit_with<ParetoNbdSarmanov>(problem, patterns, options);
  found.iterations += independent.iterations;
  found.evaluations += independent.evaluations;
  if (found.status == FitStatus::cancelled || found.status == FitStatus::too_little_data) {
    return found;
  }
  const bool inside = std::abs(found.params.dependence) <= 0.999 &&
                      (options.held.empty() || !options.held[Dependence]);
  const bool settled =
      found.status == FitStatus::converged || found.status == FitStatus::not_identified;
  if (!inside || !settled) BoundarySearch(found, problem, patterns, options).run();
  return found;
}

std::vector<double> draw_purchases(const ParetoNbdSarmanov& model, double age,
                                   math::RandomStream& stream) {
  const auto& [r, alpha, s, beta, dependence] = model.params();
  const double l_a = std::exp(-exposure(r, alpha));
  const double l_b = std::exp(-exposure(s, beta));
  // The factor of the density is linear in p = exp(-lambda) and in q = exp(-mu): a mixture of
  // p q, p (1 - q), (1 - p) q and (1 - p) (1 - q), weighted with its values at the ends.
  const double m = model.m();
  const auto chance = [&](bool p, bool q) {
    return (p ? l_a : 1 - l_a) * (q ? l_b : 1 - l_b) *
           std::max(0.0, 1 + m * ((p ? 1 : 0) - l_a) * ((q ? 1 : 0) - l_b));
  };
  double u = math::draw_uniform(stream);
  bool p = true;
  bool q = true;
  for (const auto& [next_p, next_q] : {std::pair(false, false), {false, true}, {true, false}}) {
    const double part = chance(next_p, next_q);
    if (u < part) {
      p = next_p;
      q = next_q;
      break;
    }
    u -= part;
  }
  // A rate with density ~ g(rate) exp(-rate) is Gamma(shape, scale + 1). One with density
  // ~ g(rate) (1 - exp(-rate)) is the mixture of Gamma(shape + 1, scale + v) over v in [0, 1] with
  // density ~ (scale + v)^-(shape + 1).
  const auto draw_rate = [&](bool low, double shape, double scale) {
    if (low) return math::draw_gamma(stream, shape, scale + 1);
    const double share = math::draw_uniform(stream) * complement(exposure(shape, scale));
    const double v = scale * std::expm1(-std::log1p(-share) / shape);
    return math::draw_gamma(stream, shape + 1, scale + v);
  };
  const double rate = draw_rate(p, r, alpha);
  const double end = std::min(age, math::draw_exponential(stream) / draw_rate(q, s, beta));
  std::vector<double> times;
  for (double now = math::draw_exponential(stream) / rate; now < end;
       now += math::draw_exponential(stream) / rate) {
    times.push_back(now);
  }
  return times;
}

template Forecast forecast(const Fit<ParetoNbdSarmanov>&, const Histories&, const ForecastOptions&,
                           std::span<const double>);

}  // namespace rapport::clv
