#ifndef RAPPORT_TESTS_SUPPORT_KEPT_RECORD_HPP
#define RAPPORT_TESTS_SUPPORT_KEPT_RECORD_HPP

/// \file
/// What tests of the kinds of records ask of each: the names of its columns, which files show, and
/// that its columns leave nothing out.

#include <rapport/core/time.hpp>
#include <rapport/record/table_builder.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace rapport::tests {

inline constexpr core::Instant noon =
    core::Day{std::chrono::year{2024} / 3 / 1} + std::chrono::hours{12};

/// A stamp of which every member has a value of its own.
inline constexpr record::Stamp full_stamp{.at = noon,
                                          .known = noon + std::chrono::hours{1},
                                          .voided = noon + std::chrono::hours{30},
                                          .key = std::numeric_limits<record::RowKey>::max(),
                                          .origin = {1}};

using Names = std::vector<std::string_view>;

/// The names of the columns, in their order.
template <record::Record Row>
Names column_names() {
  return std::apply([](const auto&... columns) { return Names{columns.name...}; }, Row::columns());
}

/// The row as a table gives it back: equal to what went in only if each of its members is a column.
/// \pre it is of source 0, and its names are among 1 to 9.
template <record::Record Row>
Row kept(const Row& row) {
  record::TableBuilder<Row> builder({});
  if (builder.add(row)) throw std::invalid_argument("the row was refused");
  const std::vector<std::uint32_t> sources = {0};
  const std::vector<std::uint32_t> names = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  return std::move(builder).build(sources, names, {}).row({0}, 0);
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_KEPT_RECORD_HPP
