#include "gamma_law.hpp"
#include "posterior_parts.hpp"

#include <rapport/clv/fit.hpp>
#include <rapport/clv/pareto_nbd_hb.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/math/metropolis.hpp>
#include <rapport/math/variates.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace rapport::clv {
namespace {

// The density (c + u)^-p on [from, to].
struct PowerLaw {
  double c, p, from, to;

  [[nodiscard]] double width() const { return std::log1p((to - from) / (c + from)); }

  // Log of its integral.
  [[nodiscard]] double log_mass() const {
    const double w = width();
    const double q = p - 1;
    const double scaled = std::abs(q * w) < 1e-12 ? w : -std::expm1(-q * w) / q;
    return -q * std::log(c + from) + std::log(scaled);
  }

  [[nodiscard]] double draw(math::RandomStream& stream) const {
    const double u = math::draw_uniform(stream);
    const double w = width();
    const double q = p - 1;
    const double v = std::abs(q * w) < 1e-12 ? u * w : -std::log1p(u * std::expm1(-q * w)) / q;
    return std::min(from + (c + from) * std::expm1(v), to);
  }
};

// The time of dropping out of a customer who did so in [from, to]: density proportional to
// (c1 + u)^-p1 (c2 + u)^-p2. By rejection from a power of one of the factors, whichever of four
// bounds is tightest: a factor alone, the other one being greatest at `from`; or both powers on one
// of the factors, the ratio of the factors being monotone.
double draw_dropout_time(double c1, double p1, double c2, double p2, double from, double to,
                         math::RandomStream& stream) {
  struct Bound {
    PowerLaw law;
    double other, power;  // what is left: ((this + u) / (other + u))^power, or without `this`
    bool ratio;
    double at;  // where that is greatest
    [[nodiscard]] double log_rest(double u) const {
      return power * ((ratio ? std::log(law.c + u) : 0) - std::log(other + u));
    }
  };
  // A ratio (a + u) / (b + u) rises if a < b.
  const std::array<Bound, 4> bounds = {{
      {{c1, p1, from, to}, c2, p2, false, from},
      {{c2, p2, from, to}, c1, p1, false, from},
      {{c1, p1 + p2, from, to}, c2, p2, true, c1 < c2 ? to : from},
      {{c2, p1 + p2, from, to}, c1, p1, true, c2 < c1 ? to : from},
  }};
  const Bound* best = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const Bound& bound : bounds) {
    const double area = bound.law.log_mass() + bound.log_rest(bound.at);
    if (area < least || best == nullptr) {
      least = area;
      best = &bound;
    }
  }
  const double greatest = best->log_rest(best->at);
  for (;;) {
    const double u = best->law.draw(stream);
    if (-math::draw_exponential(stream) <= best->log_rest(u) - greatest) return u;
  }
}

}  // namespace

ParetoNbdCustomer draw_customer(const ParetoNbd& model, const CustomerHistory& c,
                                math::RandomStream& stream) {
  const auto& [r, alpha, s, beta] = model.params();
  const double shape = r + c.frequency;
  const bool active = math::draw_uniform(stream) < model.probability_alive(c);
  const double until =
      active ? c.age : draw_dropout_time(alpha, shape, beta, s + 1, c.recency, c.age, stream);
  const double rate = std::exp(math::draw_log_gamma(stream, shape)) / (alpha + until);
  const double dropout =
      std::exp(math::draw_log_gamma(stream, active ? s : s + 1)) / (beta + until);
  return {rate, dropout, active ? c.age + math::draw_exponential(stream) / dropout : until};
}

namespace posterior {
namespace {

constexpr std::size_t groups_per_block = 16;

struct HbBase {
  Groups groups;
  std::vector<CustomerHistory> history;  // of each group
};

ParetoNbd model_at(std::span<const double> logs) {
  return ParetoNbd({.r = std::exp(logs[0]),
                    .alpha = std::exp(logs[1]),
                    .s = std::exp(logs[2]),
                    .beta = std::exp(logs[3])});
}

// Of the logarithms of the parameters.
double log_posterior(const HbBase& base, const std::array<GammaPrior, 4>& priors,
                     std::span<const double> logs) {
  double sum = 0;
  for (std::size_t i = 0; i < priors.size(); ++i) {
    if (!(std::abs(logs[i]) <= farthest_log)) return -std::numeric_limits<double>::infinity();
    sum += priors[i].shape * logs[i] - priors[i].rate * std::exp(logs[i]);
  }
  const ParetoNbd model = model_at(logs);
  for (std::size_t g = 0; g < base.history.size(); ++g) {
    sum += base.groups.count[g] * model.log_likelihood(base.history[g]);
  }
  return sum;
}

// Where the likelihood of the base has its maximum, if it has one worth the name.
struct Mode {
  std::vector<double> logs, covariance;
};

Mode find_mode(const Histories& histories, const core::Threads& threads) {
  FitOptions options;
  options.threads = threads;
  const auto found = fit<ParetoNbd>(histories, options);
  if (found.status != FitStatus::converged) return {};
  Mode mode{{}, found.working_covariance};
  for (const double value : found.parameters) mode.logs.push_back(std::log(value));
  for (const double value : mode.logs) {
    if (!(std::abs(value) < farthest_log - 1)) return {};
  }
  if (math::cholesky(mode.covariance).empty()) return {};
  return mode;
}

class HbChain {
 public:
  HbChain(const HbBase& base, const std::array<GammaPrior, 4>& priors, const Mode& mode,
          std::uint64_t seed, std::size_t number)
      : metropolis_([&base, priors](
                        std::span<const double> logs) { return log_posterior(base, priors, logs); },
                    mode.logs.empty() ? start(base, seed, number) : start(mode, seed, number), 0.1,
                    chain_stream(seed, number)) {
    if (!mode.logs.empty()) metropolis_.expect(mode.logs, mode.covariance);
  }

  void sweep(std::uint32_t, bool warming) {
    if (warming) {
      metropolis_.learn();
    } else {
      metropolis_.step();
    }
  }

  void keep(std::size_t, std::span<double> out) const {
    std::transform(metropolis_.state().begin(), metropolis_.state().end(), out.begin(),
                   [](double logarithm) { return std::exp(logarithm); });
  }

 private:
  // Around the maximum, twice as far apart as draws of the posterior would be.
  static std::vector<double> start(const Mode& mode, std::uint64_t seed, std::size_t number) {
    const std::vector<double> root = math::cholesky(mode.covariance);
    const std::size_t d = mode.logs.size();
    math::RandomStream stream(seed, number, Purpose::starts);
    std::vector<double> logs = mode.logs;
    for (std::size_t j = 0; j < d; ++j) {
      const double z = 2 * math::draw_normal(stream);
      for (std::size_t i = j; i < d; ++i) logs[i] += root[i * d + j] * z;
    }
    for (double& value : logs) value = std::clamp(value, 1 - farthest_log, farthest_log - 1);
    return logs;
  }

  // Rates of about the size that the data show, and so much apart that chains have a way to go.
  static std::vector<double> start(const HbBase& base, std::uint64_t seed, std::size_t number) {
    double ages = 0;
    double purchases = 0;
    for (std::size_t g = 0; g < base.history.size(); ++g) {
      ages += base.groups.count[g] * base.history[g].age;
      purchases += base.groups.count[g] * base.history[g].frequency;
    }
    const double log_age = ages > 0 ? std::log(ages / base.groups.customers) : 0;
    const double log_mean = std::log((purchases + 0.5) / base.groups.customers);
    std::vector<double> logs = {0, log_age - log_mean, 0, log_age};
    math::RandomStream stream(seed, number, Purpose::starts);
    for (double& value : logs) {
      value =
          std::clamp(value + 0.7 * math::draw_normal(stream), 1 - farthest_log, farthest_log - 1);
    }
    return logs;
  }

  math::LearningMetropolis metropolis_;
};

// The draws that forecasts rest on, evenly spaced in each chain.
std::vector<ParetoNbd> models_of(const Draws& draws, const Options& options) {
  const std::size_t wanted = forecast_draws_of_a_chain(options);
  std::vector<ParetoNbd> models;
  for (std::size_t c = 0; c < static_cast<std::size_t>(draws.chains); ++c) {
    for (std::size_t i = 0; i < wanted; ++i) {
      const std::size_t at = c * draws.draws + (i + 1) * draws.draws / wanted - 1;
      models.push_back(ParetoNbd({.r = draws.of(0)[at],
                                  .alpha = draws.of(1)[at],
                                  .s = draws.of(2)[at],
                                  .beta = draws.of(3)[at]}));
    }
  }
  return models;
}

struct OfGroup {
  core::Estimate alive, expected, purchases;
  double rate = 0, dropout = 0;
};

// What all models say of the customers of a group; adds their purchases to `totals`.
OfGroup forecast_group(const std::vector<ParetoNbd>& models, const CustomerHistory& c, double count,
                       double horizon, double level, math::RandomStream stream,
                       std::vector<double>& totals) {
  OfGroup result;
  std::vector<double> alive, expected;
  std::vector<std::uint32_t> counts;
  double alive_sum = 0, expected_sum = 0;
  for (std::size_t m = 0; m < models.size(); ++m) {
    alive.push_back(models[m].probability_alive(c));
    expected.push_back(alive.back() * models[m].future(c).expected(horizon));
    alive_sum += alive.back();
    expected_sum += expected.back();
    result.rate += models[m].purchase_rate(c) / static_cast<double>(models.size());
    result.dropout += models[m].dropout_rate(c) / static_cast<double>(models.size());
    for (double customer = 0; customer < count; ++customer) {
      const ParetoNbdCustomer drawn = draw_customer(models[m], c, stream);
      const double time = std::clamp(drawn.lifetime - c.age, 0.0, horizon);
      const std::uint64_t purchases = math::draw_poisson(stream, drawn.rate * time);
      totals[m] += static_cast<double>(purchases);
      counts.push_back(static_cast<std::uint32_t>(
          std::min<std::uint64_t>(purchases, std::numeric_limits<std::uint32_t>::max())));
    }
  }
  const auto terms = static_cast<double>(models.size());
  result.alive = between_quantiles(std::move(alive), alive_sum / terms, level);
  result.expected = between_quantiles(std::move(expected), expected_sum / terms, level);
  result.purchases = result.expected;
  std::sort(counts.begin(), counts.end());
  result.purchases.low = count_quantile(counts, (1 - level) / 2);
  result.purchases.high = count_quantile(counts, (1 + level) / 2);
  return result;
}

Customers forecast(const HbBase& base, const Draws& draws, double horizon, const Options& options) {
  const std::vector<ParetoNbd> models = models_of(draws, options);
  std::vector<OfGroup> found(base.groups.size());
  std::vector<double> totals(models.size(), 0.0);
  double expected_in_all = 0;
  // Blocks of blocks, so that a host that wants to stop is heard.
  const std::size_t stretch = 64 * groups_per_block;
  for (std::size_t begin = 0; begin < base.groups.size(); begin += stretch) {
    options.watch.report({"forecasting", begin, base.groups.size()});
    const std::size_t size = std::min(stretch, base.groups.size() - begin);
    const auto parts = core::map_blocks(
        options.threads, size, groups_per_block, [&](std::size_t from, std::size_t to) {
          std::vector<double> part(models.size(), 0.0);
          for (std::size_t g = begin + from; g < begin + to; ++g) {
            if (base.groups.count[g] == 0) continue;
            found[g] = forecast_group(models, base.history[g], base.groups.count[g], horizon,
                                      options.level,
                                      math::RandomStream(options.seed, g, Purpose::rows), part);
          }
          return part;
        });
    for (const auto& part : parts) {
      for (std::size_t m = 0; m < totals.size(); ++m) totals[m] += part[m];
    }
  }
  Customers result = abstained(base.groups.of_row.size(), options.level);
  for (std::size_t g = 0; g < found.size(); ++g) {
    if (found[g].expected.usable()) {
      expected_in_all += base.groups.count[g] * found[g].expected.value;
    }
  }
  for (std::size_t row = 0; row < base.groups.of_row.size(); ++row) {
    const OfGroup& group = found[base.groups.of_row[row]];
    if (!group.expected.usable()) continue;
    result.probability_alive.set(row, group.alive);
    result.expected_purchases.set(row, group.expected);
    result.purchases.set(row, group.purchases);
    result.purchase_rate[row] = group.rate;
    result.dropout_rate[row] = group.dropout;
  }
  result.total = between_quantiles(std::move(totals), expected_in_all, options.level);
  result.total.covers = core::Covers::prediction;
  result.total.n = static_cast<std::uint64_t>(base.groups.customers);
  return result;
}

}  // namespace

Posterior sample(const ParetoNbdPrior& prior, const Histories& histories, const Options& options) {
  check(options);
  const std::array priors = {prior.r, prior.alpha, prior.s, prior.beta};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < priors.size(); ++i) {
    names.emplace_back(ParetoNbd::parameter_names[i]);
    check(priors[i], "ParetoNbdPrior", names.back());
  }
  const double horizon = horizon_of(options, histories.period());
  const auto& in = histories.columns();
  const std::array<std::span<const double>, 3> columns = {in.frequency, in.recency, in.age};
  HbBase base{group_rows(columns, in.customers), {}};
  if (!(base.groups.customers > 0)) return without_customers(histories, options);
  for (const std::size_t row : base.groups.first_row) base.history.push_back(histories[row]);
  const Mode mode = find_mode(histories, options.threads);
  std::vector<HbChain> chains;
  for (int c = 0; c < options.chains; ++c) {
    chains.emplace_back(base, priors, mode, options.seed, static_cast<std::size_t>(c));
  }
  Posterior result;
  result.draws = run_chains(chains, std::move(names), options);
  result.report = report_on(result.draws, base.groups, histories.period(), options.level);
  result.customers = forecast(base, result.draws, horizon, options);
  return result;
}

}  // namespace posterior
}  // namespace rapport::clv
