#include "cluster.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>
#include <utility>

// Rows are first dealt into ranges of keys that fit the cache, then ordered within each range: a
// sort of all rows would cross the memory many more times. The ranges are cut where they hold
// about as many rows each; where the cuts fall has no bearing on the result.

namespace rapport::record::detail {
namespace {

constexpr std::size_t rows_per_block = 1 << 17;
constexpr std::size_t rows_per_range = 1 << 15;
constexpr std::size_t most_ranges = 1 << 10;
constexpr int bucket_bits = 14;

struct Row {
  std::int64_t key;
  std::int64_t amount;
  std::uint32_t time;
  std::uint32_t arrival;
};

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

// Puts the rows of one range in order and writes them where the range begins in the result.
class RangeOrderer {
 public:
  RangeOrderer(std::span<const Details> details, Clustered& result, std::uint64_t begin)
      : details_(details), result_(result), next_(begin) {}

  std::vector<std::int64_t> keys;
  std::vector<std::uint64_t> ends;

  void order(std::span<Row> rows) {
    if (rows.empty()) return;
    KeyRange range;
    for (const Row& row : rows) range.include(row.key);
    if (range.width() / 4 < rows.size()) {
      count_by(rows, range.width() + 1,
               [&](const Row& row) { return distance(row.key, range.least); });
    } else if (rows.size() <= 8 * rows_per_range) {
      count_by_rank(rows);
    } else {
      split(rows, range);
    }
  }

 private:
  // A range that is both crowded and sparse: deal it out once more by its leading bits.
  void split(std::span<Row> rows, const KeyRange& range) {
    constexpr int bits = 8;
    const int shift = shift_for(range.width(), bits);
    const auto bucket = [&](const Row& row) { return distance(row.key, range.least) >> shift; };
    std::vector<std::size_t> ends_of(1U << bits);
    for (const Row& row : rows) ++ends_of[bucket(row)];
    std::size_t sum = 0;
    for (std::size_t& end : ends_of) sum = end += sum;
    std::vector<Row> dealt(rows.size());
    for (std::size_t i = rows.size(); i-- > 0;) dealt[--ends_of[bucket(rows[i])]] = rows[i];
    for (std::size_t b = 0; b < ends_of.size(); ++b) {
      const std::size_t end = b + 1 < ends_of.size() ? ends_of[b + 1] : rows.size();
      order(std::span(dealt).subspan(ends_of[b], end - ends_of[b]));
    }
  }

  // Counting sort by a small number that ascends with the key.
  template <class NumberOf>
  void count_by(std::span<Row> rows, std::size_t numbers, const NumberOf& number_of) {
    counts_.assign(numbers, 0);
    for (const Row& row : rows) ++counts_[number_of(row)];
    std::size_t sum = 0;
    for (std::size_t& count : counts_) sum = count += sum;
    ordered_.resize(rows.size());
    for (std::size_t i = rows.size(); i-- > 0;) ordered_[--counts_[number_of(rows[i])]] = rows[i];
    write();
  }

  // The same with the rank of the key among the distinct ones, found through a hash table.
  void count_by_rank(std::span<Row> rows) {
    const std::size_t size = std::bit_ceil(2 * rows.size());
    const int shift = 64 - std::countr_zero(size);
    slots_.assign(size, 0);
    numbers_.resize(rows.size());
    distinct_.clear();
    // Keys can be made to share a slot: then they are sorted, and cost a logarithm instead.
    std::size_t probes_left = 16 * rows.size();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::int64_t key = rows[i].key;
      std::size_t slot = (static_cast<std::uint64_t>(key) * 0x9e3779b97f4a7c15U) >> shift;
      while (slots_[slot] != 0 && distinct_[slots_[slot] - 1].first != key) {
        if (probes_left-- == 0) return sort_by_key(rows);
        slot = (slot + 1) & (size - 1);
      }
      if (slots_[slot] == 0) {
        distinct_.emplace_back(key, static_cast<std::uint32_t>(distinct_.size()));
        slots_[slot] = static_cast<std::uint32_t>(distinct_.size());
      }
      numbers_[i] = slots_[slot] - 1;
    }
    std::sort(distinct_.begin(), distinct_.end());
    ranks_.resize(distinct_.size());
    for (std::size_t rank = 0; rank < distinct_.size(); ++rank) {
      ranks_[distinct_[rank].second] = static_cast<std::uint32_t>(rank);
    }
    count_by(rows, distinct_.size(), [&](const Row& row) {
      return ranks_[numbers_[static_cast<std::size_t>(&row - rows.data())]];
    });
  }

  void sort_by_key(std::span<Row> rows) {
    ordered_.assign(rows.begin(), rows.end());
    std::stable_sort(ordered_.begin(), ordered_.end(),
                     [](const Row& a, const Row& b) { return a.key < b.key; });
    write();
  }

  // `ordered_` has customers together, in ascending order: put each one's rows in order, write.
  void write() {
    const auto earlier = [this](const Row& a, const Row& b) {
      if (a.time != b.time) return a.time < b.time;
      if (details_.empty()) {
        return std::tuple(a.amount < 0, a.amount) < std::tuple(b.amount < 0, b.amount);
      }
      const Details& x = details_[a.arrival];
      const Details& y = details_[b.arrival];
      return std::tie(x.kind, a.amount, x.channel, x.category) <
             std::tie(y.kind, b.amount, y.channel, y.category);
    };
    for (auto begin = ordered_.begin(); begin != ordered_.end();) {
      auto end = begin + 1;
      while (end != ordered_.end() && end->key == begin->key) ++end;
      if (!std::is_sorted(begin, end, earlier)) std::sort(begin, end, earlier);
      keys.push_back(begin->key);
      for (; begin != end; ++begin, ++next_) {
        result_.times[next_] = begin->time;
        result_.amounts[next_] = begin->amount;
        if (!details_.empty()) result_.arrival[next_] = begin->arrival;
      }
      ends.push_back(next_);
    }
  }

  std::span<const Details> details_;
  Clustered& result_;
  std::uint64_t next_;
  std::vector<std::size_t> counts_;
  std::vector<Row> ordered_;
  std::vector<std::uint32_t> slots_, numbers_, ranks_;
  std::vector<std::pair<std::int64_t, std::uint32_t>> distinct_;
};

struct Block {
  const ArrivedRows* part;
  std::size_t begin, end;
  std::uint64_t arrival;  // of the first row, over all parts
};

}  // namespace

Clustered cluster(std::span<const ArrivedRows> parts, std::span<const Details> details,
                  const Spent& spent, const core::Threads& threads) {
  std::vector<Block> blocks;
  std::uint64_t total = 0;
  for (const ArrivedRows& part : parts) {
    for (std::size_t begin = 0; begin < part.times.size(); begin += rows_per_block) {
      blocks.push_back(
          {&part, begin, std::min(begin + rows_per_block, part.times.size()), total + begin});
    }
    total += part.times.size();
  }
  Clustered result;
  result.offsets = {0};
  if (total == 0) return result;

  std::vector<KeyRange> key_ranges(blocks.size());
  threads.run(blocks.size(), [&](std::size_t b) {
    const Block& block = blocks[b];
    KeyRange range;
    for (std::size_t i = block.begin; i < block.end; ++i) range.include(block.part->key(i));
    key_ranges[b] = range;
  });
  KeyRange all;
  for (const KeyRange& range : key_ranges) {
    all.include(range.least);
    all.include(range.most);
  }

  // How many rows each block has in each bucket of keys.
  const int shift = shift_for(all.width(), bucket_bits);
  const std::size_t buckets = (all.width() >> shift) + 1;
  const auto bucket_of = [&](std::int64_t key) { return distance(key, all.least) >> shift; };
  std::vector<std::vector<std::uint32_t>> counts(blocks.size());
  threads.run(blocks.size(), [&](std::size_t b) {
    const Block& block = blocks[b];
    counts[b].assign(buckets, 0);
    for (std::size_t i = block.begin; i < block.end; ++i)
      ++counts[b][bucket_of(block.part->key(i))];
  });

  // Neighbouring buckets make ranges of about equal size.
  const std::size_t per_range = std::max<std::size_t>(rows_per_range, total / most_ranges);
  std::vector<std::uint16_t> range_of(buckets);
  std::vector<std::uint64_t> range_begins = {0};
  std::uint64_t rows = 0;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    std::uint64_t in_bucket = 0;
    for (const auto& count : counts) in_bucket += count[bucket];
    if (rows > range_begins.back() && rows + in_bucket - range_begins.back() > per_range) {
      range_begins.push_back(rows);
    }
    range_of[bucket] = static_cast<std::uint16_t>(range_begins.size() - 1);
    rows += in_bucket;
  }
  const std::size_t ranges = range_begins.size();
  range_begins.push_back(total);

  // Where each block writes its rows of each range: the order of arrival is kept.
  std::vector<std::vector<std::uint64_t>> cursors(blocks.size(),
                                                  std::vector<std::uint64_t>(ranges, 0));
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      cursors[b][range_of[bucket]] += counts[b][bucket];
    }
    counts[b] = {};
  }
  for (std::size_t range = 0; range < ranges; ++range) {
    std::uint64_t next = range_begins[range];
    for (auto& cursor : cursors) next += std::exchange(cursor[range], next);
  }

  core::RawVector<Row> dealt(total);
  threads.run(blocks.size(), [&](std::size_t b) {
    const Block& block = blocks[b];
    auto& cursor = cursors[b];
    for (std::size_t i = block.begin; i < block.end; ++i) {
      const std::int64_t key = block.part->key(i);
      dealt[cursor[range_of[bucket_of(key)]]++] = {
          key, block.part->amounts[i], block.part->times[i],
          static_cast<std::uint32_t>(block.arrival + (i - block.begin))};
    }
  });

  result.amounts = std::move(spent.amounts);
  result.times = std::move(spent.times);
  result.amounts.clear();  // what is cleared is not copied if it has to move
  result.times.clear();
  result.amounts.resize(total);
  result.times.resize(total);
  result.arrival.resize(details.empty() ? 0 : total);
  // Several ranges a task, so that they share the orderer's memory.
  const std::size_t per_task = std::max<std::size_t>(1, ranges / 64);
  const std::size_t tasks = (ranges + per_task - 1) / per_task;
  std::vector<std::vector<std::int64_t>> keys(tasks);
  std::vector<std::vector<std::uint64_t>> ends(tasks);
  threads.run(tasks, [&](std::size_t task) {
    const std::size_t first = task * per_task;
    const std::size_t last = std::min(first + per_task, ranges);
    RangeOrderer orderer(details, result, range_begins[first]);
    for (std::size_t range = first; range < last; ++range) {
      orderer.order(std::span(dealt).subspan(range_begins[range],
                                             range_begins[range + 1] - range_begins[range]));
    }
    keys[task] = std::move(orderer.keys);
    ends[task] = std::move(orderer.ends);
  });
  std::size_t customers = 0;
  for (const auto& part : keys) customers += part.size();
  result.keys.reserve(customers);
  result.offsets.reserve(customers + 1);
  for (std::size_t task = 0; task < tasks; ++task) {
    result.keys.insert(result.keys.end(), keys[task].begin(), keys[task].end());
    result.offsets.insert(result.offsets.end(), ends[task].begin(), ends[task].end());
  }
  return result;
}

}  // namespace rapport::record::detail
