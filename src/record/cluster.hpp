#ifndef RAPPORT_SRC_RECORD_CLUSTER_HPP
#define RAPPORT_SRC_RECORD_CLUSTER_HPP

// Bringing rows of any order together by customer.

#include <rapport/core/parallel.hpp>
#include <rapport/core/raw_vector.hpp>
#include <rapport/record/transaction.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::record::detail {

// One part as it arrived. Keys are `integers`, or `ranks[numbers]` where texts were numbered.
struct ArrivedRows {
  std::span<const std::uint32_t> times;
  std::span<const std::int64_t> amounts;
  std::span<const std::int64_t> integers;
  std::span<const std::uint32_t> numbers;
  std::span<const std::uint32_t> ranks;
  bool small_amounts = false;  // each is known to fit 32 bits

  [[nodiscard]] std::int64_t key(std::size_t row) const {
    return integers.empty() ? std::int64_t{ranks[numbers[row]]} : integers[row];
  }
};

// What few ledgers have, in the order of arrival over all parts.
struct Details {
  TransactionKind kind;
  std::uint32_t channel, category;
};

struct Clustered {
  core::RawVector<std::int64_t> keys;      // ascending, one a customer
  core::RawVector<std::uint64_t> offsets;  // rows of customer i: [offsets[i], offsets[i + 1])
  core::RawVector<std::uint32_t> times;
  core::RawVector<std::int64_t> amounts;
  core::RawVector<std::uint32_t> arrival;  // where each row stood; empty without details
};

// Columns of the first part, whose memory serves again as soon as they are dealt: fresh memory
// costs more than what is written into it.
struct Spent {
  core::RawVector<std::int64_t>& keys;
  core::RawVector<std::uint32_t>& times;
  core::RawVector<std::int64_t>& amounts;
};

// `details` is empty or has an entry for each row of all parts. The result depends on the set of
// rows alone: customers ascend by key, their rows by time, kind, amount, channel and category.
[[nodiscard]] Clustered cluster(std::span<const ArrivedRows> parts,
                                std::span<const Details> details, const Spent& spent,
                                const core::Threads& threads);

}  // namespace rapport::record::detail

#endif  // RAPPORT_SRC_RECORD_CLUSTER_HPP
