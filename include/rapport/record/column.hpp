#ifndef RAPPORT_RECORD_COLUMN_HPP
#define RAPPORT_RECORD_COLUMN_HPP

/// \file
/// How a kind of record says which columns it has, so that stores, files and projections of every
/// kind are written once.

#include <cstdint>
#include <string_view>

namespace rapport::record {

/// A member of a record and the name that it bears in files.
template <class Row, class Value>
struct Column {
  std::string_view name;
  Value Row::*member;
  static constexpr bool is_money = false;
};
template <class Row, class Value>
Column(const char*, Value Row::*) -> Column<Row, Value>;

/// An amount: minor units here, a decimal in files.
template <class Row>
struct MoneyColumn {
  std::string_view name;
  std::int64_t Row::*member;
  static constexpr bool is_money = true;
};
template <class Row>
MoneyColumn(const char*, std::int64_t Row::*) -> MoneyColumn<Row>;

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_COLUMN_HPP
