// What every model of repeat buying in continuous time must obey, whatever its story: a model that
// is not in the list below is not tested by this. Its own test has its own numbers.

#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/cnbd_k.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>
#include <rapport/clv/pareto_nbd_sarmanov.hpp>
#include <rapport/clv/repeat_buying.hpp>
#include <rapport/clv/simulate.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace rapport::clv {
namespace {

using Values = std::vector<double>;

// Parameters, and which of them moves over a point where a published formula divides by zero.
struct Crossing {
  Values at;
  std::size_t moves;
};

// What a model is tried with. `times` says how each parameter changes with the unit of time: 1 for
// a time, -1 for a rate; `many` the customers whom it fits in a second or so.
template <class Model>
struct Examples;

template <>
struct Examples<BgNbd> {
  static constexpr std::size_t many = 100'000;
  static constexpr std::array times = {0, 1, 0, 0};
  static std::vector<Values> parameters() { return {{.243, 4.414, .793, 2.426}, {2, 9, 3, 1.5}}; }
  static std::vector<Crossing> crossings() {
    return {{{.25, 4, 1, 2.5}, 2}, {{.25, 4, .4, .6}, 2}, {{.25, 4, 1, 1}, 3}};
  }
};

template <>
struct Examples<MbgNbd> {
  static constexpr std::size_t many = 100'000;
  static constexpr std::array times = {0, 1, 0, 0};
  static std::vector<Values> parameters() { return {{.525, 6.183, .891, 1.614}, {2, 9, 3, 1.5}}; }
  static std::vector<Crossing> crossings() {
    return {{{.5, 6, 1, 2.5}, 2}, {{.5, 6, .4, .6}, 2}, {{.5, 6, 1, 1}, 3}};
  }
};

template <>
struct Examples<ParetoNbd> {
  static constexpr std::size_t many = 100'000;
  static constexpr std::array times = {0, 1, 0, 1};
  static std::vector<Values> parameters() {
    return {{.553, 10.578, .606, 11.669}, {.8, 20, .4, 5}, {2, 5, 3, 40}};
  }
  static std::vector<Crossing> crossings() {
    return {{{.55, 10.56, 1, 11.64}, 2}, {{.55, 11, .61, 11}, 3}, {{.55, 11, 2, 11}, 2}};
  }
};

template <>
struct Examples<Nbd> {
  static constexpr std::size_t many = 100'000;
  static constexpr std::array times = {0, 1};
  static std::vector<Values> parameters() { return {{.385, 12.07}, {3, 2}}; }
  static std::vector<Crossing> crossings() { return {{{1, 12}, 0}}; }
};

// In days it is another model than in weeks: its dependence is one of exp(-rate).
template <>
struct Examples<ParetoNbdSarmanov> {
  static constexpr std::size_t many = 20'000;
  static constexpr std::array times = {0, 1, 0, 1, 0};
  static constexpr bool of_one_unit = true;
  static std::vector<Values> parameters() {
    return {{.553, 10.578, .606, 11.669, .5}, {.8, 20, .4, 5, -.7}};
  }
  static std::vector<Crossing> crossings() {
    return {
        {{.55, 10.56, 1, 11.64, .3}, 2}, {{.55, 11, .61, 11, .3}, 3}, {{.55, 11, .61, 9, 0}, 4}};
  }
};

// Its likelihood is an integral, and often runs out towards the Pareto/NBD.
template <>
struct Examples<GgompertzNbd> {
  static constexpr std::size_t many = 2'000;
  static constexpr std::array times = {0, 1, -1, 0, 0};
  static std::vector<Values> parameters() {
    return {{1, 10, .05, .5, 2}, {.553, 10.578, .0002, .603, .0026}, {2, 9, .1, 3, .5}};
  }
  static std::vector<Crossing> crossings() {
    return {{{1, 10, .05, 1, 2}, 3}, {{1, 10, .05, .5, 1}, 4}, {{1, 10, .05, 1, 1}, 4}};
  }
};

// k is chosen by twelve fits.
template <>
struct Examples<BgCnbdK> {
  static constexpr std::size_t many = 10'000;
  static constexpr std::array times = {0, 1, 0, 0, 0};
  static std::vector<Values> parameters() {
    return {{.359, 1.129, .523, 2.785, 2}, {2, 9, 3, 1.5, 3}};
  }
  static std::vector<Crossing> crossings() {
    return {{{.35, 1, 1, 2.5, 2}, 2}, {{.35, 1, .4, .6, 3}, 2}, {{.35, 1, 1, 1, 2}, 3}};
  }
};

template <>
struct Examples<MbgCnbdK> {
  static constexpr std::size_t many = 10'000;
  static constexpr std::array times = {0, 1, 0, 0, 0};
  static std::vector<Values> parameters() {
    return {{1.329, 2.813, .425, .79, 2}, {2, 9, 3, 1.5, 3}};
  }
  static std::vector<Crossing> crossings() {
    return {{{1.3, 2.8, 1, 2.5, 2}, 2}, {{1.3, 2.8, .4, .6, 3}, 2}, {{1.3, 2.8, 1, 1, 2}, 3}};
  }
};

template <class Model>
Model make(const Values& parameters) {
  return Model(params_of<Model>(parameters));
}

// A customer whose purchases came at equal intervals: models of regular buying ask.
CustomerHistory history(double x, double t_x, double age) {
  return {.frequency = x,
          .recency = t_x,
          .age = age,
          .sum_log_intervals = x > 0 ? x * std::log(t_x / x) : 0};
}

std::vector<CustomerHistory> histories() {
  return {history(0, 0, 0),        history(0, 0, 0.5),       history(0, 0, 38.86),
          history(1, 1.71, 38.86), history(2, 30.43, 38.86), history(7, 29.43, 38.86),
          history(26, 30.86, 31),  history(5, 39, 39),       history(1, 1e-3, 1e-3)};
}

template <class Model>
class EveryModel : public testing::Test {
 protected:
  // Calls body(model, history) for all of both.
  template <class Body>
  static void for_each(const Body& body) {
    for (const Values& parameters : Examples<Model>::parameters()) {
      const Model model = make<Model>(parameters);
      for (const CustomerHistory& c : histories()) {
        SCOPED_TRACE(testing::Message() << testing::PrintToString(parameters) << " x "
                                        << c.frequency << " t_x " << c.recency << " T " << c.age);
        body(model, c);
      }
    }
  }
};

struct Names {
  template <class Model>
  static std::string GetName(int) {
    std::string name(Model::name);
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
  }
};

using Models = testing::Types<Nbd, BgNbd, MbgNbd, ParetoNbd, ParetoNbdSarmanov, GgompertzNbd,
                              BgCnbdK, MbgCnbdK>;
TYPED_TEST_SUITE(EveryModel, Models, Names);

// Sums of up to some thousand terms, each right to 1e-11 or better.
constexpr double of_a_sum = 1e-9;

// What is certain, as the sum of a few parts of either sign (Sarmanov's are of order 10), each
// rounded.
constexpr double of_a_mixture = 2e-14;

TYPED_TEST(EveryModel, IsARepeatBuyingModel) {
  static_assert(RepeatBuyingModel<TypeParam>);
  static_assert(sizeof(typename TypeParam::Params) ==
                TypeParam::parameter_names.size() * sizeof(double));
  EXPECT_FALSE(TypeParam::name.empty());
}

TYPED_TEST(EveryModel, HasCountsWhoseProbabilitiesSumToOneAndWhoseMeanIsExpected) {
  this->for_each([](const TypeParam& model, const CustomerHistory& c) {
    for (const double t : {0.5, 39.0}) {
      double sum = 0, mean = 0;
      for (unsigned n = 0; n < 2000 && sum < 1 - 1e-13; ++n) {
        const double p = model.probability_of_purchases(c, n, t);
        ASSERT_GE(p, 0);
        ASSERT_LE(p, 1);
        sum += p;
        mean += n * p;
        if (n > 50 && p < 1e-18) break;
      }
      EXPECT_NEAR(sum, 1, of_a_sum) << t;
      EXPECT_NEAR(mean, model.expected_purchases(c, t), of_a_sum * (1 + mean)) << t;
      EXPECT_NEAR(model.probability_of_purchases(c, 0, t), model.probability_of_no_purchase(c, t),
                  1e-13);
    }
  });
}

// A new customer is one without a history.
TYPED_TEST(EveryModel, AsksOfANewCustomerWhatItAsksOfNoHistory) {
  for (const Values& parameters : Examples<TypeParam>::parameters()) {
    const auto model = make<TypeParam>(parameters);
    for (const double t : {0.0, 1.0, 39.0, 1000.0}) {
      EXPECT_NEAR(model.expected_purchases(t), model.expected_purchases(history(0, 0, 0), t),
                  1e-12 * (1 + model.expected_purchases(t)));
      EXPECT_NEAR(model.probability_of_purchases(3, t),
                  model.probability_of_purchases(history(0, 0, 0), 3, t), 1e-13);
      // The likelihood of no purchase is its probability.
      EXPECT_NEAR(
          model.probability_of_purchases(0, t) / std::exp(model.log_likelihood(history(0, 0, t))),
          1, 1e-12);
    }
  }
}

// No purchase in t more periods is the same history, t older: a ratio of likelihoods. Those of up
// to 100 nats, rounded to 1e-15 of themselves.
TYPED_TEST(EveryModel, HasNoPurchaseAsOftenAsTheLikelihoodSays) {
  this->for_each([](const TypeParam& model, const CustomerHistory& c) {
    for (const double t : {0.5, 39.0, 500.0}) {
      CustomerHistory later = c;
      later.age += t;
      const double silent = std::exp(model.log_likelihood(later) - model.log_likelihood(c));
      EXPECT_NEAR(model.probability_of_no_purchase(c, t), silent, 1e-11);
      // Whoever is active then, and bought nothing, is one of those who are active then.
      EXPECT_LE(silent * model.probability_alive(later), model.probability_alive(c, t) + 1e-12);
    }
  });
}

TYPED_TEST(EveryModel, IsLessLikelyAliveTheLongerTheSilence) {
  this->for_each([](const TypeParam& model, const CustomerHistory& c) {
    CustomerHistory silent = c;
    silent.age = c.recency;
    double last = model.probability_alive(silent);
    const double first = last;
    for (int week = 1; week < 200; ++week) {
      silent.age = c.recency + week;
      const double now = model.probability_alive(silent);
      EXPECT_LE(now, last) << week;
      EXPECT_GE(now, 0);
      EXPECT_NEAR(std::exp(model.log_probability_alive(silent)), now, 1e-13);
      last = now;
    }
    EXPECT_LE(first, 1);
    EXPECT_NEAR(model.probability_alive(c, 0), model.probability_alive(c), of_a_mixture);
    EXPECT_LE(model.probability_alive(c, 0), 1);
    for (const double t : {0.5, 39.0, 500.0}) {
      EXPECT_LE(model.probability_alive(c, t), model.probability_alive(c));
      EXPECT_LE(model.probability_alive(c, 2 * t), model.probability_alive(c, t));
    }
  });
}

TYPED_TEST(EveryModel, AddsExpectationsOfIntervals) {
  this->for_each([](const TypeParam& model, const CustomerHistory& c) {
    const double all = model.expected_purchases(c, 39);
    EXPECT_NEAR(model.expected_purchases(c, 10) + model.expected_purchases(c, 10, 39), all,
                1e-11 * all);
    EXPECT_NEAR(model.expected_purchases(c, 0, 10) + model.expected_purchases(c, 10, 11) +
                    model.expected_purchases(c, 11, 39),
                all, 1e-11 * all);
    EXPECT_EQ(model.expected_purchases(c, 10, 10), 0);
    EXPECT_LT(model.expected_purchases(c, 38.5), all);
  });
}

// Purchases at times u weigh exp(-delta u): integrated by parts, with Simpson's rule on squares of
// equal steps, since expectations bend near 0.
TYPED_TEST(EveryModel, DiscountsWhatItExpects) {
  this->for_each([](const TypeParam& model, const CustomerHistory& c) {
    constexpr double t = 39, delta = 0.02;
    const double expected = model.expected_purchases(c, t);
    EXPECT_NEAR(model.discounted_purchases(c, t, 0), expected, 1e-11 * expected);
    constexpr int panels = 400;
    double integral = 0;
    for (int i = 0; i <= panels; ++i) {
      const double root = static_cast<double>(i) / panels;
      const double u = t * root * root;
      const double weight = i == 0 || i == panels ? 1 : i % 2 == 1 ? 4 : 2;
      integral += weight / (3.0 * panels) * 2 * t * root * delta * std::exp(-delta * u) *
                  model.expected_purchases(c, u);
    }
    EXPECT_NEAR(model.discounted_purchases(c, t, delta), std::exp(-delta * t) * expected + integral,
                1e-7 * expected);
  });
}

TYPED_TEST(EveryModel, IsWorthLessTheMoreIsDiscounted) {
  this->for_each([](const TypeParam& model, const CustomerHistory& c) {
    double last = model.expected_purchases(c, 39);
    double last_ever = std::numeric_limits<double>::infinity();
    for (const double delta : {1e-6, 1e-3, 0.02, 0.1, 1.0, 10.0}) {
      const double now = model.discounted_purchases(c, 39, delta);
      const double ever = model.discounted_purchases(c, delta);
      EXPECT_LT(now, last);
      EXPECT_GE(now, 0);
      EXPECT_LT(ever, last_ever);
      EXPECT_LE(now, ever * (1 + 1e-10));
      last = now;
      last_ever = ever;
    }
    // Beyond 400 periods exp(-delta t) is below 1e-17.
    EXPECT_NEAR(model.discounted_purchases(c, 0.1) / model.discounted_purchases(c, 400, 0.1), 1,
                1e-9);
  });
}

TYPED_TEST(EveryModel, ExpectsNothingOfNoTime) {
  this->for_each([](const TypeParam& model, const CustomerHistory& c) {
    EXPECT_EQ(model.expected_purchases(c, 0), 0);
    EXPECT_EQ(model.expected_purchases(0), 0);
    EXPECT_EQ(model.discounted_purchases(c, 0, 0.1), 0);
    EXPECT_NEAR(model.probability_of_no_purchase(c, 0), 1, of_a_mixture);
    EXPECT_NEAR(model.probability_of_purchases(c, 0, 0), 1, of_a_mixture);
    EXPECT_EQ(model.probability_of_purchases(c, 1, 0), 0);
    EXPECT_EQ(model.probability_of_purchases(2, 0), 0);
  });
}

TYPED_TEST(EveryModel, RefusesTimesThatCannotBe) {
  const auto model = make<TypeParam>(Examples<TypeParam>::parameters().front());
  const CustomerHistory c = history(2, 30.43, 38.86);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double t : {-1.0, nan, infinity}) {
    EXPECT_THROW((void)model.expected_purchases(c, t), std::domain_error) << t;
    EXPECT_THROW((void)model.probability_of_no_purchase(c, t), std::domain_error) << t;
    EXPECT_THROW((void)model.discounted_purchases(c, t, 0.1), std::domain_error) << t;
    EXPECT_THROW((void)model.discounted_purchases(c, 1, t), std::domain_error) << t;
    EXPECT_THROW((void)model.discounted_purchases(c, t), std::domain_error) << t;
  }
  EXPECT_THROW((void)model.expected_purchases(c, 2, 1), std::domain_error);
}

TYPED_TEST(EveryModel, DoesNotDependOnTheUnitOfTime) {
  if constexpr (requires { Examples<TypeParam>::of_one_unit; }) return;
  for (const Values& weekly : Examples<TypeParam>::parameters()) {
    Values daily = weekly;
    for (std::size_t i = 0; i < daily.size(); ++i) {
      daily[i] *= std::pow(7, Examples<TypeParam>::times[i]);
    }
    const auto weeks = make<TypeParam>(weekly);
    const auto days = make<TypeParam>(daily);
    for (const CustomerHistory& c : histories()) {
      const CustomerHistory d = history(c.frequency, 7 * c.recency, 7 * c.age);
      SCOPED_TRACE(testing::Message() << c.frequency << ' ' << c.recency << ' ' << c.age);
      EXPECT_NEAR(days.log_likelihood(d) + c.frequency * std::log(7), weeks.log_likelihood(c),
                  1e-12 * (1 + std::abs(weeks.log_likelihood(c)) + c.frequency));
      EXPECT_NEAR(days.probability_alive(d), weeks.probability_alive(c), 1e-12);
      const double expected = weeks.expected_purchases(c, 39);
      EXPECT_NEAR(days.expected_purchases(d, 273), expected, 1e-11 * expected);
      const double worth = weeks.discounted_purchases(c, 0.07);
      EXPECT_NEAR(days.discounted_purchases(d, 0.01), worth, 1e-10 * worth);
      EXPECT_NEAR(7 * days.purchase_rate(d), weeks.purchase_rate(c),
                  1e-11 * weeks.purchase_rate(c));
    }
  }
}

// Eleven steps of 1e-12 over the place: what changes must be a matter of the step, 1e-12 times what
// a model multiplies it by, never of digits lost.
TYPED_TEST(EveryModel, CrossesPlacesWhereAFormulaDividesByZero) {
  for (const Crossing& crossing : Examples<TypeParam>::crossings()) {
    for (const CustomerHistory& c : histories()) {
      SCOPED_TRACE(testing::Message()
                   << testing::PrintToString(crossing.at) << " moves " << crossing.moves << " x "
                   << c.frequency << " t_x " << c.recency << " T " << c.age);
      const auto answers = [&](double step) {
        Values parameters = crossing.at;
        parameters[crossing.moves] += step;
        const auto model = make<TypeParam>(parameters);
        return Values{model.log_likelihood(c),
                      model.log_probability_alive(c),
                      model.expected_purchases(c, 39),
                      model.expected_purchases(c, 5, 39),
                      model.expected_purchases(1000),
                      model.probability_of_no_purchase(c, 39),
                      model.probability_of_purchases(c, 3, 39),
                      model.discounted_purchases(c, 52, 0.01),
                      model.discounted_purchases(c, 0.01),
                      model.purchase_rate(c),
                      model.dropout_rate(c)};
      };
      const Values centre = answers(0);
      for (int i = -5; i <= 5; ++i) {
        const Values near = answers(i * 1e-12);
        for (std::size_t q = 0; q < near.size(); ++q) {
          ASSERT_TRUE(std::isfinite(near[q])) << q << " at step " << i;
          EXPECT_NEAR(near[q], centre[q], 1e-10 * std::abs(centre[q]) + 1e-14)
              << q << " at step " << i;
        }
      }
    }
  }
}

// Peers overflow, underflow or give NaN from 133, 160 or 200 purchases on.
TYPED_TEST(EveryModel, AnswersForThousandsOfPurchases) {
  for (const Values& parameters : Examples<TypeParam>::parameters()) {
    const auto model = make<TypeParam>(parameters);
    for (const double x : {133.0, 160.0, 200.0, 400.0, 1000.0, 3000.0}) {
      for (const double share : {0.1, 0.9, 0.999, 1.0}) {
        for (const double age : {1.0, 40.0, 365.0}) {
          const CustomerHistory c = history(x, share * age, age);
          SCOPED_TRACE(testing::Message() << testing::PrintToString(parameters) << " x " << x
                                          << " t_x " << share * age << " T " << age);
          EXPECT_TRUE(std::isfinite(model.log_likelihood(c)));
          EXPECT_LE(model.log_probability_alive(c), 0);
          EXPECT_TRUE(std::isfinite(model.log_probability_alive(c)));
          for (const double p :
               {model.probability_alive(c), model.probability_alive(c, 10),
                model.probability_of_no_purchase(c, 10), model.probability_of_purchases(c, 1, 10),
                model.probability_of_purchases(c, 300, 10)}) {
            EXPECT_GE(p, 0);
            EXPECT_LE(p, 1);
          }
          for (const double value :
               {model.expected_purchases(c, 10), model.expected_purchases(c, 10, 20),
                model.discounted_purchases(c, 10, 0.01), model.discounted_purchases(c, 0.01),
                model.purchase_rate(c), model.dropout_rate(c)}) {
            EXPECT_TRUE(std::isfinite(value));
            EXPECT_GE(value, 0);
          }
          EXPECT_LE(model.expected_purchases(c, 10), 10 * model.purchase_rate(c) * 1.1 + 1e-12);
        }
      }
    }
  }
}

// Customers in the columns of a fit.
struct Base {
  Values frequency, recency, age, sum_log_intervals;

  void add(const CustomerHistory& c) {
    frequency.push_back(c.frequency);
    recency.push_back(c.recency);
    age.push_back(c.age);
    sum_log_intervals.push_back(c.sum_log_intervals);
  }
  [[nodiscard]] Histories histories() const {
    return {{.frequency = frequency,
             .recency = recency,
             .age = age,
             .sum_log_intervals = sum_log_intervals},
            core::weeks};
  }
};

// Customers of the model's own, observed for 27 to 39 periods.
template <class Model>
Base simulated(const Model& model, std::size_t customers, std::uint64_t seed) {
  Base base;
  for (std::size_t i = 0; i < customers; ++i) {
    math::RandomStream stream(seed, i);
    const double age = 27 + static_cast<double>(i % 85) / 7;
    const Values times = draw_purchases(model, age, stream);
    CustomerHistory c = history_at(times, age);
    c.sum_log_intervals = 0;
    for (std::size_t k = 0; k < times.size(); ++k) {
      c.sum_log_intervals += std::log(times[k] - (k > 0 ? times[k - 1] : 0));
    }
    base.add(c);
  }
  return base;
}

// What is expected of customers whose histories are known must be, on average, what was expected of
// new ones: E(T + t) - E(T). 5,000 customers, within 4 standard errors.
TYPED_TEST(EveryModel, ExpectsOnAverageOfHistoriesWhatItExpectsOfNewCustomers) {
  for (const Values& parameters : Examples<TypeParam>::parameters()) {
    const auto model = make<TypeParam>(parameters);
    constexpr double age = 30, t = 26;
    constexpr int customers = 5000;
    double sum = 0, squares = 0, alive = 0, alive_then = 0;
    double none = 0;
    for (std::uint64_t i = 0; i < customers; ++i) {
      math::RandomStream stream(3, i);
      const auto times = draw_purchases(model, age + t, stream);
      const CustomerHistory c = history_at(times, age);
      const double difference =
          model.expected_purchases(c, t) - (history_at(times, age + t).frequency - c.frequency);
      sum += difference;
      squares += difference * difference;
      alive += model.probability_alive(c, t);
      alive_then += model.probability_alive(history_at(times, age + t));
      none += model.probability_of_no_purchase(c, t) -
              (history_at(times, age + t).frequency == c.frequency ? 1 : 0);
    }
    SCOPED_TRACE(testing::PrintToString(parameters));
    EXPECT_NEAR(sum, 0, 4 * std::sqrt(squares));
    // Sums of differences of probabilities, each of standard deviation below 1/2.
    EXPECT_NEAR(alive, alive_then, 4 * 0.5 * std::sqrt(customers));
    EXPECT_NEAR(none, 0, 4 * 0.5 * std::sqrt(customers));
  }
}

// The log-likelihood of a base from the model's own answers, customer by customer: not the sum over
// patterns that the fit climbs.
template <class Model>
double base_log_likelihood(const Values& parameters, const Histories& histories) {
  const auto model = make<Model>(parameters);
  double sum = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) sum += model.log_likelihood(histories[i]);
  return sum;
}

TYPED_TEST(EveryModel, ClimbsItsOwnLikelihood) {
  for (const Values& parameters : Examples<TypeParam>::parameters()) {
    const auto model = make<TypeParam>(parameters);
    const Base base = simulated(model, 300, 5);
    const Histories histories = base.histories();
    const auto at = log_likelihood_derivatives(model, Patterns(histories));
    const double sum = base_log_likelihood<TypeParam>(parameters, histories);
    EXPECT_NEAR(at.value, sum, 1e-12 * std::abs(sum));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (TypeParam::parameter_names[i] == "k") continue;
      const bool linear = TypeParam::parameter_names[i] == "dependence";
      Values up = parameters, down = parameters;
      up[i] = linear ? up[i] + 1e-4 : up[i] * std::exp(1e-4);
      down[i] = linear ? down[i] - 1e-4 : down[i] * std::exp(-1e-4);
      const double slope = (base_log_likelihood<TypeParam>(up, histories) -
                            base_log_likelihood<TypeParam>(down, histories)) /
                           2e-4;
      // Differences of this step are right to 1e-8 of the curvature, of order of the customers.
      EXPECT_NEAR(at.gradient[i], slope, 1e-5 + 1e-6 * std::abs(slope))
          << TypeParam::parameter_names[i];
    }
  }
}

// The fit explains simulated customers at least as well as the truth does; where it is sure of its
// parameters, they are the true ones.
template <class Model>
void fit_many(std::size_t customers) {
  const Values truth = Examples<Model>::parameters().front();
  const Base base = simulated(make<Model>(truth), customers, 6);
  const auto fitted = fit<Model>(base.histories(), {.threads = 2});
  EXPECT_EQ(fitted.customers, customers);
  EXPECT_GE(fitted.log_likelihood, base_log_likelihood<Model>(truth, base.histories()));
  if (customers >= 100'000) {
    ASSERT_TRUE(fitted.usable()) << fitted.message;
  }
  if (!fitted.usable()) return;
  const Values errors = fitted.standard_errors();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    EXPECT_NEAR(fitted.parameters[i], truth[i], 4 * errors[i]) << fitted.names[i];
  }
}

TYPED_TEST(EveryModel, FitsManyCustomers) { fit_many<TypeParam>(Examples<TypeParam>::many); }

template <class Model>
class SlowEveryModel : public testing::Test {};
TYPED_TEST_SUITE(SlowEveryModel, Models, Names);

// Peers cannot begin where there are so many.
TYPED_TEST(SlowEveryModel, FitsAHundredThousandCustomers) { fit_many<TypeParam>(100'000); }

}  // namespace
}  // namespace rapport::clv
