#include <rapport/core/zone.hpp>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace rapport::core {
namespace {

using std::chrono::seconds;

void check_offset(seconds offset) {
  constexpr seconds day{86'400};
  if (offset <= -day || offset >= day) {
    throw std::invalid_argument("Zone: an offset of " + std::to_string(offset.count()) +
                                " seconds is a day or more");
  }
}

// "UTC", "UTC+03:30", "UTC-00:25:21".
std::string fixed_name(seconds offset) {
  if (offset == seconds{0}) return "UTC";
  const auto size = static_cast<int>(offset < seconds{0} ? -offset.count() : offset.count());
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "UTC%c%02d:%02d", offset < seconds{0} ? '-' : '+',
                size / 3600, size / 60 % 60);
  std::string name = buffer;
  if (size % 60 != 0) {
    std::snprintf(buffer, sizeof buffer, ":%02d", size % 60);
    name += buffer;
  }
  return name;
}

}  // namespace

Zone::Zone() : Zone("UTC", seconds{0}, {}) {}

Zone Zone::fixed(seconds offset) { return {fixed_name(offset), offset, {}}; }

Zone::Zone(std::string name, seconds initial, std::vector<Change> changes) {
  check_offset(initial);
  for (const Change& change : changes) check_offset(change.offset);
  const auto disorder =
      std::adjacent_find(changes.begin(), changes.end(),
                         [](const Change& a, const Change& b) { return !(a.since < b.since); });
  if (disorder != changes.end()) {
    throw std::invalid_argument("Zone: changes are not in ascending order at " +
                                to_text(disorder->since));
  }
  rules_ = std::make_shared<const Rules>(Rules{std::move(name), initial, std::move(changes)});
}

seconds Zone::offset_at(Instant instant) const noexcept {
  const auto& changes = rules_->changes;
  const auto next =
      std::upper_bound(changes.begin(), changes.end(), instant,
                       [](Instant at, const Change& change) { return at < change.since; });
  return next == changes.begin() ? rules_->initial : std::prev(next)->offset;
}

Instant Zone::instant_of(std::chrono::local_seconds local) const noexcept {
  const Instant as_utc{local.time_since_epoch()};
  // Offsets are less than a day, so only the rules in force within a day of `as_utc` can matter.
  const auto& changes = rules_->changes;
  auto next = std::lower_bound(changes.begin(), changes.end(), as_utc - std::chrono::days{1},
                               [](const Change& change, Instant at) { return change.since < at; });
  seconds offset = next == changes.begin() ? rules_->initial : std::prev(next)->offset;
  for (; next != changes.end(); ++next) {
    if (as_utc - offset < next->since) break;                     // shown before the change
    if (as_utc - next->offset < next->since) return next->since;  // skipped by it
    offset = next->offset;
  }
  return as_utc - offset;
}

}  // namespace rapport::core
