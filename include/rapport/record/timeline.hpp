#ifndef RAPPORT_RECORD_TIMELINE_HPP
#define RAPPORT_RECORD_TIMELINE_HPP

/// \file
/// The customer whole: one line of time over all kinds of records, all source records and all
/// departments.

#include <rapport/record/view.hpp>

#include <array>
#include <cstdint>
#include <variant>
#include <vector>

namespace rapport::record {

/// A record of any kind.
using AnyRecord = OfAllKinds<std::variant>;

/// The department that a record is of: its own, where it names one; sales for transactions and
/// grants, service for complaints and surveys, marketing for consents; else unknown.
[[nodiscard]] Department department_of(const AnyRecord& record) noexcept;

/// What every record carries.
[[nodiscard]] const Stamp& stamp_of(const AnyRecord& record) noexcept;

/// All that may be seen of one customer, in the order of instant, kind, source record and key.
struct Timeline {
  std::vector<AnyRecord> records;

  /// Records by department, in the order of Department. They add up to the whole.
  [[nodiscard]] std::array<std::uint64_t, 4> by_department() const noexcept;
  /// Records by kind, in the order of kind_names. They add up to the whole.
  [[nodiscard]] std::array<std::uint64_t, kind_count> by_kind() const noexcept;
  /// The slice of one department, in the same order.
  [[nodiscard]] Timeline of(Department department) const;
};

/// The whole line of one customer. O(n log n) in their visible records.
[[nodiscard]] Timeline timeline(const CustomerView& customer);

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_TIMELINE_HPP
