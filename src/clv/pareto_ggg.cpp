#include "gamma_law.hpp"
#include "posterior_parts.hpp"

#include <rapport/clv/pareto_ggg.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/policy.hpp>
#include <rapport/math/slice.hpp>
#include <rapport/math/special.hpp>
#include <rapport/math/variates.hpp>

#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace rapport::clv {

ParetoGgg::ParetoGgg(const Params& params) : params_(params) {
  const std::array values = {params.t, params.gamma, params.r, params.alpha, params.s, params.beta};
  for (std::size_t i = 0; i < values.size(); ++i) {
    core::check_positive_finite(values[i], "ParetoGgg", parameter_names[i]);
  }
}

std::vector<double> draw_purchases(const ParetoGgg& model, double age, math::RandomStream& stream) {
  const auto& p = model.params();
  const double regularity = std::exp(math::draw_log_gamma(stream, p.t)) / p.gamma;
  const double log_rate = math::draw_log_gamma(stream, p.r) - std::log(p.alpha);
  const double dropout = std::exp(math::draw_log_gamma(stream, p.s)) / p.beta;
  const double end = std::min(age, math::draw_exponential(stream) / dropout);
  const double log_scale = -std::log(regularity) - log_rate;
  std::vector<double> times;
  double now = 0;
  for (;;) {
    const double before = now;
    now += std::exp(math::draw_log_gamma(stream, regularity) + log_scale);
    if (!(now <= end)) return times;
    if (now > before) times.push_back(now);
  }
}

namespace posterior {
namespace {

enum Of : std::size_t { regularity, rate, dropout };

// Logarithms of a customer's k, lambda and mu.
using Logs = std::array<double, 3>;

struct GggHistory {
  double frequency, recency, silence, sum_log_intervals;
};

// ln 1000. More regular than intervals that vary by 3 % cannot be told apart in whole days, and
// incomplete gamma functions take steps in proportion.
constexpr double farthest_log_regularity = 6.907755278982137;

constexpr double farthest(std::size_t of) {
  return of == regularity ? farthest_log_regularity : farthest_log;
}

// More purchases than that to come are drawn from the normal law that renewal counts tend to.
constexpr double countable = 1000;

// P(a silence of R) with the time of dropping out integrated out; see the header.
double log_silence(double silence, const Logs& logs) {
  const double k = std::exp(logs[regularity]);
  const double mu = std::exp(logs[dropout]);
  const double k_lambda = std::exp(logs[regularity] + logs[rate]);
  const double log_a = -k * std::log1p(mu / k_lambda);
  const double q = boost::math::gamma_q(k, (k_lambda + mu) * silence, math::Policy());
  return std::log(-std::expm1(log_a) + std::exp(log_a) * q);
}

double log_likelihood(const GggHistory& c, const Logs& logs) {
  double sum = log_silence(c.silence, logs);
  if (c.frequency > 0) {
    const double k = std::exp(logs[regularity]);
    const double log_k_lambda = logs[regularity] + logs[rate];
    sum += c.frequency * (k * log_k_lambda - math::log_gamma(k)) + (k - 1) * c.sum_log_intervals -
           (std::exp(log_k_lambda) + std::exp(logs[dropout])) * c.recency;
  }
  return sum;
}

double probability_alive(const GggHistory& c, const Logs& logs) {
  const double k = std::exp(logs[regularity]);
  const double q =
      boost::math::gamma_q(k, std::exp(logs[regularity] + logs[rate]) * c.silence, math::Policy());
  return q * std::exp(-std::exp(logs[dropout]) * c.silence - log_silence(c.silence, logs));
}

// From now until the next purchase, of a customer who is active after that silence.
double draw_wait(double silence, double k, double k_lambda, math::RandomStream& stream) {
  const double q = boost::math::gamma_q(k, k_lambda * silence, math::Policy());
  if (q > 0.2) {
    for (;;) {
      const double interval = std::exp(math::draw_log_gamma(stream, k)) / k_lambda;
      if (interval > silence) return interval - silence;
    }
  }
  // Far in the tail a gamma law forgets: its hazard tends to k lambda.
  if (!(q > 1e-290)) return math::draw_exponential(stream) / k_lambda;
  const double interval =
      boost::math::gamma_q_inv(k, q * math::draw_uniform(stream), math::Policy()) / k_lambda;
  return std::max(0.0, interval - silence);
}

// Purchases within a time of activity.
double draw_purchases_within(double time, double silence, const Logs& logs,
                             math::RandomStream& stream) {
  const double k = std::exp(logs[regularity]);
  const double k_lambda = std::exp(logs[regularity] + logs[rate]);
  const double mean = std::exp(logs[rate]) * time;
  if (mean > countable) {
    const double deviation = std::sqrt(mean / k) * math::draw_normal(stream);
    return std::max(0.0, std::round(mean + deviation));
  }
  double count = 0;
  double now = draw_wait(silence, k, k_lambda, stream);
  for (; now <= time; ++count) now += std::exp(math::draw_log_gamma(stream, k)) / k_lambda;
  return count;
}

struct GggBase {
  Groups groups;
  std::vector<std::size_t> first;
  std::vector<GggHistory> history;
  double typical_age = 1;

  [[nodiscard]] std::size_t customers() const { return first.back(); }
};

class GggChain {
 public:
  GggChain(const GggBase& base, const ParetoGggPrior& prior, const Options& options, double horizon,
           std::size_t number)
      : base_(&base),
        shapes_{prior.t, prior.r, prior.s},
        rates_{prior.gamma, prior.alpha, prior.beta},
        seed_(options.seed),
        horizon_(horizon),
        number_(number),
        stream_(chain_stream(options.seed, number)),
        logs_(base.customers()),
        fold_(base.customers(), options) {
    // Chains begin apart, each with wide laws: equal customers would say that all are equal, which
    // takes long to unlearn.
    const Logs shift = {0.5 * math::draw_normal(stream_), 0.5 * math::draw_normal(stream_),
                        math::draw_normal(stream_)};
    for_each_customer([&](const GggHistory& c, std::size_t i) {
      const double age = c.recency + c.silence;
      const double start = std::log((c.frequency + 0.5) / (age + base_->typical_age));
      logs_[i] = {shift[regularity], start + shift[rate],
                  -std::log(base_->typical_age) + shift[dropout]};
    });
    const GammaSums sums = sums_of(rate);
    laws_[regularity].rate = std::exp(-shift[regularity]);
    laws_[rate].rate = sums.n / sums.sum;
    laws_[dropout].rate = base_->typical_age * std::exp(-shift[dropout]);
  }

  void sweep(std::uint32_t number, bool) {
    for_each_customer([&](const GggHistory& c, std::size_t i) {
      auto stream = customer_stream(seed_, Purpose::sweeps, number_, number, i);
      const double narrow = 1 / std::sqrt(1 + c.frequency);
      draw(c, logs_[i], regularity, 2, stream);
      draw(c, logs_[i], rate, 3 * narrow, stream);
      draw(c, logs_[i], dropout, 3, stream);
    });
    scale_together(number % 3);
    draw_laws();
  }

  void keep(std::size_t draw, std::span<double> out) {
    for (std::size_t of = 0; of < laws_.size(); ++of) {
      out[2 * of] = laws_[of].shape;
      out[2 * of + 1] = laws_[of].rate;
    }
    fold_customers(draw);
  }

  [[nodiscard]] const CustomerFold& fold() const { return fold_; }

 private:
  template <class Do>
  void for_each_customer(const Do& with) const {
    for (std::size_t g = 0; g < base_->groups.size(); ++g) {
      for (std::size_t i = base_->first[g]; i < base_->first[g + 1]; ++i)
        with(base_->history[g], i);
    }
  }

  // One of a customer's three, given the others and the law of all.
  void draw(const GggHistory& c, Logs& logs, Of of, double width,
            math::RandomStream& stream) const {
    logs[of] = math::slice_draw(stream, logs[of],
                                [&](double at) {
                                  Logs next = logs;
                                  next[of] = at;
                                  return log_likelihood(c, next) + laws_[of].shape * at -
                                         laws_[of].rate * std::exp(at);
                                },
                                {.width = width, .lower = -farthest(of), .upper = farthest(of)});
  }

  // Scales all customers' k, lambda or mu with the rate of its law: only the likelihood and the
  // prior of that rate change.
  void scale_together(std::size_t of) {
    const auto moved = [&](Logs logs, double by) {
      logs[of] += by;
      return logs;
    };
    const double log_rate = std::log(laws_[of].rate);
    const auto log_density = [&](double by) {
      const GammaPrior& prior = rates_[of];
      double sum = prior.shape * (log_rate - by) - prior.rate * std::exp(log_rate - by);
      for_each_customer([&](const GggHistory& c, std::size_t i) {
        sum += log_likelihood(c, moved(logs_[i], by));
      });
      return sum;
    };
    const auto outermost = std::minmax_element(
        logs_.begin(), logs_.end(),
        [&](const Logs& one, const Logs& other) { return one[of] < other[of]; });
    const double by = math::slice_draw(stream_, 0, log_density,
                                       {.width = 0.3,
                                        .lower = -farthest(of) - (*outermost.first)[of],
                                        .upper = farthest(of) - (*outermost.second)[of]});
    for (Logs& logs : logs_) logs = moved(logs, by);
    laws_[of].rate = std::exp(log_rate - by);
  }

  void draw_laws() {
    for (std::size_t of = 0; of < 3; ++of) {
      laws_[of] = draw_gamma_law(stream_, laws_[of], sums_of(of), shapes_[of], rates_[of]);
    }
  }

  [[nodiscard]] GammaSums sums_of(std::size_t of) const {
    GammaSums sums{static_cast<double>(logs_.size()), 0, 0};
    for (const Logs& logs : logs_) {
      sums.sum += std::exp(logs[of]);
      sums.sum_of_logs += logs[of];
    }
    return sums;
  }

  void fold_customers(std::size_t draw) {
    const bool forecasts = fold_.forecasts(draw);
    for_each_customer([&](const GggHistory& c, std::size_t i) {
      const Logs& logs = logs_[i];
      auto stream = customer_stream(seed_, Purpose::forecasts, number_, draw, i);
      const double alive = probability_alive(c, logs);
      const bool active = math::draw_uniform(stream) < alive;
      const double mu = std::exp(logs[dropout]);
      double purchases = 0;
      if (alive > 1e-12) {
        const double time = std::min(math::draw_exponential(stream) / mu, horizon_);
        purchases = draw_purchases_within(time, c.silence, logs, stream);
      }
      fold_.add(i, alive, alive * purchases, std::exp(logs[rate]), mu, std::exp(logs[regularity]));
      if (forecasts) {
        fold_.add_count(draw, i, active ? static_cast<std::uint64_t>(purchases) : 0);
      }
    });
  }

  const GggBase* base_;
  std::array<GammaPrior, 3> shapes_, rates_;
  std::uint64_t seed_;
  double horizon_;
  std::size_t number_;
  math::RandomStream stream_;
  std::vector<Logs> logs_;  // of each customer
  std::array<GammaLaw, 3> laws_;
  CustomerFold fold_;
};

// What the likelihood needs of the times between purchases; no more than if all were equal, which
// rounded times may exceed.
std::vector<double> sums_of_logs(const Histories& histories) {
  if (histories.columns().sum_log_intervals.empty() && histories.size() > 0) {
    throw std::invalid_argument(
        "posterior::sample: Pareto/GGG needs the column sum_log_intervals of the histories");
  }
  std::vector<double> sums(histories.size());
  for (std::size_t row = 0; row < sums.size(); ++row) {
    const CustomerHistory c = histories[row];
    if (c.frequency == 0) continue;
    sums[row] = std::min(c.sum_log_intervals, c.frequency * std::log(c.recency / c.frequency));
  }
  return sums;
}

GggBase make_ggg_base(const Histories& histories) {
  const auto& in = histories.columns();
  const std::vector<double> sum_log_intervals = sums_of_logs(histories);
  const std::array<std::span<const double>, 4> columns = {in.frequency, in.recency, in.age,
                                                          sum_log_intervals};
  GggBase base{group_rows(columns, in.customers), {}, {}, 1};
  base.first = first_customers(base.groups);
  double ages = 0;
  for (std::size_t g = 0; g < base.groups.size(); ++g) {
    const std::size_t row = base.groups.first_row[g];
    const CustomerHistory c = histories[row];
    base.history.push_back({c.frequency, c.recency, c.age - c.recency, sum_log_intervals[row]});
    ages += base.groups.count[g] * c.age;
  }
  if (ages > 0) base.typical_age = ages / base.groups.customers;
  return base;
}

}  // namespace

Posterior sample(const ParetoGggPrior& prior, const Histories& histories, const Options& options) {
  check(options);
  const std::array priors = {prior.t, prior.gamma, prior.r, prior.alpha, prior.s, prior.beta};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < priors.size(); ++i) {
    names.emplace_back(ParetoGgg::parameter_names[i]);
    check(priors[i], "ParetoGggPrior", names.back());
  }
  const double horizon = horizon_of(options, histories.period());
  const GggBase base = make_ggg_base(histories);
  if (base.customers() == 0) return without_customers(histories, options);
  std::vector<GggChain> chains;
  for (int c = 0; c < options.chains; ++c) {
    chains.emplace_back(base, prior, options, horizon, static_cast<std::size_t>(c));
  }
  return finish(chains, std::move(names), base.groups, histories, options, true);
}

}  // namespace posterior
}  // namespace rapport::clv
