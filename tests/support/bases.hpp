#ifndef RAPPORT_TESTS_SUPPORT_BASES_HPP
#define RAPPORT_TESTS_SUPPORT_BASES_HPP

/// \file
/// Bases of customers that every model is fitted to: the real ones, and awkward small ones.

#include "support/data.hpp"

#include <rapport/clv/histories.hpp>
#include <rapport/clv/spends.hpp>
#include <rapport/core/time.hpp>

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace rapport::tests {

/// Customers in columns.
struct Base {
  std::vector<double> frequency, recency, age, monetary_value = {}, customers = {};

  void add(double x, double t_x, double t) {
    frequency.push_back(x);
    recency.push_back(t_x);
    age.push_back(t);
  }
  [[nodiscard]] clv::Histories histories(core::Period period = core::weeks) const {
    return {{frequency, recency, age, customers}, period};
  }
  [[nodiscard]] clv::Spends spends() const {
    return clv::Spends({frequency, monetary_value, customers});
  }
};

/// A summary of CDNOW, in weeks.
inline Base cdnow(const std::string& file = "cdnow_summary.csv") {
  const Table table(data_file(file));
  return {table.numbers("frequency"), table.numbers("recency"), table.numbers("T"),
          table.numbers("monetary_value")};
}

inline core::Day day_of(const std::string& text) { return core::as_of(text).day(); }

/// Purchase days of each customer up to the end, in weeks; x counts repeat days.
inline Base summarise(const std::string& file, const std::string& end) {
  const Table table(data_file(file));
  const core::Day last = day_of(end);
  const bool money = file != "grocery_transactions.csv" && file != "example_transactions.csv";
  std::map<std::string, std::map<core::Day, double>> purchases;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const core::Day day = day_of(table.text(row, "date"));
    if (day > last) continue;
    purchases[table.text(row, "customer_id")][day] += money ? table.number(row, "amount") : 0;
  }
  Base base;
  for (const auto& [customer, days] : purchases) {
    const core::Day first = days.begin()->first;
    const double x = static_cast<double>(days.size()) - 1;
    base.add(x, static_cast<double>((days.rbegin()->first - first).count()) / 7,
             static_cast<double>((last - first).count()) / 7);
    double sum = 0;
    for (const auto& [day, amount] : days) sum += day == first ? 0 : amount;
    base.monetary_value.push_back(x > 0 ? sum / x : 0);
  }
  return base;
}

/// Small and awkward data: one customer to fifty; only one-timers; all alike; nobody drops out; a
/// customer with 10,000 purchases; last purchases on the last day.
inline Base awkward_base(int number, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(0, 1);
  const int kind = number % 8;
  const int customers = 1 + static_cast<int>(uniform(engine) * 50);
  Base base;
  for (int i = 0; i < customers; ++i) {
    const double age = kind == 5 ? 52 : std::floor(7 + uniform(engine) * 360) / 7;
    const double rate = kind == 6 ? 0.2 : -0.1 * std::log1p(-uniform(engine));
    const double chance = kind == 6 ? 0 : uniform(engine) * uniform(engine);
    double x = 0, t_x = 0;
    for (double t = 0; x == 0 || uniform(engine) > chance;) {
      t += -std::log1p(-uniform(engine)) / rate;
      if (!(t < age) || t == 0) break;
      ++x;
      t_x = t;
    }
    if (kind == 1)
      base.add(0, 0, age);
    else if (kind == 2)
      base.add(3, 20, 40);
    else if (kind == 3 && i == 0)
      base.add(10000, 0.9 * age, age);
    else if (kind == 4)
      base.add(std::ceil(3 * uniform(engine)) + 1, age / 2, age);
    else if (kind == 7 && x > 0)
      base.add(x, age, age);
    else
      base.add(x, t_x, age);
    base.monetary_value.push_back(kind == 2 ? 10 : std::exp(3 * uniform(engine)));
  }
  return base;
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_BASES_HPP
