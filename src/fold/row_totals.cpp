#include <rapport/fold/row_totals.hpp>

#include <rapport/fold/day_cut.hpp>
#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>
#include <rapport/fold/window.hpp>
#include <rapport/record/ledger.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <mutex>
#include <new>
#include <utility>

// Rows are dealt by key into ranges that fit the cache, as a chain of small pieces of memory each.
// Within its range every customer's rows are brought together and folded; no row is ever sorted,
// since neither sums nor sets of days ask for an order.
//
// A page of new memory costs more than the work done in it. A dealt row is as large as a key and
// an amount, and the pieces are cut from the columns of keys and amounts that were dealt already:
// so dealing takes no new memory but for the pieces that are open. Totals are written where the
// rows of their range were.

namespace rapport::fold {

namespace {

using record::TransactionColumns;
using record::TransactionKind;

constexpr std::size_t rows_per_deal = 1 << 16;
constexpr std::size_t rows_per_key_range = 1 << 13;
constexpr std::size_t most_key_ranges = 1 << 12;
constexpr std::size_t most_samples = 1 << 14;
constexpr int sample_bucket_bits = 14;
constexpr std::size_t piece_bytes = 4096;
constexpr std::size_t pieces_per_slab = 64;

// Ascends with the key.
constexpr std::uint64_t unsigned_key(std::int64_t key) {
  return static_cast<std::uint64_t>(key) ^ (std::uint64_t{1} << 63);
}
constexpr std::int64_t signed_key(std::uint64_t key) {
  return static_cast<std::int64_t>(key ^ (std::uint64_t{1} << 63));
}

// A row as it is dealt: its key, and what it says of a customer by the rule. What the rule leaves
// out is no purchase and of amount 0.
class DealtRow {
 public:
  static constexpr std::uint64_t amount_end = std::uint64_t{1} << 46;

  DealtRow() = default;
  DealtRow(std::uint64_t key, std::uint32_t day, bool purchase, std::int64_t amount)
      : key_(key),
        rest_(static_cast<std::uint64_t>(amount) << 17 | std::uint64_t{purchase} << 16 | day) {}

  [[nodiscard]] std::uint64_t key() const { return key_; }
  [[nodiscard]] std::uint32_t day() const { return rest_ & 0xFFFF; }
  [[nodiscard]] std::uint32_t purchase() const { return rest_ >> 16 & 1; }
  [[nodiscard]] std::int64_t amount() const { return static_cast<std::int64_t>(rest_) >> 17; }

 private:
  std::uint64_t key_;
  std::uint64_t rest_;
};

// Pieces of memory, aligned to their size: those given to it, else new ones.
class Pieces {
 public:
  void give(void* begin, std::size_t bytes) {
    void* at = begin;
    while (std::align(piece_bytes, piece_bytes, at, bytes) != nullptr) {
      free_.push_back(static_cast<char*>(at));
      at = static_cast<char*>(at) + piece_bytes;
      bytes -= piece_bytes;
    }
  }

  [[nodiscard]] char* take() {
    if (free_.empty()) {
      slabs_.emplace_back((pieces_per_slab + 1) * piece_bytes);
      give(slabs_.back().data(), slabs_.back().size());
    }
    char* const piece = free_.back();
    free_.pop_back();
    return piece;
  }

 private:
  std::vector<char*> free_;
  std::vector<core::RawVector<char>> slabs_;
};

// What tasks that run at once must not share: as many are made as were in use at once.
template <class T>
class LentOut {
 public:
  template <class Use>
  void with(const Use& use) {
    std::unique_ptr<T> mine;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        mine = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!mine) mine = std::make_unique<T>();
    use(*mine);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(mine));
  }

  // All of them, when no task runs.
  [[nodiscard]] std::vector<std::unique_ptr<T>>& idle() { return idle_; }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

// The rows of one range of keys, as a chain of pieces: the first row's place of each leads to the
// piece before it, and all but the last are full.
struct Chain {
  DealtRow* next = nullptr;  // a multiple of piece_bytes if the last piece is full

  void add(const DealtRow& row, Pieces& pieces) {
    if (reinterpret_cast<std::uintptr_t>(next) % piece_bytes == 0) {
      char* const piece = pieces.take();
      ::new (piece) DealtRow*(next);
      next = reinterpret_cast<DealtRow*>(piece) + 1;
    }
    ::new (next) DealtRow(row);
    ++next;
  }

  // Calls use(rows) for each piece; the piece may be given away in it.
  template <class Use>
  void for_each_piece(const Use& use) const {
    DealtRow* end = next;
    while (end != nullptr) {
      char* const last = reinterpret_cast<char*>(end - 1);
      char* const piece = last - reinterpret_cast<std::uintptr_t>(last) % piece_bytes;
      DealtRow* const before = *std::launder(reinterpret_cast<DealtRow**>(piece));
      use(piece, std::span<const DealtRow>(reinterpret_cast<DealtRow*>(piece) + 1, end));
      end = before;
    }
  }
};

// The rows that one of the tasks dealt: those of a range are the chains of all lanes.
struct DealingLane {
  std::vector<Chain> chains;
  Pieces pieces;
};

// Ranges of keys that hold about as many rows each, as a sample of the keys has it. Where they are
// cut has no bearing on the result.
class KeyRanges {
 public:
  KeyRanges() = default;
  KeyRanges(std::vector<std::uint64_t> sample, std::uint64_t rows) {
    const std::size_t wanted = std::clamp<std::size_t>(
        static_cast<std::size_t>(rows / rows_per_key_range), 1, most_key_ranges);
    std::sort(sample.begin(), sample.end());
    // A few keys far away from all others would leave no buckets for those.
    const std::size_t tail = sample.size() / 256;
    least_ = sample[tail];
    most_ = sample[sample.size() - 1 - tail];
    shift_ = std::max(0, static_cast<int>(std::bit_width(most_ - least_)) - sample_bucket_bits);
    range_of_.resize(static_cast<std::size_t>((most_ - least_) >> shift_) + 1);
    const std::size_t per_range = (sample.size() + wanted - 1) / wanted;
    std::size_t seen = 0, in_range = 0;
    for (std::size_t bucket = 0; bucket < range_of_.size(); ++bucket) {
      std::size_t in_bucket = 0;
      while (seen + in_bucket < sample.size() && bucket_of(sample[seen + in_bucket]) == bucket) {
        ++in_bucket;
      }
      if (in_range > 0 && in_range + in_bucket > per_range) {
        ++size_;
        in_range = 0;
      }
      range_of_[bucket] = static_cast<std::uint16_t>(size_ - 1);
      in_range += in_bucket;
      seen += in_bucket;
    }
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t operator()(std::uint64_t key) const {
    return range_of_[bucket_of(key)];
  }

 private:
  [[nodiscard]] std::size_t bucket_of(std::uint64_t key) const {
    return static_cast<std::size_t>((std::clamp(key, least_, most_) - least_) >> shift_);
  }

  std::uint64_t least_ = 0, most_ = 0;
  int shift_ = 0;
  std::size_t size_ = 1;
  std::vector<std::uint16_t> range_of_ = {0};  // of each bucket
};

// The memory of a column that nobody reads again.
template <class T>
void give(Pieces& pieces, std::span<const T> spent) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): the columns are ours, and not const.
  if (!spent.empty()) pieces.give(const_cast<T*>(spent.data()), spent.size_bytes());
}

// Days with a purchase, as bits.
class DaySet {
 public:
  // 1 if the day was not in the set yet; nothing if `purchase` is 0.
  [[nodiscard]] std::uint32_t add(std::uint32_t day, std::uint32_t purchase) {
    std::uint64_t& word = words_[day / 64];
    const auto is_new = static_cast<std::uint32_t>(purchase & ~(word >> day % 64));
    word |= std::uint64_t{purchase} << day % 64;
    return is_new;
  }
  void forget_around(std::uint32_t day) { words_[day / 64] = 0; }

 private:
  std::array<std::uint64_t, (1 << 16) / 64> words_{};
};

}  // namespace

struct RowTotals::Memory {
  std::vector<TransactionColumns> rows;
  LentOut<DealingLane> lanes;
  std::vector<Pieces> pieces;
  core::RawVector<Packed> of_ledger;
};

struct RowTotals::Folding {
  // Folds the rows of one range after the other. Each thread has its own.
  struct Folder {
    core::RawVector<DealtRow> rows, copy;
    std::vector<std::uint32_t> ends;
    core::RawVector<Packed> totals;
    DaySet days;
    Pieces pieces;

    // Deals rows by the leading bits of their keys into about as many buckets as there are rows:
    // then `rows` has them in the order of buckets.
    template <class ForEachRow>
    void bring_together(std::size_t size, const ForEachRow& for_each_row) {
      least = std::numeric_limits<std::uint64_t>::max();
      std::uint64_t most = 0;
      for_each_row([&](const DealtRow& row) {
        least = std::min(least, row.key());
        most = std::max(most, row.key());
      });
      shift = std::max(0, static_cast<int>(std::bit_width(most - least)) -
                              static_cast<int>(std::bit_width(size)) + 1);
      ends.assign(static_cast<std::size_t>((most - least) >> shift) + 1, 0);
      for_each_row([&](const DealtRow& row) { ++ends[bucket_of(row.key())]; });
      std::uint32_t sum = 0;
      for (std::uint32_t& end : ends) sum += std::exchange(end, sum);
      rows.resize(size);
      for_each_row([&](const DealtRow& row) { rows[ends[bucket_of(row.key())]++] = row; });
    }
    std::uint64_t least = 0;
    int shift = 0;

    [[nodiscard]] std::size_t bucket_of(std::uint64_t key) const {
      return static_cast<std::size_t>((key - least) >> shift);
    }

    template <RowTotalsRule::Count count, bool repeat>
    void fold() {
      totals.clear();
      for (std::size_t begin = 0; begin < rows.size();) {
        const std::size_t end = fold_customer<count, repeat>(begin);
        const std::uint64_t key = rows[begin].key();
        begin = end;
        if (end == rows.size() || rows[end].key() > key) continue;
        // A bucket of several customers whose rows are mixed: put it in order, and begin it again.
        const std::size_t bucket = bucket_of(key);
        begin = bucket == 0 ? 0 : ends[bucket - 1];
        order(std::span(rows).subspan(begin, ends[bucket] - begin));
        while (!totals.empty() && bucket_of(totals.back().key) == bucket) totals.pop_back();
      }
    }

    // The totals of the customer whose rows begin there. Returns their end.
    template <RowTotalsRule::Count count, bool repeat>
    std::size_t fold_customer(std::size_t begin) {
      const DealtRow* const end_of_rows = rows.data() + rows.size();
      const DealtRow* const first_row = rows.data() + begin;
      const DealtRow* row = first_row;
      const std::uint64_t key = row->key();
      std::uint32_t first = std::numeric_limits<std::uint32_t>::max(), end = 0, counted = 0;
      std::int64_t spend = 0;
      do {
        const std::uint32_t day = row->day();
        const std::uint32_t purchase = row->purchase();
        first = std::min(first, purchase != 0 ? day : first);
        end = std::max(end, purchase != 0 ? day : end);
        spend += row->amount();
        counted += count == RowTotalsRule::Count::purchases ? purchase : days.add(day, purchase);
        ++row;
      } while (row != end_of_rows && row->key() == key);
      if constexpr (count == RowTotalsRule::Count::purchase_days) {
        for (const DealtRow* r = first_row; r != row; ++r) days.forget_around(r->day());
      }
      if constexpr (repeat) {
        spend = 0;
        for (const DealtRow* r = first_row; r != row; ++r)
          spend += r->day() > first ? r->amount() : 0;
      }
      totals.push_back({key, spend, counted, static_cast<std::uint16_t>(first),
                        static_cast<std::uint16_t>(end)});
      return static_cast<std::size_t>(row - rows.data());
    }

    // Orders rows by key.
    static void order(std::span<DealtRow> rows) {
      std::sort(rows.begin(), rows.end(),
                [](const DealtRow& a, const DealtRow& b) { return a.key() < b.key(); });
    }
  };

  RowTotals& result;
  const RowTotalsRule& rule;
  const core::Threads& threads;
  std::vector<std::vector<std::uint32_t>> ranks = {};  // of each part's text keys; empty if none
  KeyRanges ranges = {};

  [[nodiscard]] std::vector<TransactionColumns>& parts() const { return result.memory_->rows; }

  void run() {
    std::uint64_t total = 0;
    for (const TransactionColumns& part : parts()) total += part.size();
    if (total == 0) return;
    sample(total);
    deal();
    fold();
  }

  [[nodiscard]] std::uint64_t key(std::size_t part, std::size_t row) const {
    const record::KeyColumn& keys = parts()[part].keys();
    return ranks.empty() ? unsigned_key(keys.integers()[row])
                         : unsigned_key(ranks[part][keys.numbers()[row]]);
  }

  void sample(std::uint64_t total) {
    const std::size_t step = static_cast<std::size_t>(total / most_samples) + 1;
    std::vector<std::uint64_t> sample;
    for (std::size_t p = 0; p < parts().size(); ++p) {
      for (std::size_t row = 0; row < parts()[p].size(); row += step) sample.push_back(key(p, row));
    }
    ranges = KeyRanges(std::move(sample), total);
  }

  void deal() {
    struct Block {
      std::size_t part, begin, end;
    };
    std::vector<Block> blocks;
    for (std::size_t p = 0; p < parts().size(); ++p) {
      for (std::size_t begin = 0; begin < parts()[p].size(); begin += rows_per_deal) {
        blocks.push_back({p, begin, std::min(begin + rows_per_deal, parts()[p].size())});
      }
    }
    const record::LedgerRules& rules = parts().front().rules();
    const DayCut cut(rules.zone, rules.epoch);
    result.base_day_ = cut.day(0);
    threads.run(blocks.size(), [&](std::size_t b) {
      const auto [p, begin, end] = blocks[b];
      result.memory_->lanes.with([&, p = p, begin = begin, end = end](DealingLane& lane) {
        lane.chains.resize(ranges.size());
        if (cut.one_offset()) {
          deal_rows(detail::OneOffset(cut), cut, p, begin, end, lane);
        } else {
          deal_rows(detail::ManyOffsets(cut), cut, p, begin, end, lane);
        }
        const TransactionColumns& part = parts()[p];
        if (ranks.empty()) give(lane.pieces, part.keys().integers().subspan(begin, end - begin));
        give(lane.pieces, part.amounts().subspan(begin, end - begin));
      });
    });
  }

  template <class Days>
  void deal_rows(const Days& days, const DayCut& cut, std::size_t p, std::size_t begin,
                 std::size_t end, DealingLane& lane) {
    const TransactionColumns& part = parts()[p];
    const std::int64_t* const integers = part.keys().integers().data();
    const std::uint32_t* const numbers = part.keys().numbers().data();
    const std::uint32_t* const times = part.times().data();
    const std::int64_t* const amounts = part.amounts().data();
    const TransactionKind* const kinds = part.kinds().empty() ? nullptr : part.kinds().data();
    const std::uint32_t* const rank = ranks.empty() ? nullptr : ranks[p].data();
    const std::uint64_t last_time = cut.begin_of(until(rule.as_of).end);
    const bool sales_alone = rule.spend == RowTotalsRule::Spend::sales;
    const bool zero_sales = rule.zero_sales;
    const DayNumber base = result.base_day_;
    const KeyRanges& range_of = ranges;
    Chain* const chains = lane.chains.data();
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint64_t row_key =
          rank == nullptr ? unsigned_key(integers[i]) : unsigned_key(rank[numbers[i]]);
      const std::int64_t amount = amounts[i];
      const bool counts = times[i] < last_time;
      const bool sale = kinds == nullptr ? amount >= 0 : kinds[i] == TransactionKind::sale;
      const bool purchase = counts && sale && (zero_sales || amount != 0);
      const DealtRow row(row_key, static_cast<std::uint32_t>(days.day(times[i]) - base), purchase,
                         counts && (purchase || !sales_alone) ? amount : 0);
      chains[range_of(row_key)].add(row, lane.pieces);
    }
  }

  void fold() {
    using Count = RowTotalsRule::Count;
    const bool repeat = rule.spend == RowTotalsRule::Spend::repeat;
    if (rule.count == Count::purchases) {
      repeat ? fold_as<Count::purchases, true>() : fold_as<Count::purchases, false>();
    } else {
      repeat ? fold_as<Count::purchase_days, true>() : fold_as<Count::purchase_days, false>();
    }
  }

  template <RowTotalsRule::Count count, bool repeat>
  void fold_as() {
    Memory& memory = *result.memory_;
    LentOut<Folder> folders;
    std::vector<std::vector<Run>> found(ranges.size());
    threads.run(ranges.size(), [&](std::size_t range) {
      folders.with([&](Folder& folder) {
        std::size_t size = 0;
        const auto for_each_piece = [&](const auto& use) {
          for (const auto& lane : memory.lanes.idle()) {
            if (!lane->chains.empty()) lane->chains[range].for_each_piece(use);
          }
        };
        for_each_piece([&](char*, std::span<const DealtRow> rows) { size += rows.size(); });
        if (size == 0) return;
        folder.bring_together(size, [&](const auto& use) {
          for_each_piece([&](char*, std::span<const DealtRow> rows) {
            for (const DealtRow& row : rows) use(row);
          });
        });
        for_each_piece([&](char* piece, std::span<const DealtRow>) {
          folder.pieces.give(piece, piece_bytes);
        });
        folder.fold<count, repeat>();
        found[range] = kept(folder.totals, folder.pieces);
      });
    });
    for (auto& folder : folders.idle()) memory.pieces.push_back(std::move(folder->pieces));
    std::vector<Run> runs;
    for (const auto& part : found) runs.insert(runs.end(), part.begin(), part.end());
    result.number_runs(std::move(runs));
  }

  // The totals, moved into pieces.
  static std::vector<Run> kept(std::span<const Packed> totals, Pieces& pieces) {
    constexpr std::size_t per_piece = piece_bytes / sizeof(Packed);
    std::vector<Run> runs;
    for (std::size_t begin = 0; begin < totals.size(); begin += per_piece) {
      const auto part = totals.subspan(begin, std::min(per_piece, totals.size() - begin));
      auto* const piece = reinterpret_cast<Packed*>(pieces.take());
      std::uninitialized_copy(part.begin(), part.end(), piece);
      runs.push_back(run_of({piece, part.size()}));
    }
    return runs;
  }
};

RowTotals::RowTotals(std::vector<TransactionColumns> rows, const RowTotalsRule& rule,
                     const core::Threads& threads)
    : memory_(std::make_unique<Memory>()) {
  record::check_rules(rows);
  record::AmountSizes sizes;
  for (const TransactionColumns& part : rows) sizes.include(part.amounts(), threads);
  memory_->rows = std::move(rows);
  if (sizes.largest() >= DealtRow::amount_end) {
    fold_ledger(rule, threads);
    return;
  }
  Folding folding{*this, rule, threads};
  folding.ranks = record::number_text_keys(memory_->rows, names_);
  folding.run();
}

RowTotals::RowTotals(RowTotals&&) noexcept = default;
RowTotals& RowTotals::operator=(RowTotals&&) noexcept = default;
RowTotals::~RowTotals() = default;

RowTotals::Run RowTotals::run_of(std::span<const Packed> totals) {
  std::size_t buyers = 0;
  for (const Packed& packed : totals) buyers += packed.count > 0;
  return {totals, buyers};
}

void RowTotals::number_runs(std::vector<Run> runs) {
  runs_ = std::move(runs);
  for (Run& run : runs_) {
    run.first = size_;
    run.first_buyer = buyers_;
    size_ += run.totals.size();
    buyers_ += run.buyers;
  }
}

record::Customers RowTotals::take_customers(const core::Threads& threads) {
  if (names_.size() > 0) return record::Customers(std::move(names_));
  core::RawVector<std::int64_t> keys(size_);
  threads.run(runs_.size(), [&](std::size_t i) {
    std::size_t customer = runs_[i].first;
    for (const Packed& packed : runs_[i].totals) keys[customer++] = signed_key(packed.key);
  });
  return record::Customers(std::move(keys));
}

// The same by way of a ledger, for amounts of any size.
void RowTotals::fold_ledger(const RowTotalsRule& rule, const core::Threads& threads) {
  const record::Ledger ledger = record::build_ledger(std::move(memory_->rows), threads);
  base_day_ = DayCut(ledger.rules().zone, ledger.rules().epoch).day(0);
  const Options how{.window = until(rule.as_of), .threads = threads};
  core::RawVector<Packed>& totals = memory_->of_ledger;
  totals.resize(ledger.customers().size());
  const auto fold_with = [&](const auto& wrap) {
    const auto [days, counts, net, gross, repeat] =
        each_customer(ledger, how, wrap(PurchaseDays{}), wrap(PurchaseCount{}), wrap(NetSpend{}),
                      wrap(GrossSpend{}), wrap(RepeatSpend{}));
    for (std::uint32_t i = 0; i < totals.size(); ++i) {
      const record::CustomerKey key = ledger.customers().key({i});
      Packed& packed = totals[i];
      packed.key = key.index() == 0 ? unsigned_key(std::get<0>(key)) : unsigned_key(i);
      packed.count = rule.count == RowTotalsRule::Count::purchase_days
                         ? days[i].days
                         : static_cast<std::uint32_t>(counts[i].purchases);
      packed.first = static_cast<std::uint16_t>(days[i].first_day - base_day_);
      packed.last = static_cast<std::uint16_t>(days[i].last_day - base_day_);
      packed.spend = rule.spend == RowTotalsRule::Spend::net     ? net[i].total
                     : rule.spend == RowTotalsRule::Spend::sales ? gross[i].sold
                                                                 : repeat[i].total;
    }
  };
  if (rule.zero_sales) {
    fold_with([](auto aggregate) { return aggregate; });
  } else {
    fold_with([](auto aggregate) { return WithoutZeroSales<decltype(aggregate)>{aggregate}; });
  }
  if (!ledger.customers().numeric()) {
    for (std::uint32_t i = 0; i < totals.size(); ++i) {
      names_.intern(ledger.customers().key_text({i}));
    }
  }
  constexpr std::size_t per_run = 1 << 12;
  std::vector<Run> runs;
  for (std::size_t begin = 0; begin < totals.size(); begin += per_run) {
    const std::size_t size = std::min(per_run, totals.size() - begin);
    runs.push_back(run_of(std::span<const Packed>(totals).subspan(begin, size)));
  }
  number_runs(std::move(runs));
}

}  // namespace rapport::fold
