#include <rapport/relationship/outcome.hpp>

#include <rapport/core/check.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace rapport::relationship {
namespace {

constexpr std::size_t outcomes_per_block = 4096;

core::AsOf known_by(const record::PointInTime& point) { return point.known.value_or(point.as_of); }
core::AsOf events_by(const record::PointInTime& point) {
  return point.events.value_or(point.as_of);
}

bool same(const record::PointInTime& a, const record::PointInTime& b) {
  return a.as_of == b.as_of && known_by(a) == known_by(b) && events_by(a) == events_by(b);
}

void check_of_one_kind(const record::StoreView& then, const IndexTable& index) {
  core::check_same_size(index.size(), then.customers(), "outcomes_of", "index");
  if (!same(index.point, then.point())) {
    throw std::invalid_argument("outcomes_of: the index is as of " +
                                core::to_text(index.point.as_of.day()) +
                                ", but not of the dates of the view, which is as of " +
                                core::to_text(then.point().as_of.day()));
  }
  if (index.role != then.role()) {
    throw std::invalid_argument("outcomes_of: index and view are of different roles");
  }
}

void check(const OutcomeWindow& window, core::Day seen, std::optional<core::Day> last_record) {
  const auto refuse = [](const std::string& what) {
    throw std::invalid_argument("outcomes_of: the window " + what);
  };
  if (window.first <= seen) {
    refuse("begins on " + core::to_text(window.first) + ", but the indicators have seen " +
           core::to_text(seen) + ": what they are to foretell must lie after it");
  }
  if (window.last < window.first) {
    refuse("ends on " + core::to_text(window.last) + ", before it begins, on " +
           core::to_text(window.first));
  }
  if (!last_record || *last_record < window.last) {
    refuse("ends on " + core::to_text(window.last) + ", but " +
           (last_record ? "the last record is of " + core::to_text(*last_record)
                        : std::string("there are no records")) +
           ": who buys in it is not known yet");
  }
  if (window.known && window.known->day() < window.last) {
    refuse("ends on " + core::to_text(window.last) +
           ", but the outcome is to be what was known on " + core::to_text(window.known->day()));
  }
}

}  // namespace

OutcomeSample Outcomes::sample() const& {
  return {.names = names,
          .indicators = {indicators.begin(), indicators.end()},
          .outcome = bought,
          .as_of = as_of,
          .outcome_first = outcome_first,
          .outcome_last = outcome_last};
}

Outcomes outcomes_of(const record::StoreView& then, const IndexTable& index,
                     const OutcomeWindow& window, const core::Threads& threads) {
  check_of_one_kind(then, index);
  const core::AsOf seen =
      std::max({then.point().as_of, known_by(then.point()), events_by(then.point())});
  const record::Store& store = then.store();
  check(window, seen.day(), store.last_day());

  Outcomes result{.as_of = seen, .outcome_first = window.first, .outcome_last = window.last};
  for (const Indicator& indicator : index.definition.indicators) {
    result.names.push_back(indicator.id);
  }
  const std::size_t customers = then.customers();
  result.indicators.assign(result.names.size(), std::vector<double>(customers));
  result.bought.resize(customers);

  // Whatever was known late is in the outcome: it is no indicator.
  const core::AsOf end_of_time(core::Day{std::chrono::year{9999} / 12 / 31});
  const record::StoreView later(
      store, then.clusters(),
      {.as_of = core::AsOf(window.last), .known = window.known.value_or(end_of_time)}, then.role());
  const core::Instant begin = store.rules().zone.begin_of(window.first);
  core::for_blocks(threads, customers, outcomes_per_block, [&](auto from, auto to) {
    for (std::size_t i = from; i < to; ++i) {
      const record::CustomerId customer{static_cast<std::uint32_t>(i)};
      const bool seen_then = then.customer(customer).seen();
      for (std::size_t k = 0; k < result.names.size(); ++k) {
        result.indicators[k][i] = seen_then ? index.scales[k](index.values[k][i])
                                            : std::numeric_limits<double>::quiet_NaN();
      }
      bool bought = false;
      later.customer(customer).each<record::StoredTransaction>(
          [&](const record::StoredTransaction& row) {
            bought |= row.kind == record::TransactionKind::sale && row.stamp.at >= begin;
          });
      result.bought[i] = bought ? 1 : 0;
    }
  });
  return result;
}

}  // namespace rapport::relationship
