#include "distinct_rows.hpp"

#include <rapport/core/check.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace rapport::clv {
namespace {

// Non-negative doubles are ordered as their bits are; adding 0 turns -0 into 0.
std::uint64_t ordered_bits(double value) { return std::bit_cast<std::uint64_t>(value + 0.0); }

int bits_for(std::size_t values) {
  return values <= 1 ? 0 : static_cast<int>(std::bit_width(values - 1));
}

// Sorts by `key`, of which the low `bits` may differ, with one counting sort a digit; stable.
template <class Record>
void radix_sort(std::vector<Record>& records, int bits) {
  constexpr int widest_digit = 11;
  if (bits == 0 || records.size() < 2) return;
  const int digits = (bits + widest_digit - 1) / widest_digit;
  const int width = (bits + digits - 1) / digits;
  std::vector<Record> other(records.size());
  std::vector<std::size_t> position(std::size_t{1} << width);
  const std::uint64_t mask = position.size() - 1;
  for (int shift = 0; shift < bits; shift += width) {
    std::fill(position.begin(), position.end(), 0);
    for (const Record& record : records) ++position[(record.key >> shift) & mask];
    if (position[(records.front().key >> shift) & mask] == records.size()) continue;
    std::size_t before = 0;
    for (std::size_t& p : position) before += std::exchange(p, before);
    for (const Record& record : records) other[position[(record.key >> shift) & mask]++] = record;
    records.swap(other);
  }
}

struct Keyed {
  std::uint64_t key;
};

struct KeyedWeight {
  std::uint64_t key;
  double weight;
};

struct KeyedRow {
  std::uint64_t key;
  std::uint32_t row;
};

// A column as ranks among its distinct values.
struct Ranked {
  std::vector<std::uint32_t> rank;    // one a row
  std::vector<std::uint64_t> values;  // ascending

  [[nodiscard]] int bits() const { return bits_for(values.size()); }
};

// Days, weeks and counts have few distinct values: a small hash table that stays in the cache
// ranks them at a few nanoseconds a row. Nothing if there are too many of them.
std::optional<Ranked> rank_by_hash(std::span<const std::uint64_t> keys) {
  constexpr int table_bits = 14;
  constexpr std::size_t most = std::size_t{1} << (table_bits - 1);
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t id = 0;  // 0 is an empty slot
  };
  std::vector<Slot> table(std::size_t{1} << table_bits);
  Ranked result;
  result.rank.resize(keys.size());
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const std::uint64_t key = keys[row];
    std::size_t place = (key * 0x9E3779B97F4A7C15U) >> (64 - table_bits);
    while (table[place].id != 0 && table[place].key != key) place = (place + 1) % table.size();
    if (table[place].id == 0) {
      if (result.values.size() == most) return std::nullopt;
      result.values.push_back(key);
      table[place] = {key, static_cast<std::uint32_t>(result.values.size())};
    }
    result.rank[row] = table[place].id - 1;
  }
  const std::vector<std::uint64_t> by_id = result.values;
  std::sort(result.values.begin(), result.values.end());
  std::vector<std::uint32_t> rank_of(by_id.size());
  for (std::size_t id = 0; id < by_id.size(); ++id) {
    const auto found = std::lower_bound(result.values.begin(), result.values.end(), by_id[id]);
    rank_of[id] = static_cast<std::uint32_t>(found - result.values.begin());
  }
  for (std::uint32_t& rank : result.rank) rank = rank_of[rank];
  return result;
}

Ranked rank_by_sorting(std::span<const std::uint64_t> keys) {
  std::vector<KeyedRow> rows(keys.size());
  for (std::size_t row = 0; row < keys.size(); ++row) {
    rows[row] = {keys[row], static_cast<std::uint32_t>(row)};
  }
  radix_sort(rows, 64);
  Ranked result;
  result.rank.resize(keys.size());
  for (const KeyedRow& row : rows) {
    if (result.values.empty() || result.values.back() != row.key) result.values.push_back(row.key);
    result.rank[row.row] = static_cast<std::uint32_t>(result.values.size() - 1);
  }
  return result;
}

Ranked rank(std::span<const std::uint64_t> keys) {
  auto ranked = rank_by_hash(keys);
  return ranked ? *std::move(ranked) : rank_by_sorting(keys);
}

// Row keys that order as the columns do, and the way back from a key to the columns.
class PackedRows {
 public:
  explicit PackedRows(std::span<const std::span<const double>> columns) : columns_(columns.size()) {
    std::vector<std::uint64_t> bits(columns.front().size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
      std::transform(columns[c].begin(), columns[c].end(), bits.begin(), ordered_bits);
      columns_[c] = rank(bits);
    }
    // The last columns first, since their order counts least. Where the ranks do not fit into 64
    // bits any more (above two million rows, all different), the key so far is ranked itself.
    keys_.assign(bits.size(), 0);
    for (std::size_t c = columns.size(); c-- > 0;) {
      if (bits_ + columns_[c].bits() > 64) {
        tails_.push_back({c + 1, rank(keys_)});
        const auto& tail = tails_.back().ranked;
        std::copy(tail.rank.begin(), tail.rank.end(), keys_.begin());
        bits_ = tail.bits();
      }
      if (columns_[c].bits() > 0) {  // else a shift by all 64 bits could be asked for
        for (std::size_t row = 0; row < keys_.size(); ++row) {
          keys_[row] |= std::uint64_t{columns_[c].rank[row]} << bits_;
        }
      }
      shifts_.insert(shifts_.begin(), bits_);
      bits_ += columns_[c].bits();
      columns_[c].rank = {};
    }
  }

  [[nodiscard]] std::span<const std::uint64_t> keys() const { return keys_; }
  [[nodiscard]] int bits() const { return bits_; }

  void unpack(std::uint64_t key, std::vector<std::vector<double>>& columns) const {
    std::size_t tail = tails_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (tail > 0 && tails_[tail - 1].column == c) key = tails_[--tail].ranked.values[key];
      std::uint64_t rank = 0;
      if (columns_[c].values.size() > 1) {
        rank = key >> shifts_[c];
        key -= rank << shifts_[c];
      }
      columns[c].push_back(std::bit_cast<double>(columns_[c].values[rank]));
    }
  }

 private:
  struct Tail {
    std::size_t column;  // the first one it holds
    Ranked ranked;
  };
  std::vector<Ranked> columns_;
  std::vector<Tail> tails_;
  std::vector<std::uint64_t> keys_;
  std::vector<int> shifts_;
  int bits_ = 0;
};

}  // namespace

DistinctRows distinct_rows(std::span<const std::span<const double>> columns,
                           std::span<const double> weights, std::string_view place) {
  DistinctRows result;
  result.columns.resize(columns.size());
  const std::size_t rows = columns.front().size();
  if (rows > std::numeric_limits<std::uint32_t>::max()) {
    throw std::invalid_argument(std::string(place) + ": more than 4294967295 rows");
  }
  if (rows == 0) return result;
  const PackedRows packed(columns);
  const auto collect = [&](auto records, auto weight_of) {
    radix_sort(records, packed.bits());
    for (std::size_t i = 0; i < records.size();) {
      double weight = 0;
      std::size_t end = i;
      for (; end < records.size() && records[end].key == records[i].key; ++end) {
        weight += weight_of(records[end]);
      }
      if (weight > 0) {
        packed.unpack(records[i].key, result.columns);
        result.weight.push_back(weight);
      }
      i = end;
    }
  };
  if (weights.empty()) {
    std::vector<Keyed> records(rows);
    for (std::size_t i = 0; i < rows; ++i) records[i].key = packed.keys()[i];
    collect(std::move(records), [](const Keyed&) { return 1.0; });
  } else {
    std::vector<KeyedWeight> records(rows);
    for (std::size_t i = 0; i < rows; ++i) records[i] = {packed.keys()[i], weights[i]};
    collect(std::move(records), [](const KeyedWeight& record) { return record.weight; });
  }
  return result;
}

void throw_bad_row(std::string_view place, std::string_view column, std::size_t row, double value,
                   std::string_view requirement) {
  core::throw_domain_error(place, std::string(column) + " of row " + std::to_string(row), value,
                           requirement);
}

void check_count(double value, std::string_view place, std::string_view column, std::size_t row) {
  if (!(value >= 0 && value <= 0x1p53 && value == std::floor(value))) {
    throw_bad_row(place, column, row, value, "an integer in [0, 2^53]");
  }
}

}  // namespace rapport::clv
