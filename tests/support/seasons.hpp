#ifndef RAPPORT_TESTS_SUPPORT_SEASONS_HPP
#define RAPPORT_TESTS_SUPPORT_SEASONS_HPP

/// \file
/// Small bases with two covariates by week: "season", the same for everyone, and "kind", constant
/// for each customer.

#include <rapport/clv/varying_histories.hpp>
#include <rapport/core/time.hpp>
#include <rapport/math/random.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rapport::tests {

class Seasons {
 public:
  struct Customer {
    double age;
    std::vector<double> purchases;  // since the first
    double kind = 0;
    double first = 0;  // on the axis of the seasons
  };

  Seasons(std::vector<double> season, const std::vector<Customer>& customers)
      : season_(std::move(season)), all_(customers) {
    begin_ = {0};
    for (const Customer& c : customers) {
      first_.push_back(c.first);
      age_.push_back(c.age);
      kinds_.push_back(c.kind);
      purchases_.insert(purchases_.end(), c.purchases.begin(), c.purchases.end());
      begin_.push_back(purchases_.size());
      seasons_.insert(seasons_.end(), season_.begin(), season_.end());
      kind_.insert(kind_.end(), season_.size(), c.kind);
    }
    histories_.emplace(clv::VaryingHistories::Columns{.first_purchase = first_,
                                                      .age = age_,
                                                      .begin = begin_,
                                                      .purchases = purchases_,
                                                      .names = {"season", "kind"},
                                                      .values = {seasons_, kind_}},
                       core::weeks);
  }

  /// Customers of all sorts, with seven weeks and a half to come that are known for each.
  static Seasons usual() {
    return {{0, 0, 0.5, 1, 1, -0.25, -0.25, 0, 2, 0, 0, 0.125, 0.125, 1, 0, 1, 1, 0, 0, 0, 0.5},
            {{12.5, {}, 1},
             {0.25, {}, -0.5},
             {0, {}, 0.5},
             {13, {0.75, 3, 8.25}, -0.5},
             {9, {1.5, 2.5, 4, 6.25, 9}, 1, 2.5},
             {12, {0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.25, 3, 3.5, 4, 4.5, 5}, 0.25}}};
  }

  /// Customers drawn from a model, observed for 20 weeks or more of `weeks`, after which `ahead`
  /// weeks were drawn too.
  template <class Model>
  static Seasons simulated(const Model& model, std::size_t customers, double weeks, double end,
                           std::uint64_t seed = 20) {
    std::vector<double> season;
    for (int week = 0; week < static_cast<int>(end); ++week) {
      season.push_back(week % 13 < 4 ? 1 : week % 13 == 8 ? 0.5 : 0);
    }
    std::vector<Customer> all;
    for (std::size_t i = 0; i < customers; ++i) {
      all.push_back({0, {}, i % 3 == 0 ? 1.0 : 0.0, 0.25 * static_cast<double>(i % 80)});
    }
    const Seasons empty(season, all);
    std::vector<double> after;
    for (std::size_t i = 0; i < customers; ++i) {
      math::RandomStream stream(seed, i);
      all[i].age = weeks - all[i].first;
      after.push_back(0);
      for (const double time :
           draw_purchases(model, empty.histories(), i, end - all[i].first, stream)) {
        if (time <= all[i].age) {
          all[i].purchases.push_back(time);
        } else {
          ++after.back();
        }
      }
    }
    Seasons result(season, all);
    result.after_ = std::move(after);
    return result;
  }

  /// The same customers in the opposite order.
  [[nodiscard]] Seasons reversed() const { return {season_, {all_.rbegin(), all_.rend()}}; }

  [[nodiscard]] const clv::VaryingHistories& histories() const { return *histories_; }
  [[nodiscard]] std::size_t size() const { return age_.size(); }
  [[nodiscard]] double kind(std::size_t row) const { return kinds_[row]; }
  [[nodiscard]] const std::vector<double>& purchases_after() const { return after_; }

 private:
  std::vector<double> season_;
  std::vector<Customer> all_;
  std::vector<double> first_, age_, kinds_, purchases_, seasons_, kind_, after_;
  std::vector<std::size_t> begin_;
  std::optional<clv::VaryingHistories> histories_;
};

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_SEASONS_HPP
