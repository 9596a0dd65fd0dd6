#ifndef RAPPORT_RECORD_TABLE_HPP
#define RAPPORT_RECORD_TABLE_HPP

/// \file
/// All records of one kind in columns, each source record one contiguous run of rows in the order
/// of time. Rows come out as the structs of their kind; a column that every row leaves at its
/// default takes no room.

#include <rapport/core/raw_vector.hpp>
#include <rapport/record/column.hpp>
#include <rapport/record/packing.hpp>
#include <rapport/record/stamp.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace rapport::record {

/// A kind of record: a struct that begins with its Stamp and names its columns.
template <class Row>
concept Record = requires(const Row& row) {
  { row.stamp } -> std::convertible_to<const Stamp&>;
  Row::columns();
  Row::kind_name;
};

/// The records of one kind, made by a StoreBuilder. An immutable value.
template <Record Row>
class Table {
 public:
  /// Rows of all sources.
  [[nodiscard]] std::size_t size() const noexcept { return at_.size(); }

  /// The rows [begin, end) of a source, ascending by instant, key and the other columns.
  struct Run {
    std::uint64_t begin, end;
  };
  [[nodiscard]] Run run(SourceId source) const noexcept {
    if (offsets_.empty()) return {0, 0};
    return {offsets_[source.value], offsets_[source.value + 1]};
  }

  /// The record in that row. \pre `row` is one of the source's.
  [[nodiscard]] Row row(SourceId source, std::uint64_t row) const noexcept {
    Row result{};
    result.stamp = {.source = source,
                    .at = at(row),
                    .known = known(row),
                    .voided = voided_.get(row, std::nullopt, epoch_),
                    .key = key_.get(row, 0, epoch_),
                    .origin = origin_.get(row, {}, epoch_)};
    each_column([&](const auto& column, const auto& member) {
      result.*member = column.get(row, standard().*member, epoch_);
    });
    return result;
  }

  /// When the record in that row was so.
  [[nodiscard]] core::Instant at(std::uint64_t row) const noexcept {
    return epoch_ + std::chrono::seconds{at_[row]};
  }
  /// When that was known.
  [[nodiscard]] core::Instant known(std::uint64_t row) const noexcept {
    return known_.empty() ? at(row) : epoch_ + std::chrono::seconds{known_[row]};
  }

  /// Seconds from the epoch of all rows, and of when they were known: empty if that was at once.
  [[nodiscard]] std::span<const std::uint32_t> seconds() const noexcept { return at_; }
  [[nodiscard]] std::span<const std::uint32_t> known_seconds() const noexcept { return known_; }
  /// A second more than when rows were taken back, 0 where they were not; empty if none was.
  [[nodiscard]] std::span<const std::uint32_t> voided_seconds() const noexcept {
    return voided_.kept();
  }

  [[nodiscard]] core::Instant epoch() const noexcept { return epoch_; }

 private:
  friend class StoreBuilder;
  template <Record Other>
  friend class TableBuilder;

  template <class Tuple>
  struct ColumnsOf;
  template <class... C>
  struct ColumnsOf<std::tuple<C...>> {
    using Type = std::tuple<detail::PackedColumn<
        std::remove_cvref_t<decltype(std::declval<Row>().*(std::declval<C>().member))>>...>;
  };

  // What a column that is not kept stands for.
  static const Row& standard() noexcept {
    static constexpr Row row{};
    return row;
  }

  template <class F>
  void each_column(const F& f) const {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      constexpr auto columns = Row::columns();
      (f(std::get<I>(columns_), std::get<I>(columns).member), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(columns_)>>{});
  }
  template <class F>
  void each_column(const F& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      constexpr auto columns = Row::columns();
      (f(std::get<I>(columns_), std::get<I>(columns)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(columns_)>>{});
  }

  core::Instant epoch_ = {};
  core::RawVector<std::uint64_t> offsets_;
  core::RawVector<std::uint32_t> at_, known_;
  detail::PackedColumn<std::optional<core::Instant>> voided_;
  detail::PackedColumn<RowKey> key_;
  detail::PackedColumn<Name> origin_;
  typename ColumnsOf<decltype(Row::columns())>::Type columns_;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_TABLE_HPP
