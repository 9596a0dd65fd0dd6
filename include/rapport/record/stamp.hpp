#ifndef RAPPORT_RECORD_STAMP_HPP
#define RAPPORT_RECORD_STAMP_HPP

/// \file
/// What every record carries beside what it says: whose it is, when it was so, and when that was
/// known. And what may be seen of it as of a date.

#include <rapport/core/id.hpp>
#include <rapport/core/time.hpp>
#include <rapport/core/zone.hpp>

#include <cstdint>
#include <optional>

namespace rapport::record {

/// A source record: somebody as one system of the host knows them. A customer is one source record
/// or several that were linked.
using SourceId = core::Id<struct SourceTag>;

/// A text of the store's table of names, such as a channel or a topic: 1, 2, ... in the order of
/// their bytes; 0 where nothing is known.
using Name = core::Id<struct NameTag>;

/// The host's own number of a record, unique among the records of its kind and source; 0 where the
/// host has none. Others refer to it by this number.
using RowKey = std::uint64_t;

/// What every record begins with.
struct Stamp {
  SourceId source = {};                      ///< whose it is
  core::Instant at = {};                     ///< when it was so
  core::Instant known = at;                  ///< when it was known: at once, unless said otherwise
  std::optional<core::Instant> voided = {};  ///< when it was taken back, if it was
  RowKey key = 0;
  Name origin = {};  ///< the system, form or person that it was learned from

  friend constexpr bool operator==(const Stamp&, const Stamp&) = default;
};

/// Which records count. By default what was so, and was known, by the end of `as_of`: no score of
/// the past sees what was learned later.
struct PointInTime {
  core::AsOf as_of;  ///< the day to which ages are counted
  /// The last day whose knowledge counts: a later one than `as_of` is hindsight.
  std::optional<core::AsOf> known = {};
  /// The last day whose records count, `as_of` if nothing is said. An earlier one lets time pass
  /// without anything happening.
  std::optional<core::AsOf> events = {};
};

/// A PointInTime in instants: what the loops ask.
struct Sight {
  core::Instant now;     ///< the midnight after the as-of day: ages and due times are held to it
  core::Instant events;  ///< what was so before it counts
  core::Instant known;   ///< what was known before it counts

  /// Days end at the midnights of `zone`.
  Sight(const PointInTime& point, const core::Zone& zone)
      : now(zone.begin_of(point.as_of.day() + std::chrono::days{1})),
        events(zone.begin_of(point.events.value_or(point.as_of).day() + std::chrono::days{1})),
        known(zone.begin_of(point.known.value_or(point.as_of).day() + std::chrono::days{1})) {}

  /// Whether something that was so at `at`, and was known at `when_known`, can be seen.
  [[nodiscard]] constexpr bool sees(core::Instant at, core::Instant when_known) const noexcept {
    return at < events && when_known < known;
  }
  /// Whether the record can be seen: also, that it was not known by then to be taken back.
  [[nodiscard]] constexpr bool sees(const Stamp& stamp) const noexcept {
    return sees(stamp.at, stamp.known) && !(stamp.voided && *stamp.voided < known);
  }
};

}  // namespace rapport::record

namespace rapport {

using record::PointInTime;

}  // namespace rapport

#endif  // RAPPORT_RECORD_STAMP_HPP
