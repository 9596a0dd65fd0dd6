#include <rapport/record/timeline.hpp>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace rapport::record {
namespace {

template <class Row>
Department department_of_kind(const Row& row) noexcept {
  if constexpr (requires { row.department; }) return row.department;
  if constexpr (std::same_as<Row, StoredTransaction> || std::same_as<Row, Grant>) {
    return Department::sales;
  }
  if constexpr (std::same_as<Row, Complaint> || std::same_as<Row, Survey>) {
    return Department::service;
  }
  if constexpr (std::same_as<Row, Consent>) return Department::marketing;
  return Department::unknown;
}

}  // namespace

Department department_of(const AnyRecord& record) noexcept {
  return std::visit([](const auto& row) { return department_of_kind(row); }, record);
}

const Stamp& stamp_of(const AnyRecord& record) noexcept {
  return std::visit([](const auto& row) -> const Stamp& { return row.stamp; }, record);
}

std::array<std::uint64_t, 4> Timeline::by_department() const noexcept {
  std::array<std::uint64_t, 4> counts{};
  for (const AnyRecord& record : records) {
    ++counts[static_cast<std::size_t>(department_of(record))];
  }
  return counts;
}

std::array<std::uint64_t, kind_count> Timeline::by_kind() const noexcept {
  std::array<std::uint64_t, kind_count> counts{};
  for (const AnyRecord& record : records) ++counts[record.index()];
  return counts;
}

Timeline Timeline::of(Department department) const {
  Timeline slice;
  std::copy_if(records.begin(), records.end(), std::back_inserter(slice.records),
               [&](const AnyRecord& record) { return department_of(record) == department; });
  return slice;
}

Timeline timeline(const CustomerView& customer) {
  Timeline line;
  each_kind([&]<class Row>() {
    customer.each<Row>([&](const Row& row) { line.records.emplace_back(row); });
  });
  // Each kind came in order, so a stable sort by instant leaves kinds, sources and keys in theirs.
  std::stable_sort(
      line.records.begin(), line.records.end(),
      [](const AnyRecord& a, const AnyRecord& b) { return stamp_of(a).at < stamp_of(b).at; });
  return line;
}

}  // namespace rapport::record
