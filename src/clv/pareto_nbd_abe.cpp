#include "posterior_parts.hpp"

#include <rapport/clv/pareto_nbd_abe.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/slice.hpp>
#include <rapport/math/variates.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>

#include <array>
#include <cmath>
#include <utility>

namespace rapport::clv::posterior {
namespace {

using Pair = std::array<double, 2>;  // of lambda and of mu

// A customer's history, with the time of silence at its end.
struct Silence {
  double frequency, recency, silence;
};

// The log-likelihood of a history given the customer's own rates; eq. (3) of P. S. Fader, B. G. S.
// Hardie (2005), A note on deriving the Pareto/NBD model.
double log_likelihood(const Silence& c, const Pair& logs) {
  const double rate = std::exp(logs[0]);
  const double dropout = std::exp(logs[1]);
  const double both = rate + dropout;
  return c.frequency * logs[0] - both * c.recency +
         std::log((dropout + rate * std::exp(-both * c.silence)) / both);
}

double probability_alive(const Silence& c, double rate, double dropout) {
  const double silent = rate * std::exp(-(rate + dropout) * c.silence);
  return silent / (dropout + silent);
}

// Customers by groups of equal history and covariates.
struct AbeBase {
  Groups groups;
  std::vector<std::size_t> first;  // customer of each group
  std::vector<Silence> history;    // of each group
  Eigen::MatrixXd design;          // group x coefficient
  Eigen::MatrixXd precision;       // of the coefficients given the covariance: D'D + prior
  Eigen::MatrixXd precision_root;  // its lower Cholesky factor
  double typical_age = 1;

  [[nodiscard]] Eigen::Index coefficients() const { return design.cols(); }
  [[nodiscard]] std::size_t customers() const { return first.back(); }
};

class AbeChain {
 public:
  AbeChain(const AbeBase& base, const ParetoNbdAbePrior& prior, const Options& options,
           double horizon, std::size_t number)
      : base_(&base),
        prior_(prior),
        seed_(options.seed),
        horizon_(horizon),
        number_(number),
        stream_(chain_stream(options.seed, number)),
        logs_(base.customers()),
        places_(base.customers()),
        coefficients_(Eigen::MatrixXd::Zero(base.coefficients(), 2)),
        covariance_(Eigen::Matrix2d::Identity()),
        fold_(base.customers(), options) {
    // Chains begin apart, each with a wide law: equal customers would say that all are equal, which
    // takes long to unlearn.
    const Pair shift = {0.5 * math::draw_normal(stream_), math::draw_normal(stream_)};
    for (std::size_t g = 0; g < base.groups.size(); ++g) {
      const Silence& c = base.history[g];
      const double age = c.recency + c.silence;
      const Pair start = {std::log((c.frequency + 0.5) / (age + base.typical_age)) + shift[0],
                          -std::log(base.typical_age) + shift[1]};
      for (std::size_t i = base.first[g]; i < base.first[g + 1]; ++i) logs_[i] = start;
      const double share = base.groups.count[g] / static_cast<double>(base.customers());
      for (const Eigen::Index rate : {0, 1}) {
        coefficients_(0, rate) += share * start[static_cast<std::size_t>(rate)];
      }
    }
  }

  void sweep(std::uint32_t number, bool warming) {
    draw_customers(number);
    move_together(number);
    draw_level_two();
    if (warming) learn();
  }

  void keep(std::size_t draw, std::span<double> out) {
    std::size_t at = 0;
    for (const Eigen::Index rate : {0, 1}) {
      for (Eigen::Index k = 0; k < base_->coefficients(); ++k) out[at++] = coefficients_(k, rate);
    }
    out[at++] = covariance_(0, 0);
    out[at++] = covariance_(0, 1);
    out[at++] = covariance_(1, 1);
    fold_customers(draw);
  }

  [[nodiscard]] const CustomerFold& fold() const { return fold_; }

 private:
  // Means of the customers' logarithms, group by group.
  [[nodiscard]] Pair mean_of(std::size_t group) const {
    Pair mean = {0, 0};
    for (Eigen::Index k = 0; k < base_->coefficients(); ++k) {
      const double d = base_->design(static_cast<Eigen::Index>(group), k);
      mean[0] += d * coefficients_(k, 0);
      mean[1] += d * coefficients_(k, 1);
    }
    return mean;
  }

  // with(history, means, number of the customer)
  template <class Do>
  void for_each_customer(const Do& with) const {
    for (std::size_t g = 0; g < base_->groups.size(); ++g) {
      const Pair mean = mean_of(g);
      for (std::size_t i = base_->first[g]; i < base_->first[g + 1]; ++i) {
        with(base_->history[g], mean, i);
      }
    }
  }

  void draw_customers(std::uint32_t sweep) {
    const Eigen::Matrix2d root = covariance_.llt().matrixL();
    for_each_customer([&](const Silence& c, const Pair& mean, std::size_t i) {
      auto stream = customer_stream(seed_, Purpose::sweeps, number_, sweep, i);
      const double z = math::draw_normal(stream);
      const Pair other = {root(0, 0) * z, root(1, 0) * z + root(1, 1) * math::draw_normal(stream)};
      const Pair deviation = {logs_[i][0] - mean[0], logs_[i][1] - mean[1]};
      const Pair next = math::elliptical_slice_draw(stream, deviation, other, [&](const Pair& at) {
        return log_likelihood(c, {mean[0] + at[0], mean[1] + at[1]});
      });
      logs_[i] = {mean[0] + next[0], mean[1] + next[1]};
    });
  }

  // Coefficients and covariance as one vector: the coefficients, then the root of the covariance
  // with the logarithms of its diagonal.
  [[nodiscard]] std::vector<double> level_two() const {
    std::vector<double> all(coefficients_.data(), coefficients_.data() + coefficients_.size());
    const Eigen::Matrix2d root = covariance_.llt().matrixL();
    all.insert(all.end(), {std::log(root(0, 0)), root(1, 0), std::log(root(1, 1))});
    return all;
  }

  struct LevelTwo {
    Eigen::MatrixXd coefficients;
    Eigen::Matrix2d root;
  };

  [[nodiscard]] LevelTwo level_two_at(const std::vector<double>& all) const {
    LevelTwo result{Eigen::Map<const Eigen::MatrixXd>(all.data(), base_->coefficients(), 2),
                    Eigen::Matrix2d::Zero()};
    const double* root = all.data() + 2 * base_->coefficients();
    result.root << std::exp(root[0]), 0, root[1], std::exp(root[2]);
    return result;
  }

  // Log-density of such a vector before the data, up to a constant.
  [[nodiscard]] double log_prior(const LevelTwo& at) const {
    const double log_11 = std::log(at.root(0, 0));
    const double log_22 = std::log(at.root(1, 1));
    const auto lower = at.root.triangularView<Eigen::Lower>();
    const Eigen::Matrix2d inverse_root = lower.solve(Eigen::Matrix2d::Identity());
    const Eigen::MatrixXd scaled = lower.solve(at.coefficients.transpose());
    const double power = prior_.freedom + 3 + static_cast<double>(base_->coefficients());
    // The last terms: the volume of covariances for that of the vector.
    return -power * (log_11 + log_22) - prior_.freedom * inverse_root.squaredNorm() / 2 -
           prior_.precision * scaled.squaredNorm() / 2 + 3 * log_11 + 2 * log_22;
  }

  // Moves coefficients and covariance with all customers' rates, so that these keep their places
  // in the law: only likelihood and prior decide. Along the line through two earlier states of the
  // chain, or an axis as long as there are none.
  void move_together(std::uint32_t sweep) {
    const std::vector<double> now = level_two();
    const std::size_t d = now.size();
    std::vector<double> direction(d, 0.0);
    const std::size_t earlier = archive_.size() / d;
    if (earlier < 2) {
      direction[sweep % d] = 0.3;
    } else {
      const std::size_t one = d * static_cast<std::size_t>(stream_() % earlier);
      const std::size_t other = d * static_cast<std::size_t>(stream_() % earlier);
      for (std::size_t k = 0; k < d; ++k) direction[k] = archive_[one + k] - archive_[other + k];
    }
    const Eigen::Matrix2d root = covariance_.llt().matrixL();
    for_each_customer([&](const Silence&, const Pair& mean, std::size_t i) {
      const double first = (logs_[i][0] - mean[0]) / root(0, 0);
      places_[i] = {first, (logs_[i][1] - mean[1] - root(1, 0) * first) / root(1, 1)};
    });
    const auto logs_at = [&](const LevelTwo& at, const Pair& mean, std::size_t i) -> Pair {
      const auto& [first, second] = places_[i];
      return {mean[0] + at.root(0, 0) * first,
              mean[1] + at.root(1, 0) * first + at.root(1, 1) * second};
    };
    const auto at_distance = [&](double distance) {
      std::vector<double> point = now;
      for (std::size_t k = 0; k < d; ++k) point[k] += distance * direction[k];
      return level_two_at(point);
    };
    const double distance = math::slice_draw(
        stream_, 0,
        [&](double at) {
          const LevelTwo there = at_distance(at);
          coefficients_ = there.coefficients;
          double sum = log_prior(there);
          for_each_customer([&](const Silence& c, const Pair& mean, std::size_t i) {
            sum += log_likelihood(c, logs_at(there, mean, i));
          });
          return sum;
        },
        {.width = 1.5});
    const LevelTwo there = at_distance(distance);
    coefficients_ = there.coefficients;
    covariance_ = there.root * there.root.transpose();
    for_each_customer([&](const Silence&, const Pair& mean, std::size_t i) {
      logs_[i] = logs_at(there, mean, i);
    });
  }

  // While the chain warms up: windows of 50, 100, 200, ... sweeps of which the last one that is
  // complete gives directions.
  void learn() {
    const std::vector<double> now = level_two();
    window_.insert(window_.end(), now.begin(), now.end());
    if (window_.size() < window_sweeps_ * now.size()) return;
    archive_ = std::exchange(window_, {});
    window_sweeps_ *= 2;
  }

  // Coefficients and covariance given all customers' rates: the conjugate multivariate regression.
  void draw_level_two() {
    const Eigen::Index size = base_->coefficients();
    Eigen::MatrixXd cross = Eigen::MatrixXd::Zero(size, 2);
    Eigen::Matrix2d squares = Eigen::Matrix2d::Zero();
    for (std::size_t g = 0; g < base_->groups.size(); ++g) {
      Eigen::RowVector2d sum = Eigen::RowVector2d::Zero();
      for (std::size_t i = base_->first[g]; i < base_->first[g + 1]; ++i) {
        const auto& [a, b] = logs_[i];
        sum += Eigen::RowVector2d(a, b);
        squares(0, 0) += a * a;
        squares(0, 1) += a * b;
        squares(1, 1) += b * b;
      }
      cross.noalias() += base_->design.row(static_cast<Eigen::Index>(g)).transpose() * sum;
    }
    squares(1, 0) = squares(0, 1);
    const auto lower = base_->precision_root.triangularView<Eigen::Lower>();
    const Eigen::MatrixXd half = lower.solve(cross);
    Eigen::Matrix2d scale = squares - half.transpose() * half;
    scale += prior_.freedom * Eigen::Matrix2d::Identity();
    scale(1, 0) = scale(0, 1);
    const auto n = static_cast<double>(base_->customers());
    const auto drawn =
        math::draw_inverse_wishart(stream_, prior_.freedom + n, std::span(scale.data(), 4));
    covariance_ << drawn[0], drawn[1], drawn[2], drawn[3];
    const Eigen::Matrix2d root = covariance_.llt().matrixL();
    Eigen::MatrixXd normals(size, 2);
    for (Eigen::Index k = 0; k < size; ++k) {
      for (const Eigen::Index rate : {0, 1}) normals(k, rate) = math::draw_normal(stream_);
    }
    coefficients_ = lower.transpose().solve(half + normals * root.transpose());
  }

  void fold_customers(std::size_t draw) {
    const bool forecasts = fold_.forecasts(draw);
    for_each_customer([&](const Silence& c, const Pair&, std::size_t i) {
      const double rate = std::exp(logs_[i][0]);
      const double dropout = std::exp(logs_[i][1]);
      const double alive = probability_alive(c, rate, dropout);
      fold_.add(i, alive, alive * rate * time_active(dropout, horizon_), rate, dropout, 0);
      if (!forecasts) return;
      auto stream = customer_stream(seed_, Purpose::forecasts, number_, draw, i);
      const bool active = math::draw_uniform(stream) < alive;
      const double time = std::min(math::draw_exponential(stream) / dropout, horizon_);
      fold_.add_count(draw, i, active ? math::draw_poisson(stream, rate * time) : 0);
    });
  }

  const AbeBase* base_;
  ParetoNbdAbePrior prior_;
  std::uint64_t seed_;
  double horizon_;
  std::size_t number_;
  math::RandomStream stream_;
  std::vector<Pair> logs_;        // of each customer's rates
  std::vector<Pair> places_;      // the same as places in a standard normal law
  Eigen::MatrixXd coefficients_;  // coefficient x rate
  Eigen::Matrix2d covariance_;
  std::vector<double> archive_, window_;  // earlier states of level two
  std::size_t window_sweeps_ = 50;
  CustomerFold fold_;
};

AbeBase make_abe_base(const ParetoNbdAbePrior& prior, const Histories& histories,
                      std::span<const AbeCovariate> covariates) {
  const auto& in = histories.columns();
  std::vector<std::span<const double>> columns = {in.frequency, in.recency, in.age};
  for (const AbeCovariate& covariate : covariates) columns.push_back(covariate.values);
  AbeBase base{group_rows(columns, in.customers), {}, {}, {}, {}, {}, 1};
  base.first = first_customers(base.groups);
  const auto groups = static_cast<Eigen::Index>(base.groups.size());
  const auto coefficients = static_cast<Eigen::Index>(covariates.size()) + 1;
  base.design.resize(groups, coefficients);
  base.precision = prior.precision * Eigen::MatrixXd::Identity(coefficients, coefficients);
  double ages = 0;
  for (Eigen::Index g = 0; g < groups; ++g) {
    const auto group = static_cast<std::size_t>(g);
    const std::size_t row = base.groups.first_row[group];
    const CustomerHistory c = histories[row];
    base.history.push_back({c.frequency, c.recency, c.age - c.recency});
    base.design(g, 0) = 1;
    for (std::size_t k = 0; k < covariates.size(); ++k) {
      base.design(g, static_cast<Eigen::Index>(k) + 1) = covariates[k].values[row];
    }
    base.precision.noalias() +=
        base.groups.count[group] * base.design.row(g).transpose() * base.design.row(g);
    ages += base.groups.count[group] * c.age;
  }
  if (ages > 0) base.typical_age = ages / base.groups.customers;
  base.precision_root = base.precision.llt().matrixL();
  return base;
}

void check(const ParetoNbdAbePrior& prior, const Histories& histories,
           std::span<const AbeCovariate> covariates) {
  core::check_positive_finite(prior.precision, "ParetoNbdAbePrior", "precision");
  if (!(std::isfinite(prior.freedom) && prior.freedom > 1)) {
    core::throw_domain_error("ParetoNbdAbePrior", "freedom", prior.freedom, "finite and > 1");
  }
  for (const AbeCovariate& covariate : covariates) {
    core::check_same_size(covariate.values.size(), histories.size(), "posterior::sample",
                          covariate.name);
    for (const double value : covariate.values) {
      if (!std::isfinite(value)) {
        core::throw_domain_error("posterior::sample", covariate.name, value, "finite");
      }
    }
  }
}

std::vector<std::string> names_of(std::span<const AbeCovariate> covariates) {
  std::vector<std::string> names;
  for (const char* rate : {"log_lambda", "log_mu"}) {
    names.emplace_back(rate);
    for (const auto& covariate : covariates) names.push_back(rate + (":" + covariate.name));
  }
  for (const char* name : {"var_log_lambda", "cov_log_lambda_log_mu", "var_log_mu"}) {
    names.emplace_back(name);
  }
  return names;
}

}  // namespace

Posterior sample(const ParetoNbdAbePrior& prior, const Histories& histories,
                 std::span<const AbeCovariate> covariates, const Options& options) {
  check(options);
  check(prior, histories, covariates);
  const double horizon = horizon_of(options, histories.period());
  const AbeBase base = make_abe_base(prior, histories, covariates);
  if (base.customers() == 0) return without_customers(histories, options);
  std::vector<AbeChain> chains;
  for (int c = 0; c < options.chains; ++c) {
    chains.emplace_back(base, prior, options, horizon, static_cast<std::size_t>(c));
  }
  return finish(chains, names_of(covariates), base.groups, histories, options, false);
}

Posterior sample(const ParetoNbdAbePrior& prior, const Histories& histories,
                 const Options& options) {
  return sample(prior, histories, {}, options);
}

}  // namespace rapport::clv::posterior
