// Fits of every model to small and awkward data: each ends with a finite answer and a status that
// an independent look at the likelihood confirms. A model that is not in the list below is not
// tested by this.
//
// Each model is fitted to a fixed sample of 10,000 random bases, as many as its fits are cheap;
// RAPPORT_AWKWARD_BASES=10000 in the environment fits all.

#include <rapport/clv/amounts.hpp>
#include <rapport/clv/bdw.hpp>
#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/contract.hpp>
#include <rapport/clv/discrete_weibull.hpp>
#include <rapport/clv/durations.hpp>
#include <rapport/clv/exponential_gamma.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/retention.hpp>
#include <rapport/clv/sbg.hpp>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/fit_truth.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using Values = std::vector<double>;
using Engine = std::mt19937_64;

double uniform(Engine& engine) { return std::uniform_real_distribution<double>(0, 1)(engine); }
double whole(Engine& engine, double least, double most) {
  return least + std::floor((most - least + 1) * uniform(engine));
}

// A model with the bases that it is fitted to, of which each number is another: `size` is what the
// log-likelihood's rounding goes with, customers and what they did; `silent` says why a fit may
// call the data too little.

// Histories of purchases at any time. Intervals are of all kinds too: equal, or as those of chance.
template <class Model, int sample>
struct Repeat {
  using model = Model;
  static constexpr int in_sample = sample;
  static constexpr std::string_view name = Model::name;

  tests::Base base;
  Values sum_log_intervals;
  double size = 0;
  bool silent = true;

  Repeat(int number, Engine& engine) : base(tests::awkward_base(number, engine)) {
    for (std::size_t i = 0; i < base.age.size(); ++i) {
      const double x = base.frequency[i];
      double logs = x > 0 ? x * std::log(base.recency[i] / x) : 0;
      if (x > 1 && number % 3 > 0) logs -= uniform(engine) * x;
      sum_log_intervals.push_back(logs);
      size += 1 + x;
      silent = silent && x == 0;
    }
  }
  [[nodiscard]] Histories histories() const {
    return {{.frequency = base.frequency,
             .recency = base.recency,
             .age = base.age,
             .sum_log_intervals = sum_log_intervals},
            core::weeks};
  }
  [[nodiscard]] Fit<Model> fitted(const FitOptions& options = {}) const {
    return fit<Model>(histories(), options);
  }
  [[nodiscard]] double log_likelihood(const Model& at) const {
    const Histories rows = histories();
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) sum += at.log_likelihood(rows[i]);
    return sum;
  }
};

// Histories on opportunities: few, or up to 300; one with 10,000 purchases; all on the last one;
// all alike; none at all.
template <int sample>
struct OnOpportunities {
  using model = BgBb;
  static constexpr int in_sample = sample;
  static constexpr std::string_view name = BgBb::name;

  Values frequency, recency, opportunities;
  double size = 0;
  bool silent = true;

  OnOpportunities(int number, Engine& engine) {
    constexpr double longest[] = {1, 6, 50, 300};
    const double customers = whole(engine, 1, 50);
    for (double i = 0; i < customers; ++i) {
      double n = whole(engine, 0, longest[number % 4]);
      double t_x = number % 5 == 0 ? n : whole(engine, 0, n);
      double x = t_x > 0 ? whole(engine, 1, t_x) : 0;
      if (number % 3 > 0) {  // some buy often, some drop out soon
        const double buys = uniform(engine), leaves = uniform(engine) * uniform(engine);
        x = t_x = 0;
        for (double at = 1; at <= n && uniform(engine) > leaves; ++at) {
          if (uniform(engine) < buys) ++x, t_x = at;
        }
      }
      if (number % 7 == 1) x = t_x = 0;
      if (number % 7 == 2) n = 6, t_x = 4, x = 2;
      if (number % 16 == 3 && i == 0) n = 11000, t_x = 10500, x = 10000;
      frequency.push_back(x);
      recency.push_back(t_x);
      opportunities.push_back(n);
      size += 1 + n;
      silent = silent && x == 0;
    }
  }
  [[nodiscard]] Fit<BgBb> fitted(const FitOptions& options = {}) const {
    return fit<BgBb>(
        OpportunityPatterns(Opportunities(
            {.frequency = frequency, .recency = recency, .opportunities = opportunities})),
        options);
  }
  [[nodiscard]] double log_likelihood(const BgBb& at) const {
    double sum = 0;
    for (std::size_t i = 0; i < frequency.size(); ++i) {
      sum += at.log_likelihood(OpportunityHistory{frequency[i], recency[i], opportunities[i]});
    }
    return sum;
  }
};

// Contracts that lasted for one renewal or up to 10,000: some end, all have ended, none has; all
// alike.
template <class Model, int sample>
struct Contracts {
  using model = Model;
  static constexpr int in_sample = sample;
  static constexpr std::string_view name = Model::name;

  Values tenure, churned;
  double size = 0;
  bool silent = false;

  Contracts(int number, Engine& engine) {
    constexpr double longest[] = {1, 6, 50, 10000};
    const double most = longest[number % 4];
    const double customers = whole(engine, 1, 50);
    double left = 0, stayed = 0;
    for (double i = 0; i < customers; ++i) {
      double gone = number % 3 == 0 ? whole(engine, 0, 1) : number % 17 == 1 ? 0 : 1;
      double renewals = whole(engine, 0, most);
      if (number % 5 > 1) {  // some are sooner gone than others
        const double chance = uniform(engine) * uniform(engine);
        const double lasts = std::floor(std::log(uniform(engine)) / std::log1p(-chance)) + 1;
        gone = lasts <= renewals ? 1 : 0;
        renewals = std::min(lasts, renewals);
      }
      renewals = std::max(gone, renewals);
      if (number % 7 == 2) renewals = 4;
      if (number % 16 == 5) renewals = std::ceil(renewals / 10), gone = renewals > 0 ? gone : 0;
      if (number % 16 == 6 && i == 0) renewals = 10000;
      tenure.push_back(renewals);
      churned.push_back(gone);
      left += gone;
      stayed += renewals - gone;
    }
    size = customers;
    silent = left == 0 || stayed == 0;
  }
  [[nodiscard]] Retention retention() const {
    return Retention(TenureColumns{.tenure = tenure, .churned = churned});
  }
  [[nodiscard]] Fit<Model> fitted(const FitOptions& options = {}) const {
    return fit<Model>(retention(), options);
  }
  [[nodiscard]] double log_likelihood(const Model& at) const {
    double sum = 0;
    for (std::size_t i = 0; i < tenure.size(); ++i) {
      if (churned[i] == 0) {
        sum += at.log_conditional_survival(0, tenure[i]);
        continue;
      }
      sum += at.log_conditional_survival(0, tenure[i] - 1) +
             math::log1m_exp(at.log_conditional_survival(tenure[i] - 1, 1));
    }
    return sum;
  }
};

// Contracts that may end at any time, after minutes or thousands of weeks.
template <int sample>
struct Lifetimes {
  using model = ExponentialGamma;
  static constexpr int in_sample = sample;
  static constexpr std::string_view name = "exponential-gamma, durations";

  Values duration, churned;
  double size = 0;
  bool silent = true;

  Lifetimes(int number, Engine& engine) {
    constexpr double longest[] = {1e-3, 1, 50, 10000};
    size = whole(engine, 1, 50);
    for (double i = 0; i < size; ++i) {
      const double gone = number % 3 == 0 ? whole(engine, 0, 1) : number % 17 == 1 ? 0 : 1;
      double time = longest[number % 4] * -std::log1p(-uniform(engine));
      if (number % 5 == 4) time /= 0.01 - std::log1p(-uniform(engine));
      if (number % 7 == 2) time = 4;
      if (number % 16 == 6 && i == 0) time = 1e6;
      duration.push_back(std::max(time, 1e-12));
      churned.push_back(gone);
      silent = silent && gone == 0;
    }
  }
  [[nodiscard]] Fit<ExponentialGamma> fitted(const FitOptions& options = {}) const {
    return fit<ExponentialGamma>(Durations({.duration = duration, .churned = churned}), options);
  }
  [[nodiscard]] double log_likelihood(const ExponentialGamma& at) const {
    const auto& [r, alpha] = at.params();
    double sum = 0;
    for (std::size_t i = 0; i < duration.size(); ++i) {
      sum += churned[i] * std::log(r / (alpha + duration[i])) - r * std::log1p(duration[i] / alpha);
    }
    return sum;
  }
};

// Mean amounts, and single ones: of very different sizes, all alike, from one customer.
template <int sample, bool single>
struct Spending {
  using model = GammaGamma;
  static constexpr int in_sample = sample;
  static constexpr std::string_view name = single ? "Gamma-Gamma, amounts" : "Gamma-Gamma";

  Values frequency, mean, sum_log_amounts;
  double size = 0;
  bool silent = true;

  Spending(int number, Engine& engine) {
    const tests::Base base = tests::awkward_base(number, engine);
    double informative = 0;
    for (std::size_t i = 0; i < base.age.size(); ++i) {
      const double x = base.frequency[i];
      const double own = std::log(base.monetary_value[i]);
      double sum = 0, logs = 0;
      for (double j = 0; j < x; ++j) {
        const double chance = number % 3 == 0 ? 0 : uniform(engine) + uniform(engine) - 1;
        const double amount = std::exp(own + chance);
        sum += amount;
        logs += std::log(amount);
      }
      frequency.push_back(x);
      mean.push_back(x > 0 ? sum / x : 0);
      sum_log_amounts.push_back(logs);
      size += 1 + x;
      if (x > 0) ++informative;
    }
    silent = informative < 3;
  }
  [[nodiscard]] Fit<GammaGamma> fitted(const FitOptions& options = {}) const {
    if constexpr (single) {
      return fit<GammaGamma>(AmountPatterns(Amounts({.frequency = frequency,
                                                     .monetary_value = mean,
                                                     .sum_log_amounts = sum_log_amounts})),
                             options);
    } else {
      return fit<GammaGamma>(Spends({.frequency = frequency, .monetary_value = mean}), options);
    }
  }
  [[nodiscard]] double log_likelihood(const GammaGamma& at) const {
    double sum = 0;
    for (std::size_t i = 0; i < frequency.size(); ++i) {
      if (frequency[i] == 0) continue;
      sum += single ? at.log_likelihood(frequency[i], mean[i], sum_log_amounts[i])
                    : at.log_likelihood(frequency[i], mean[i]);
    }
    return sum;
  }
};

// Where the likelihood of Sarmanov's law has a corner, no straight path but at the fit itself stays
// in it: these do, with s as the others ask.
std::vector<tests::ParameterPath> other_paths(const FitReport&) { return {}; }
std::vector<tests::ParameterPath> other_paths(const Fit<ParetoNbdSarmanov>& fit) {
  const auto exposure = [](double shape, double rate) { return shape * std::log1p(1 / rate); };
  const auto& p = fit.params;
  if (std::abs(p.dependence) < 1) return {};
  const auto s_in_corner = [=](double r, double alpha, double beta) {
    const double a = exposure(r, alpha);
    const double b = p.dependence > 0 ? a : -std::log(-std::expm1(-a));
    return b / std::log1p(1 / beta);
  };
  if (std::abs(s_in_corner(p.r, p.alpha, p.beta) / p.s - 1) > 1e-9) return {};
  std::vector<tests::ParameterPath> paths;
  for (int i = 0; i < 27; ++i) {
    const auto sign = [i](int power) { return i / power % 3 - 1; };
    paths.emplace_back([=](double step) {
      if (step == 0) return Values{p.r, p.alpha, p.s, p.beta, p.dependence};
      const double r = p.r * std::exp(sign(1) * step);
      const double alpha = p.alpha * std::exp(sign(3) * step);
      const double beta = p.beta * std::exp(sign(9) * step);
      return Values{r, alpha, s_in_corner(r, alpha, beta), beta, p.dependence};
    });
  }
  return paths;
}

// How many bases are asked for; 0 where nobody asked.
int bases_asked_for() {
  const char* text = std::getenv("RAPPORT_AWKWARD_BASES");
  return text == nullptr ? 0 : std::atoi(text);
}

// Fits `bases` of them; the first that lies ends it.
template <class Case>
void expect_the_truth_in(int bases) {
  using Model = typename Case::model;
  std::map<FitStatus, int> seen;
  for (int number = 0; number < bases && !testing::Test::HasFailure(); ++number) {
    SCOPED_TRACE(testing::Message() << "base " << number);
    Engine engine(static_cast<std::uint64_t>(number));
    const Case base(number, engine);
    const Fit<Model> fitted = base.fitted();
    const auto log_likelihood = [&](const Values& p) {
      return base.log_likelihood(Model(params_of<Model>(p)));
    };
    const double noise = 1e-13 * (1 + std::abs(fitted.log_likelihood)) + 1e-15 * base.size;
    tests::expect_truth(fitted, log_likelihood, noise, other_paths(fitted));
    if (fitted.status == FitStatus::too_little_data) {
      EXPECT_TRUE(base.silent);
    }
    if (fitted.status == FitStatus::not_identified) {
      tests::expect_level(
          fitted, log_likelihood, [&](const FitOptions& options) { return base.fitted(options); },
          noise);
    }
    ++seen[fitted.status];
  }
  for (const auto& [status, times] : seen) {
    testing::Test::RecordProperty(std::string(to_text(status)), times);
  }
  EXPECT_GT(seen[FitStatus::converged] + seen[FitStatus::at_boundary], 0);
  EXPECT_GT(seen[FitStatus::not_identified], 0);
  EXPECT_GT(seen[FitStatus::too_little_data], 0);
}

template <class Case>
class AwkwardFits : public testing::Test {};
template <class Case>
class SlowAwkwardFits : public testing::Test {};

struct CaseNames {
  template <class Case>
  static std::string GetName(int) {
    std::string name(Case::name);
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
  }
};

using Cases = testing::Types<Repeat<Nbd, 10'000>, Repeat<BgNbd, 2'000>, Repeat<MbgNbd, 2'000>,
                             Repeat<ParetoNbd, 1'000>, Repeat<ParetoNbdSarmanov, 500>,
                             Repeat<GgompertzNbd, 200>, Repeat<BgCnbdK, 200>, Repeat<MbgCnbdK, 200>,
                             OnOpportunities<500>, Contracts<Sbg, 5'000>, Contracts<Bdw, 700>,
                             Contracts<DiscreteWeibull, 5'000>, Contracts<ExponentialGamma, 5'000>,
                             Lifetimes<5'000>, Spending<2'000, false>, Spending<2'000, true>>;
TYPED_TEST_SUITE(AwkwardFits, Cases, CaseNames);
TYPED_TEST_SUITE(SlowAwkwardFits, Cases, CaseNames);

TYPED_TEST(AwkwardFits, TellTheTruthOfAFewBases) { expect_the_truth_in<TypeParam>(40); }

TYPED_TEST(SlowAwkwardFits, TellTheTruth) {
  const int asked = bases_asked_for();
  expect_the_truth_in<TypeParam>(asked > 0 ? asked : TypeParam::in_sample);
}

}  // namespace
}  // namespace rapport::clv
