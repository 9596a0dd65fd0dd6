#ifndef RAPPORT_TESTS_SUPPORT_APPAREL_HPP
#define RAPPORT_TESTS_SUPPORT_APPAREL_HPP

/// \file
/// The apparel data: 600 customers with covariates that are constant and covariates that change by
/// week, observed for 104 weeks from Sunday 2005-01-02 on, to 2006-12-31.

#include <rapport/clv/histories.hpp>
#include <rapport/clv/varying_histories.hpp>
#include <rapport/core/time.hpp>

#include "data.hpp"

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rapport::tests {

struct Apparel {
  // One element a customer, in the order of the covariate files.
  std::vector<int> id;
  std::vector<double> frequency, recency, age, gender, channel;
  // Repeat purchase times, one customer's after the other's.
  std::vector<std::size_t> begin = {0};
  std::vector<double> purchases, first;
  double weeks_ahead = 0, bought_after = 0;
  // Weeks from 2005-01-02, one customer's after the other's.
  std::vector<double> high_season, gender_by_week, channel_by_week;

  [[nodiscard]] std::size_t row(int customer) const {
    for (std::size_t i = 0; i < id.size(); ++i) {
      if (id[i] == customer) return i;
    }
    throw std::out_of_range("no such customer");
  }

  [[nodiscard]] clv::Histories histories() const {
    return {{frequency, recency, age}, core::weeks};
  }

  [[nodiscard]] clv::VaryingHistories varying() const {
    return {{.first_purchase = first,
             .age = age,
             .begin = begin,
             .purchases = purchases,
             .names = {"high_season", "gender", "channel"},
             .values = {high_season, gender_by_week, channel_by_week}},
            core::weeks};
  }

  /// Customers observed up to that day; `covariates`: with those that change by week.
  explicit Apparel(bool covariates, const std::string& as_of = "2006-12-31") {
    const core::Day start = core::as_of("2005-01-02").day();
    const core::Day end = core::as_of(as_of).day();
    std::map<int, std::set<core::Day>> days;
    const Table transactions(data_file("apparel_transactions.csv"));
    for (std::size_t i = 0; i < transactions.rows(); ++i) {
      const core::Day day = core::as_of(transactions.text(i, "date")).day();
      if (day <= end) {
        days[std::stoi(transactions.text(i, "customer_id"))].insert(day);
      } else {
        ++bought_after;
      }
    }
    const Table fixed(data_file("apparel_static_covariates.csv"));
    for (std::size_t i = 0; i < fixed.rows(); ++i) {
      id.push_back(std::stoi(fixed.text(i, "customer_id")));
      gender.push_back(fixed.number(i, "gender"));
      channel.push_back(fixed.number(i, "channel"));
      const auto& bought = days.at(id.back());
      const core::Day first_day = *bought.begin();
      const auto since = [&](core::Day day) {
        return static_cast<double>((day - first_day).count()) / 7;
      };
      first.push_back(static_cast<double>((first_day - start).count()) / 7);
      age.push_back(since(end));
      for (const core::Day day : bought) {
        if (day != first_day) purchases.push_back(since(day));
      }
      frequency.push_back(static_cast<double>(purchases.size() - begin.back()));
      recency.push_back(purchases.size() > begin.back() ? purchases.back() : 0);
      begin.push_back(purchases.size());
    }
    if (!covariates) return;
    const Table weekly(data_file("apparel_dynamic_covariates.csv"));
    const std::size_t weeks = weekly.rows() / id.size();
    for (std::size_t i = 0; i < weekly.rows(); ++i) {
      if (std::stoi(weekly.text(i, "customer_id")) != id[i / weeks]) {
        throw std::runtime_error("apparel_dynamic_covariates.csv has another order of customers");
      }
    }
    high_season = weekly.numbers("high_season");
    gender_by_week = weekly.numbers("gender");
    channel_by_week = weekly.numbers("channel");
  }
};

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_APPAREL_HPP
