#include "distinct_rows.hpp"

#include <rapport/core/check.hpp>
#include <rapport/core/raw_vector.hpp>

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

// Rows that a thread fetches at once.
constexpr std::size_t rows_distinguished_per_block = std::size_t{1} << 16;

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

// Doubles are ordered as these are: the bits of positive ones above those of negative ones, which
// count backwards. Adding 0 turns -0 into 0.
std::uint64_t ordered_bits(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return (bits & sign_bit) == 0 ? bits | sign_bit : ~bits;
}

double from_ordered_bits(std::uint64_t bits) {
  return std::bit_cast<double>((bits & sign_bit) != 0 ? bits ^ sign_bit : ~bits);
}

int bits_for(std::size_t values) {
  return values <= 1 ? 0 : static_cast<int>(std::bit_width(values - 1));
}

std::uint64_t key_of(const std::uint64_t& key) { return key; }
std::uint64_t& key_of(std::uint64_t& key) { return key; }

struct KeyedWeight {
  std::uint64_t key;
  double weight;
};

std::uint64_t key_of(const KeyedWeight& record) { return record.key; }
std::uint64_t& key_of(KeyedWeight& record) { return record.key; }
double weight_of(std::uint64_t /*key*/) { return 1; }
double weight_of(const KeyedWeight& record) { return record.weight; }

struct KeyedRow {
  std::uint64_t key;
  std::uint32_t row;
};

std::uint64_t key_of(const KeyedRow& record) { return record.key; }

// Sorts by key, of which the low `bits` may differ, with one counting sort a digit; stable.
template <class Record>
void radix_sort(core::RawVector<Record>& records, int bits) {
  constexpr int widest_digit = 11;
  if (bits == 0 || records.size() < 2) return;
  const int digits = (bits + widest_digit - 1) / widest_digit;
  const int width = (bits + digits - 1) / digits;
  core::RawVector<Record> other(records.size());
  std::vector<std::size_t> position(std::size_t{1} << width);
  const std::uint64_t mask = position.size() - 1;
  for (int shift = 0; shift < bits; shift += width) {
    std::fill(position.begin(), position.end(), 0);
    for (const Record& record : records) ++position[(key_of(record) >> shift) & mask];
    if (position[(key_of(records.front()) >> shift) & mask] == records.size()) continue;
    std::size_t before = 0;
    for (std::size_t& p : position) before += std::exchange(p, before);
    for (const Record& record : records)
      other[position[(key_of(record) >> shift) & mask]++] = record;
    records.swap(other);
  }
}

// A column as ranks among its distinct values.
struct Ranked {
  std::vector<std::uint32_t> rank;    // one a row
  std::vector<std::uint64_t> values;  // ascending

  [[nodiscard]] int bits() const { return bits_for(values.size()); }
};

// Days, weeks and counts have few distinct values: a small hash table that stays in the cache
// ranks them at a few nanoseconds a row. Nothing if there are too many of them.
template <class KeyAt>
std::optional<Ranked> rank_by_hash(std::size_t rows, const KeyAt& key_at) {
  constexpr int table_bits = 14;
  constexpr std::size_t most = std::size_t{1} << (table_bits - 1);
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t id = 0;  // 0 is an empty slot
  };
  std::vector<Slot> table(std::size_t{1} << table_bits);
  Ranked result;
  result.rank.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t key = key_at(row);
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

// Days and counts are small integers: a table finds their ranks.
struct IntegerRanks {
  static constexpr std::uint32_t most = 1U << 16;

  std::vector<std::uint32_t> rank_of;  // by value; empty if the column has others
  std::vector<std::uint64_t> values;   // as ordered bits, ascending

  explicit IntegerRanks(std::span<const double> column) {
    std::vector<std::uint32_t> seen(most);
    for (const double value : column) {
      if (!(value >= 0 && value < most)) return;
      const auto integer = static_cast<std::uint32_t>(value);
      if (static_cast<double>(integer) != value) return;
      seen[integer] = 1;
    }
    for (std::uint32_t integer = 0; integer < most; ++integer) {
      if (seen[integer] == 0) continue;
      seen[integer] = static_cast<std::uint32_t>(values.size());
      values.push_back(ordered_bits(integer));
    }
    rank_of = std::move(seen);
  }
};

template <class KeyAt>
Ranked rank_by_sorting(std::size_t rows, const KeyAt& key_at) {
  core::RawVector<KeyedRow> sorted(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    sorted[row] = {key_at(row), static_cast<std::uint32_t>(row)};
  }
  radix_sort(sorted, 64);
  Ranked result;
  result.rank.resize(rows);
  for (const KeyedRow& row : sorted) {
    if (result.values.empty() || result.values.back() != row.key) result.values.push_back(row.key);
    result.rank[row.row] = static_cast<std::uint32_t>(result.values.size() - 1);
  }
  return result;
}

template <class KeyAt>
Ranked rank(std::size_t rows, const KeyAt& key_at) {
  auto ranked = rank_by_hash(rows, key_at);
  return ranked ? *std::move(ranked) : rank_by_sorting(rows, key_at);
}

// Row keys that order as the columns do, and the way back from keys to columns.
class PackedRows {
 public:
  PackedRows(std::span<const std::span<const double>> columns, const core::Threads& threads)
      : columns_(columns.size()), shifts_(columns.size()) {
    const std::size_t rows = columns.front().size();
    std::vector<std::vector<std::uint32_t>> rank_of(columns.size());
    threads.run(columns.size(), [&](std::size_t c) {
      IntegerRanks integers(columns[c]);
      rank_of[c] = std::move(integers.rank_of);
      columns_[c].values = std::move(integers.values);
      if (!rank_of[c].empty()) return;
      columns_[c] = rank(rows, [&](std::size_t row) { return ordered_bits(columns[c][row]); });
    });
    // The last columns first, since their order counts least. Where the ranks do not fit into 64
    // bits any more (above two million rows, all different), the key so far is ranked itself.
    keys_.assign(rows, 0);
    for (std::size_t c = columns.size(); c-- > 0;) {
      if (bits_ + columns_[c].bits() > 64) {
        Ranked ranked = rank(rows, [&](std::size_t row) { return keys_[row]; });
        std::copy(ranked.rank.begin(), ranked.rank.end(), keys_.begin());
        bits_ = ranked.bits();
        tails_.push_back({c + 1, std::move(ranked.values)});
      }
      shifts_[c] = bits_;
      const auto add_ranks = [&](const auto& rank_at) {
        core::for_blocks(threads, rows, rows_distinguished_per_block,
                         [&](std::size_t begin, std::size_t end) {
                           for (std::size_t row = begin; row < end; ++row) {
                             keys_[row] |= std::uint64_t{rank_at(row)} << bits_;
                           }
                         });
      };
      if (columns_[c].bits() > 0) {  // else a shift by all 64 bits could be asked for
        if (rank_of[c].empty()) {
          add_ranks([&](std::size_t row) { return columns_[c].rank[row]; });
        } else {
          add_ranks([&](std::size_t row) {
            return rank_of[c][static_cast<std::uint32_t>(columns[c][row])];
          });
        }
      }
      bits_ += columns_[c].bits();
      columns_[c].rank = {};
    }
  }

  [[nodiscard]] core::RawVector<std::uint64_t> take_keys() { return std::move(keys_); }
  [[nodiscard]] int bits() const { return bits_; }

  // Spends the keys of the records.
  template <class Record>
  void unpack(core::RawVector<Record> records, DistinctRows& result,
              const core::Threads& threads) const {
    std::size_t tail = tails_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (tail > 0 && tails_[tail - 1].first_column == c) {
        --tail;
        for (Record& record : records) key_of(record) = tails_[tail].values[key_of(record)];
      }
      std::vector<double> values(columns_[c].values.size());
      std::transform(columns_[c].values.begin(), columns_[c].values.end(), values.begin(),
                     from_ordered_bits);
      const bool last = c + 1 == columns_.size();
      if (last) result.last_rank.resize(records.size());
      std::vector<double>& column = result.columns[c];
      column.resize(records.size());
      const int shift = shifts_[c];
      core::for_blocks(threads, records.size(), rows_distinguished_per_block,
                       [&](std::size_t begin, std::size_t end) {
                         for (std::size_t i = begin; i < end; ++i) {
                           const std::uint64_t rank =
                               values.size() > 1 ? key_of(records[i]) >> shift : 0;
                           if (values.size() > 1) key_of(records[i]) -= rank << shift;
                           column[i] = values[rank];
                           if (last) result.last_rank[i] = static_cast<std::uint32_t>(rank);
                         }
                       });
      if (last) result.last_values = std::move(values);
    }
  }

 private:
  struct Tail {
    std::size_t first_column;
    std::vector<std::uint64_t> values;
  };
  std::vector<Ranked> columns_;
  std::vector<int> shifts_;
  std::vector<Tail> tails_;
  core::RawVector<std::uint64_t> keys_;
  int bits_ = 0;
};

// Sorts records and adds up the weights of equal keys.
template <class Record>
void collect(core::RawVector<Record> records, const PackedRows& packed, DistinctRows& result,
             const core::Threads& threads) {
  radix_sort(records, packed.bits());
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i == 0 || key_of(records[i]) != key_of(records[i - 1])) ++distinct;
  }
  result.weight.resize(distinct);
  std::size_t found = 0;
  for (std::size_t i = 0; i < records.size();) {
    const std::uint64_t key = key_of(records[i]);
    double weight = 0;
    for (; i < records.size() && key_of(records[i]) == key; ++i) weight += weight_of(records[i]);
    if (weight > 0) {
      key_of(records[found]) = key;
      result.weight[found++] = weight;
    }
  }
  records.resize(found);
  result.weight.resize(found);
  packed.unpack(std::move(records), result, threads);
}

}  // namespace

DistinctRows distinct_rows(std::span<const std::span<const double>> columns,
                           std::span<const double> weights, std::string_view place,
                           const core::Threads& threads) {
  DistinctRows result;
  result.columns.resize(columns.size());
  const std::size_t rows = columns.front().size();
  if (rows > std::numeric_limits<std::uint32_t>::max()) {
    throw std::invalid_argument(std::string(place) + ": more than 4294967295 rows");
  }
  if (rows == 0) return result;
  PackedRows packed(columns, threads);
  core::RawVector<std::uint64_t> keys = packed.take_keys();
  if (weights.empty()) {
    collect(std::move(keys), packed, result, threads);
  } else {
    core::RawVector<KeyedWeight> records(rows);
    for (std::size_t i = 0; i < rows; ++i) records[i] = {keys[i], weights[i]};
    collect(std::move(records), packed, result, threads);
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
