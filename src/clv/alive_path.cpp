#include <rapport/clv/alive_path.hpp>

#include <stdexcept>

namespace rapport::clv {

void check(const ObservedPurchases& customer) {
  core::check_not_negative_finite(customer.age, "ObservedPurchases", "age");
  double before = 0;
  for (const double time : customer.purchases) {
    if (!(time > 0 && time >= before && time <= customer.age)) {
      core::throw_domain_error(
          "ObservedPurchases", "a purchase", time,
          "in (0, " + core::to_text(customer.age) + "] and not before the one that precedes it");
    }
    before = time;
  }
}

ObservedPurchases observed_purchases(std::span<const core::Day> days, core::AsOf as_of,
                                     core::Period period) {
  std::vector<core::Day> seen(days.begin(), days.end());
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  seen.erase(std::upper_bound(seen.begin(), seen.end(), as_of.day()), seen.end());
  if (seen.empty()) {
    throw std::invalid_argument("observed_purchases: there is no purchase up to " +
                                core::to_text(as_of.day()));
  }
  const auto since_first = [&](core::Day day) {
    return static_cast<double>((day - seen.front()).count()) / period.days();
  };
  ObservedPurchases customer;
  customer.age = since_first(as_of.day());
  for (auto day = seen.begin() + 1; day != seen.end(); ++day) {
    customer.purchases.push_back(since_first(*day));
  }
  return customer;
}

}  // namespace rapport::clv
