#ifndef RAPPORT_RECORD_TABLE_BUILDER_HPP
#define RAPPORT_RECORD_TABLE_BUILDER_HPP

/// \file
/// Rows of one kind in the order in which they come, and how they become a table.

#include <rapport/core/parallel.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/core/wide.hpp>
#include <rapport/record/table.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace rapport::record {

/// Rows that a kind sets right or refuses by itself.
template <class Row>
concept Normalised = requires(Row& row) {
  { row.normalise() } -> std::same_as<std::optional<core::Reason>>;
};

/// Collects the rows of one kind; a StoreBuilder has one for each.
template <Record Row>
class TableBuilder {
 public:
  explicit TableBuilder(core::Instant epoch) { table_.epoch_ = epoch; }

  [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }

  /// Adds a row, or says why it cannot be one; a refused row leaves no trace.
  [[nodiscard]] std::optional<core::Reason> add(Row row) {
    if constexpr (Normalised<Row>) {
      if (const auto reason = row.normalise()) return reason;
    }
    if (!instants_fit(row)) return core::Reason::date_out_of_range;
    const std::size_t rows = size();
    const core::Instant epoch = table_.epoch_;
    const Row& standard = Table<Row>::standard();
    sources_.push_back(row.stamp.source.value);
    if (table_.known_.empty() && row.stamp.known != row.stamp.at) table_.known_ = table_.at_;
    table_.at_.push_back(clamped_seconds(row.stamp.at, epoch));
    if (!table_.known_.empty() || row.stamp.known != row.stamp.at) {
      table_.known_.push_back(clamped_seconds(row.stamp.known, epoch));
    }
    table_.voided_.add(rows, row.stamp.voided, std::nullopt, epoch);
    table_.key_.add(rows, row.stamp.key, 0, epoch);
    table_.origin_.add(rows, row.stamp.origin, {}, epoch);
    table_.each_column([&](auto& column, const auto& described) {
      const auto member = described.member;
      if constexpr (std::remove_cvref_t<decltype(described)>::is_money) {
        const std::int64_t amount = row.*member;
        money_sizes_ += amount < 0 ? -core::Int128{amount} : core::Int128{amount};
      }
      column.add(rows, row.*member, standard.*member, epoch);
    });
    return std::nullopt;
  }

  /// The table. `source_numbers` and `names` give the final number for each one used so far.
  /// \throws std::overflow_error if sums of amounts could leave 64 bits.
  [[nodiscard]] Table<Row> build(std::span<const std::uint32_t> source_numbers,
                                 std::span<const std::uint32_t> names,
                                 const core::Threads& threads) && {
    if (money_sizes_ > core::Int128{INT64_MAX}) {
      throw std::overflow_error("StoreBuilder: the amounts of all " + std::string(Row::kind_name) +
                                " add up beyond 64 bits");
    }
    renumber(table_.origin_, names);
    table_.each_column([&](auto& column, const auto& described) {
      using Value = std::remove_cvref_t<decltype(std::declval<Row>().*(described.member))>;
      if constexpr (std::same_as<Value, Name>) renumber(column, names);
    });
    const auto order = cluster(source_numbers, threads);
    const auto gather = [&](core::RawVector<std::uint32_t>& column) {
      if (column.empty()) return;
      core::RawVector<std::uint32_t> gathered(column.size());
      for (std::size_t i = 0; i < order.size(); ++i) gathered[i] = column[order[i]];
      column = std::move(gathered);
    };
    gather(table_.at_);
    gather(table_.known_);
    table_.voided_.permute(order);
    table_.key_.permute(order);
    table_.origin_.permute(order);
    table_.each_column([&](auto& column, const auto&) { column.permute(order); });
    return std::move(table_);
  }

 private:
  [[nodiscard]] bool instants_fit(const Row& row) const noexcept {
    const core::Instant epoch = table_.epoch_;
    bool fit = in_range(row.stamp.at, epoch) && in_range(row.stamp.known, epoch) &&
               (!row.stamp.voided || in_range(*row.stamp.voided, epoch));
    std::as_const(table_).each_column([&](const auto&, const auto& member) {
      using Packing = detail::Packing<std::remove_cvref_t<decltype(row.*member)>>;
      if constexpr (Packing::is_instant) fit = fit && Packing::fits(row.*member, epoch);
    });
    return fit;
  }

  static void renumber(detail::PackedColumn<Name>& column, std::span<const std::uint32_t> names) {
    for (std::uint32_t& name : column.kept()) {
      if (name != 0) name = names[name - 1] + 1;
    }
  }

  // The order of rows by source, then by instant, key and all other columns, so that it does not
  // depend on the order in which they came. Sets the offsets.
  [[nodiscard]] core::RawVector<std::uint32_t> cluster(
      std::span<const std::uint32_t> source_numbers, const core::Threads& threads) {
    if (size() > UINT32_MAX) {
      throw std::length_error("StoreBuilder: more than 2^32 - 1 " + std::string(Row::kind_name));
    }
    auto& offsets = table_.offsets_;
    offsets.resize(source_numbers.size() + 1, 0);
    for (const std::uint32_t source : sources_) ++offsets[source_numbers[source] + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    core::RawVector<std::uint32_t> order(size());
    std::vector<std::uint64_t> next(offsets.begin(), offsets.end() - 1);
    for (std::size_t i = 0; i < size(); ++i) {
      order[next[source_numbers[sources_[i]]]++] = static_cast<std::uint32_t>(i);
    }
    constexpr std::size_t sources_per_block = 4096;
    core::for_blocks(threads, source_numbers.size(), sources_per_block,
                     [&](std::size_t begin, std::size_t end) {
                       for (std::size_t source = begin; source < end; ++source) {
                         const auto first = static_cast<std::ptrdiff_t>(offsets[source]);
                         const auto last = static_cast<std::ptrdiff_t>(offsets[source + 1]);
                         std::sort(order.begin() + first, order.begin() + last,
                                   [&](std::uint32_t a, std::uint32_t b) { return before(a, b); });
                       }
                     });
    return order;
  }

  [[nodiscard]] bool before(std::size_t a, std::size_t b) const noexcept {
    if (table_.at_[a] != table_.at_[b]) return table_.at_[a] < table_.at_[b];
    int sign = table_.key_.compare(a, b);
    if (sign == 0 && !table_.known_.empty() && table_.known_[a] != table_.known_[b]) {
      sign = table_.known_[a] < table_.known_[b] ? -1 : 1;
    }
    if (sign == 0) sign = table_.voided_.compare(a, b);
    if (sign == 0) sign = table_.origin_.compare(a, b);
    std::apply(
        [&](const auto&... columns) { ((sign = sign != 0 ? sign : columns.compare(a, b)), ...); },
        table_.columns_);
    return sign < 0;
  }

  Table<Row> table_;
  core::RawVector<std::uint32_t> sources_;
  core::Int128 money_sizes_ = 0;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_TABLE_BUILDER_HPP
