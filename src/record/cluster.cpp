#include "cluster.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <tuple>
#include <utility>

// Rows are first dealt into ranges of keys that fit the cache, then ordered within each range: a
// sort of all rows would cross the memory many more times. The ranges are cut where they hold
// about as many rows each; where the cuts fall has no bearing on the result.
//
// Memory that is new costs more than the work done in it. So a row is dealt in two parts: first
// what it says beside its key, into new memory; by then the columns of times and amounts are spent,
// and the keys are dealt into the latter. The ordered rows go where keys and times arrived.

namespace rapport::record::detail {
namespace {

constexpr std::size_t rows_per_block = 1 << 17;
constexpr std::size_t rows_per_range = 1 << 14;
constexpr std::size_t most_ranges = 1 << 10;
constexpr int bucket_bits = 14;

// Keys as distances from the least one: they fit 64 bits without a sign.
std::uint64_t distance(std::int64_t key, std::int64_t least) {
  return static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(least);
}

struct KeyRange {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();

  void include(std::int64_t key) {
    least = std::min(least, key);
    most = std::max(most, key);
  }
  [[nodiscard]] std::uint64_t width() const { return distance(most, least); }
};

// How far to shift a distance up to `width` right so that it fits `bits`.
int shift_for(std::uint64_t width, int bits) {
  return std::max(0, static_cast<int>(std::bit_width(width)) - bits);
}

// What a row says beside its key, in one number that ascends as the rows of a customer do: by
// time, sales before refunds, then by amount. For ledgers without details, of amounts that fit
// 32 bits: nearly all there are.
class SmallEntry {
 public:
  SmallEntry() = default;
  SmallEntry(std::uint32_t time, std::int64_t amount, std::uint64_t /*arrival*/)
      : bits_(std::uint64_t{time} << 32 | static_cast<std::uint32_t>(amount)) {}

  [[nodiscard]] std::uint32_t time() const { return static_cast<std::uint32_t>(bits_ >> 32); }
  [[nodiscard]] std::int64_t amount() const { return static_cast<std::int32_t>(bits_); }
  [[nodiscard]] static std::uint32_t arrival() { return 0; }

  [[nodiscard]] bool before(const SmallEntry& other, std::span<const Details>) const {
    return bits_ < other.bits_;
  }

 private:
  std::uint64_t bits_;
};

// The same for any ledger.
class AnyEntry {
 public:
  AnyEntry() = default;
  AnyEntry(std::uint32_t time, std::int64_t amount, std::uint64_t arrival)
      : amount_(amount), time_(time), arrival_(static_cast<std::uint32_t>(arrival)) {}

  [[nodiscard]] std::uint32_t time() const { return time_; }
  [[nodiscard]] std::int64_t amount() const { return amount_; }
  [[nodiscard]] std::uint32_t arrival() const { return arrival_; }

  [[nodiscard]] bool before(const AnyEntry& other, std::span<const Details> details) const {
    if (time_ != other.time_) return time_ < other.time_;
    if (details.empty()) {
      return std::tuple(amount_ < 0, amount_) < std::tuple(other.amount_ < 0, other.amount_);
    }
    const Details& x = details[arrival_];
    const Details& y = details[other.arrival_];
    return std::tie(x.kind, amount_, x.channel, x.category) <
           std::tie(y.kind, other.amount_, y.channel, y.category);
  }

 private:
  std::int64_t amount_;
  std::uint32_t time_;
  std::uint32_t arrival_;
};

// Where every row goes: found from the keys alone.
class Dealing {
 public:
  Dealing(std::span<const ArrivedRows> parts, const core::Threads& threads) : threads_(threads) {
    for (const ArrivedRows& part : parts) {
      for (std::size_t begin = 0; begin < part.times.size(); begin += rows_per_block) {
        const std::size_t end = std::min(begin + rows_per_block, part.times.size());
        blocks_.push_back({&part, begin, end, rows_ + begin});
      }
      rows_ += part.times.size();
    }
    if (rows_ > 0) place(count());
  }

  [[nodiscard]] std::uint64_t rows() const { return rows_; }

  // The rows of range i are dealt to [begins()[i], begins()[i + 1]).
  [[nodiscard]] const std::vector<std::uint64_t>& begins() const { return begins_; }

  // Deals `value_of(part, row, arrival)` of every row.
  template <class Value, class ValueOf>
  void deal(core::RawVector<Value>& dealt, const ValueOf& value_of) const {
    threads_.run(blocks_.size(), [&](std::size_t b) {
      const Block& block = blocks_[b];
      std::vector<std::uint64_t> next = cursors_[b];
      for (std::size_t i = block.begin; i < block.end; ++i) {
        dealt[next[range_of_[bucket_of(block.part->key(i))]]++] =
            value_of(*block.part, i, block.arrival + (i - block.begin));
      }
    });
  }

 private:
  struct Block {
    const ArrivedRows* part;
    std::size_t begin, end;
    std::uint64_t arrival;  // of the first row, over all parts
  };
  using Counts = std::vector<std::vector<std::uint32_t>>;

  [[nodiscard]] std::size_t bucket_of(std::int64_t key) const {
    return distance(key, keys_.least) >> shift_;
  }

  // How many rows each block has in each bucket of keys.
  Counts count() {
    std::vector<KeyRange> key_ranges(blocks_.size());
    threads_.run(blocks_.size(), [&](std::size_t b) {
      const Block& block = blocks_[b];
      KeyRange range;
      for (std::size_t i = block.begin; i < block.end; ++i) range.include(block.part->key(i));
      key_ranges[b] = range;
    });
    for (const KeyRange& range : key_ranges) {
      keys_.include(range.least);
      keys_.include(range.most);
    }
    shift_ = shift_for(keys_.width(), bucket_bits);
    range_of_.resize((keys_.width() >> shift_) + 1);
    Counts counts(blocks_.size());
    threads_.run(blocks_.size(), [&](std::size_t b) {
      const Block& block = blocks_[b];
      std::vector<std::uint32_t> count(range_of_.size());
      for (std::size_t i = block.begin; i < block.end; ++i) ++count[bucket_of(block.part->key(i))];
      counts[b] = std::move(count);
    });
    return counts;
  }

  // Makes ranges of about equal size of neighbouring buckets, and finds where each block writes
  // its rows of each range.
  void place(const Counts& counts) {
    const std::size_t per_range = std::max<std::size_t>(rows_per_range, rows_ / most_ranges);
    begins_ = {0};
    std::uint64_t rows = 0;
    for (std::size_t bucket = 0; bucket < range_of_.size(); ++bucket) {
      std::uint64_t in_bucket = 0;
      for (const auto& count : counts) in_bucket += count[bucket];
      if (rows > begins_.back() && rows + in_bucket - begins_.back() > per_range) {
        begins_.push_back(rows);
      }
      range_of_[bucket] = static_cast<std::uint16_t>(begins_.size() - 1);
      rows += in_bucket;
    }
    const std::size_t ranges = begins_.size();
    begins_.push_back(rows_);

    cursors_.assign(blocks_.size(), std::vector<std::uint64_t>(ranges, 0));
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      for (std::size_t bucket = 0; bucket < range_of_.size(); ++bucket) {
        cursors_[b][range_of_[bucket]] += counts[b][bucket];
      }
    }
    for (std::size_t range = 0; range < ranges; ++range) {
      std::uint64_t next = begins_[range];
      for (auto& cursor : cursors_) next += std::exchange(cursor[range], next);
    }
  }

  const core::Threads& threads_;
  std::vector<Block> blocks_;
  std::uint64_t rows_ = 0;
  KeyRange keys_;
  int shift_ = 0;
  std::vector<std::uint16_t> range_of_;  // of each bucket
  std::vector<std::uint64_t> begins_;
  std::vector<std::vector<std::uint64_t>> cursors_;  // of each block, in each range
};

// Puts the rows of a range in order: by key, then as the rows of one customer are.
template <class Entry>
class Orderer {
 public:
  struct Row {
    std::int64_t key;
    Entry entry;
  };

  explicit Orderer(std::span<const Details> details) : details_(details) {}

  // The rows in order; they stand until the next call.
  [[nodiscard]] std::span<const Row> order(std::span<const std::int64_t> keys,
                                           std::span<const Entry> entries) {
    ordered_.resize(keys.size());
    deal(
        keys.size(),
        [&](std::size_t i) {
          return Row{keys[i], entries[i]};
        },
        ordered_);
    return ordered_;
  }

 private:
  static constexpr std::size_t few = 16;

  // Deals rows by the leading bits of their keys into about as many buckets as there are rows,
  // then orders each bucket: it is one customer's, or few rows, or dealt again.
  template <class RowAt>
  void deal(std::size_t size, const RowAt& row_at, std::span<Row> out) {
    KeyRange range;
    for (std::size_t i = 0; i < size; ++i) range.include(row_at(i).key);
    const int shift = shift_for(range.width(), static_cast<int>(std::bit_width(size)) - 1);
    const auto bucket_of = [&](const Row& row) { return distance(row.key, range.least) >> shift; };
    std::vector<std::size_t> ends((range.width() >> shift) + 1);
    for (std::size_t i = 0; i < size; ++i) ++ends[bucket_of(row_at(i))];
    std::size_t sum = 0;
    for (std::size_t& end : ends) sum += std::exchange(end, sum);
    for (std::size_t i = 0; i < size; ++i) {
      const Row row = row_at(i);
      out[ends[bucket_of(row)]++] = row;
    }
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      if (end - begin > 1) order(out.subspan(begin, end - begin));
      begin = end;
    }
  }

  void order(std::span<Row> rows) {
    const auto other_key = [&](const Row& row) { return row.key != rows.front().key; };
    const auto earlier = [this](const Row& a, const Row& b) { return before(a, b); };
    if (rows.size() <= few) {
      place(rows);
    } else if (std::any_of(rows.begin(), rows.end(), other_key)) {
      const std::vector<Row> copy(rows.begin(), rows.end());
      deal(
          copy.size(), [&](std::size_t i) { return copy[i]; }, rows);
    } else if (!std::is_sorted(rows.begin(), rows.end(), earlier)) {
      std::sort(rows.begin(), rows.end(), earlier);
    }
  }

  // Puts each of few rows where the comparisons with all others say. That takes more of them than
  // a sort, but no branches, which a processor cannot foresee in rows of any order.
  void place(std::span<Row> rows) const {
    std::array<Row, few> copy;
    std::array<std::uint32_t, few> places{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      copy[i] = rows[i];
      for (std::size_t j = 0; j < i; ++j) {
        const bool first = before(copy[i], copy[j]);
        places[j] += first;
        places[i] += !first;
      }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) rows[places[i]] = copy[i];
  }

  [[nodiscard]] bool before(const Row& a, const Row& b) const {
    const bool entry = a.entry.before(b.entry, details_);
    return a.key < b.key || (a.key == b.key && entry);
  }

  std::span<const Details> details_;
  std::vector<Row> ordered_;
};

template <class Entry>
Clustered cluster_as(std::span<const ArrivedRows> parts, std::span<const Details> details,
                     const Spent& spent, const core::Threads& threads) {
  const Dealing dealing(parts, threads);
  const std::uint64_t total = dealing.rows();
  Clustered result;
  result.offsets = {0};
  if (total == 0) return result;

  // What is cleared before it is resized is not copied if it has to move.
  const auto reuse = [total](auto& column) {
    column.clear();
    column.resize(total);
    return std::move(column);
  };
  core::RawVector<Entry> entries(total);
  dealing.deal(entries, [](const ArrivedRows& part, std::size_t row, std::uint64_t arrival) {
    return Entry(part.times[row], part.amounts[row], arrival);
  });
  core::RawVector<std::int64_t> keys = reuse(spent.amounts);
  dealing.deal(
      keys, [](const ArrivedRows& part, std::size_t row, std::uint64_t) { return part.key(row); });
  result.times = reuse(spent.times);
  result.amounts = reuse(spent.keys);
  result.arrival.resize(details.empty() ? 0 : total);

  // Several ranges a task, so that they share the orderer's memory.
  const std::vector<std::uint64_t>& begins = dealing.begins();
  const std::size_t ranges = begins.size() - 1;
  const std::size_t per_task = std::max<std::size_t>(1, ranges / 64);
  struct Found {
    std::vector<std::int64_t> keys;
    std::vector<std::uint64_t> ends;
  };
  std::vector<Found> found((ranges + per_task - 1) / per_task);
  threads.run(found.size(), [&](std::size_t task) {
    const std::size_t first = task * per_task;
    const std::size_t last = std::min(first + per_task, ranges);
    Orderer<Entry> orderer(details);
    Found customers;
    for (std::size_t range = first; range < last; ++range) {
      std::uint64_t next = begins[range];
      const std::uint64_t size = begins[range + 1] - next;
      for (const auto& row : orderer.order(std::span<const std::int64_t>(keys).subspan(next, size),
                                           std::span<const Entry>(entries).subspan(next, size))) {
        if (customers.keys.empty() || customers.keys.back() != row.key) {
          customers.keys.push_back(row.key);
          customers.ends.push_back(next);
        }
        result.times[next] = row.entry.time();
        result.amounts[next] = row.entry.amount();
        if (!details.empty()) result.arrival[next] = row.entry.arrival();
        customers.ends.back() = ++next;
      }
    }
    found[task] = std::move(customers);
  });

  std::vector<std::size_t> customers_before = {0};
  for (const Found& part : found) {
    customers_before.push_back(customers_before.back() + part.keys.size());
  }
  result.keys.resize(customers_before.back());
  result.offsets.resize(customers_before.back() + 1);
  threads.run(found.size(), [&](std::size_t task) {
    const auto at = static_cast<std::ptrdiff_t>(customers_before[task]);
    std::copy(found[task].keys.begin(), found[task].keys.end(), result.keys.begin() + at);
    std::copy(found[task].ends.begin(), found[task].ends.end(), result.offsets.begin() + 1 + at);
    found[task] = {};
  });
  return result;
}

}  // namespace

Clustered cluster(std::span<const ArrivedRows> parts, std::span<const Details> details,
                  const Spent& spent, const core::Threads& threads) {
  const bool small = details.empty() && std::all_of(parts.begin(), parts.end(),
                                                    [](const auto& p) { return p.small_amounts; });
  return small ? cluster_as<SmallEntry>(parts, details, spent, threads)
               : cluster_as<AnyEntry>(parts, details, spent, threads);
}

}  // namespace rapport::record::detail
