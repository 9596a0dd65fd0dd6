#include <rapport/mpi/transactions.hpp>

#include "messages.hpp"

#include <rapport/core/wide.hpp>

#include <boost/mpi/collectives/all_gather.hpp>
#include <boost/mpi/collectives/all_reduce.hpp>
#include <boost/mpi/operations.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace rapport::mpi {
namespace {

namespace bmpi = boost::mpi;

// Keys of customers in columns: numbers as they are, texts one after the other.
struct NumberKeys {
  using Key = std::int64_t;
  std::vector<std::int64_t> numbers;

  void add(Key key) { numbers.push_back(key); }
  [[nodiscard]] std::size_t size() const { return numbers.size(); }
  [[nodiscard]] NumberKeys passed_on(const bmpi::communicator& processes, int to, int from) const {
    return {pass_on(processes, to, from, numbers)};
  }
  template <class Use>
  void each(const Use& use) const {
    for (std::size_t i = 0; i < numbers.size(); ++i) use(i, record::CustomerKey(numbers[i]));
  }
};

struct TextKeys {
  using Key = std::string;
  std::vector<char> bytes;
  std::vector<std::uint64_t> ends;

  void add(const Key& key) {
    bytes.insert(bytes.end(), key.begin(), key.end());
    ends.push_back(bytes.size());
  }
  [[nodiscard]] std::size_t size() const { return ends.size(); }
  [[nodiscard]] TextKeys passed_on(const bmpi::communicator& processes, int to, int from) const {
    return {pass_on(processes, to, from, bytes), pass_on(processes, to, from, ends)};
  }
  template <class Use>
  void each(const Use& use) const {
    std::uint64_t begin = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      use(i, record::CustomerKey(std::string_view(bytes.data() + begin, ends[i] - begin)));
      begin = ends[i];
    }
  }
};

// Some customers with all that one process knows of them.
template <class Keys>
struct Parcel {
  Keys keys;
  std::vector<std::uint64_t> rows;  // of each customer
  std::vector<std::uint32_t> times;
  std::vector<std::int64_t> amounts;
  std::vector<std::uint8_t> kinds;

  void add(const record::LedgerView& ledger, const typename Keys::Key& key,
           std::uint32_t customer) {
    const std::uint64_t begin = ledger.offsets[customer];
    const std::uint64_t end = ledger.offsets[customer + 1];
    keys.add(key);
    rows.push_back(end - begin);
    for (auto row = begin; row < end; ++row) {
      times.push_back(ledger.times[row]);
      amounts.push_back(ledger.amounts[row]);
      kinds.push_back(static_cast<std::uint8_t>(ledger.kind(row)));
    }
  }

  [[nodiscard]] Parcel passed_on(const bmpi::communicator& processes, int to, int from) const {
    return {keys.passed_on(processes, to, from), pass_on(processes, to, from, rows),
            pass_on(processes, to, from, times), pass_on(processes, to, from, amounts),
            pass_on(processes, to, from, kinds)};
  }

  [[nodiscard]] record::TransactionColumns columns(const record::LedgerRules& rules) const {
    record::TransactionColumns result(rules);
    if (std::is_same_v<Keys, TextKeys>) result.take_keys_for_texts();
    result.reserve(times.size());
    std::size_t row = 0;
    keys.each([&](std::size_t customer, const record::CustomerKey& key) {
      for (const std::size_t end = row + rows[customer]; row < end; ++row) {
        const auto refused = result.add({.customer = key,
                                         .at = rules.epoch + std::chrono::seconds{times[row]},
                                         .amount = amounts[row],
                                         .kind = record::TransactionKind{kinds[row]}});
        if (refused) throw std::logic_error("mpi::deal: a row of a ledger was refused");
      }
    });
    return result;
  }
};

template <class Key>
Key key_of(const record::Ledger& ledger, std::uint32_t customer) {
  if constexpr (std::is_same_v<Key, std::string>) {
    return ledger.customers().key_text({customer});
  } else {
    return std::get<std::int64_t>(ledger.customers().key({customer}));
  }
}

template <class Keys>
class Dealer {
 public:
  using Key = typename Keys::Key;

  Dealer(const Team& team, const std::vector<record::Ledger>& mine)
      : processes_(team.processes()), mine_(mine) {
    for (const auto& ledger : mine_) orders_.push_back(order_of(ledger));
    const std::vector<Key> sample = everybodys_sample(team);
    const auto size = static_cast<std::size_t>(processes_.size());
    for (std::size_t rank = 1; rank < size && !sample.empty(); ++rank) {
      bounds_.push_back(sample[rank * sample.size() / size]);
    }
  }

  [[nodiscard]] std::vector<record::TransactionColumns> exchange(
      const record::LedgerRules& rules) const {
    std::vector<record::TransactionColumns> parts;
    const int size = processes_.size();
    for (int step = 0; step < size; ++step) {
      const int to = (processes_.rank() + step) % size;
      const int from = (processes_.rank() - step + size) % size;
      const Parcel<Keys> sent = parcel_for(static_cast<std::size_t>(to));
      parts.push_back(step == 0 ? sent.columns(rules)
                                : sent.passed_on(processes_, to, from).columns(rules));
    }
    return parts;
  }

 private:
  static constexpr std::uint64_t sampled_each = 256;

  // Keys of rows at equal distances, the same on all processes, ascending.
  [[nodiscard]] std::vector<Key> everybodys_sample(const Team& team) const {
    std::uint64_t rows = 0;
    for (const auto& ledger : mine_) rows += ledger.rows();
    const std::uint64_t wanted = sampled_each * static_cast<std::uint64_t>(team.size());
    const std::uint64_t distance = std::max<std::uint64_t>(1, team.sum(rows) / wanted);
    std::vector<Key> sample;
    std::uint64_t next = 0;
    for (const auto& ledger : mine_) {
      const record::LedgerView view = ledger;
      for (; next < view.rows(); next += distance) {
        const auto after = std::upper_bound(view.offsets.begin(), view.offsets.end(), next);
        sample.push_back(
            key_of<Key>(ledger, static_cast<std::uint32_t>(after - view.offsets.begin() - 1)));
      }
      next -= view.rows();
    }
    std::vector<std::vector<Key>> samples;
    bmpi::all_gather(processes_, sample, samples);
    std::vector<Key> result;
    for (auto& part : samples) {
      result.insert(result.end(), std::make_move_iterator(part.begin()),
                    std::make_move_iterator(part.end()));
    }
    std::sort(result.begin(), result.end());
    return result;
  }

  // The customers of a ledger in the order of their keys here: none if that is their own order.
  // Numbers that others make texts of are in another: 10 is before 9.
  static std::vector<std::uint32_t> order_of(const record::Ledger& ledger) {
    std::vector<std::uint32_t> order;
    if (std::is_same_v<Key, std::string> && ledger.customers().numeric()) {
      order.resize(ledger.customers().size());
      std::iota(order.begin(), order.end(), 0U);
      std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return key_of<Key>(ledger, a) < key_of<Key>(ledger, b);
      });
    }
    return order;
  }
  [[nodiscard]] std::uint32_t customer(std::size_t ledger, std::uint32_t place) const {
    return orders_[ledger].empty() ? place : orders_[ledger][place];
  }

  // The place of the first customer of a ledger who belongs to `rank` or a higher one.
  [[nodiscard]] std::uint32_t first_of(std::size_t ledger, std::size_t rank) const {
    if (rank == 0) return 0;
    std::uint32_t begin = 0, end = mine_[ledger].customers().size();
    if (rank > bounds_.size()) return end;
    while (begin < end) {
      const std::uint32_t middle = begin + (end - begin) / 2;
      if (key_of<Key>(mine_[ledger], customer(ledger, middle)) < bounds_[rank - 1]) {
        begin = middle + 1;
      } else {
        end = middle;
      }
    }
    return begin;
  }

  [[nodiscard]] Parcel<Keys> parcel_for(std::size_t rank) const {
    Parcel<Keys> parcel;
    for (std::size_t i = 0; i < mine_.size(); ++i) {
      const std::uint32_t end = first_of(i, rank + 1);
      for (std::uint32_t place = first_of(i, rank); place < end; ++place) {
        const std::uint32_t c = customer(i, place);
        parcel.add(mine_[i], key_of<Key>(mine_[i], c), c);
      }
    }
    return parcel;
  }

  const bmpi::communicator& processes_;
  const std::vector<record::Ledger>& mine_;
  std::vector<std::vector<std::uint32_t>> orders_;
  std::vector<Key> bounds_;  // the least keys of ranks 1, 2, ...; none if there are no rows
};

// Each process has proved for its own rows that their sums fit; so has the sum of all to be.
void check_sum_of_all(const Team& team, const std::vector<record::Ledger>& mine) {
  constexpr int half = 32;
  std::uint64_t low = 0, high = 0;
  for (const auto& ledger : mine) {
    std::uint64_t sizes = 0;
    for (const std::int64_t amount : ledger.view().amounts) {
      sizes += static_cast<std::uint64_t>(amount < 0 ? -amount : amount);
    }
    low += sizes & 0xFFFFFFFF;
    high += sizes >> half;
  }
  const core::Uint128 total = (core::Uint128{team.sum(high)} << half) + team.sum(low);
  team.together([&] {
    if (total > static_cast<core::Uint128>(std::numeric_limits<std::int64_t>::max())) {
      throw std::overflow_error(
          "ledger: the sizes of all amounts add up beyond 64 bits of minor units");
    }
  });
}

bool numeric_keys(const Team& team, const std::vector<record::Ledger>& mine) {
  const bool numeric = std::all_of(mine.begin(), mine.end(), [](const auto& ledger) {
    return ledger.rows() == 0 || ledger.customers().numeric();
  });
  return team.sum(numeric ? 0 : 1) == 0;
}

std::optional<core::Day> last_day_of_all(const Team& team, const record::Ledger& ledger) {
  constexpr int none = std::numeric_limits<int>::min();
  const auto last = ledger.last_day();
  const int days = last ? static_cast<int>(last->time_since_epoch().count()) : none;
  const int latest = bmpi::all_reduce(team.processes(), days, bmpi::maximum<int>());
  if (latest == none) return std::nullopt;
  return core::Day(std::chrono::days(latest));
}

}  // namespace

Part deal(const Team& team, std::vector<record::Ledger> mine, const core::Threads& threads) {
  team.together([&] {
    if (mine.empty()) throw std::invalid_argument("mpi::deal: a process has no ledger");
  });
  check_sum_of_all(team, mine);
  Part part;
  if (team.size() == 1 && mine.size() == 1) {
    part.ledger = std::move(mine.front());
  } else {
    const record::LedgerRules rules = mine.front().rules();
    std::vector<record::TransactionColumns> parts =
        numeric_keys(team, mine) ? Dealer<NumberKeys>(team, mine).exchange(rules)
                                 : Dealer<TextKeys>(team, mine).exchange(rules);
    mine.clear();
    team.together([&] { part.ledger = record::build_ledger(std::move(parts), threads); });
  }
  part.rows_read = team.sum(part.ledger.rows());
  part.last_day = last_day_of_all(team, part.ledger);
  return part;
}

}  // namespace rapport::mpi
