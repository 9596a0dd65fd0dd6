#include <rapport/record/transaction_columns.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>

namespace rapport::record {
namespace {

constexpr std::size_t amounts_per_block = 1 << 16;

// The size of an amount; add() refuses the one 64-bit number that has none.
std::uint64_t size_of(std::int64_t amount) {
  return amount < 0 ? 0 - static_cast<std::uint64_t>(amount) : static_cast<std::uint64_t>(amount);
}

}  // namespace

void AmountSizes::include(std::span<const std::int64_t> amounts, const core::Threads& threads) {
  struct Part {
    core::Uint128 sum = 0;
    std::uint64_t largest = 0;
  };
  const auto parts =
      core::map_blocks(threads, amounts.size(), amounts_per_block, [&](auto begin, auto end) {
        // No bit above the highest of these is set in any size.
        std::uint64_t bits = 0, low_sum = 0;
        for (auto i = begin; i < end; ++i) {
          bits |= size_of(amounts[i]);
          low_sum += size_of(amounts[i]);
        }
        if (bits < std::numeric_limits<std::uint64_t>::max() / amounts_per_block) {
          std::uint64_t largest = 0;
          for (auto i = begin; i < end; ++i) largest = std::max(largest, size_of(amounts[i]));
          return Part{low_sum, largest};
        }
        Part part;
        for (auto i = begin; i < end; ++i) {
          part.sum += size_of(amounts[i]);
          part.largest = std::max(part.largest, size_of(amounts[i]));
        }
        return part;
      });
  for (const Part& part : parts) {
    sum_ += part.sum;
    largest_ = std::max(largest_, part.largest);
  }
  if (sum_ > static_cast<core::Uint128>(std::numeric_limits<std::int64_t>::max())) {
    throw std::overflow_error(
        "ledger: the sizes of all amounts add up beyond 64 bits of minor units");
  }
}

void check_rules(std::span<const TransactionColumns> parts) {
  for (const TransactionColumns& part : parts) {
    const LedgerRules& rules = part.rules();
    const LedgerRules& first = parts.front().rules();
    if (rules.currency != first.currency || rules.epoch != first.epoch ||
        !(rules.zone == first.zone)) {
      throw std::invalid_argument(
          "build_ledger: the parts differ in currency, time zone or epoch, but must agree");
    }
  }
}

std::vector<std::vector<std::uint32_t>> number_text_keys(std::span<TransactionColumns> parts,
                                                         Names& all) {
  const bool text = std::any_of(parts.begin(), parts.end(),
                                [](const auto& part) { return !part.keys_.numeric(); });
  if (!text) return {};
  std::vector<Names*> names;
  for (TransactionColumns& part : parts) {
    part.keys_.make_text();
    names.push_back(&part.keys_.names_);
  }
  return join_names(names, all);
}

void KeyColumn::add(std::int64_t key) {
  if (numeric_) {
    integers_.push_back(key);
  } else {
    numbers_.push_back(names_.intern(std::to_string(key)));
  }
}

void KeyColumn::add(std::string_view key) {
  if (numeric_) {
    if (const auto integer = canonical_integer(key)) {
      integers_.push_back(*integer);
      return;
    }
    make_text();
  }
  numbers_.push_back(names_.intern(key));
}

void KeyColumn::make_text() {
  if (!numeric_) return;
  numeric_ = false;
  numbers_.reserve(integers_.capacity());
  for (const std::int64_t key : integers_) numbers_.push_back(names_.intern(std::to_string(key)));
  integers_ = {};
}

std::optional<core::Reason> TransactionColumns::add(const Transaction& row) {
  // Compared before they are subtracted: a host's "never" may be the greatest instant there is.
  constexpr std::chrono::seconds range{std::numeric_limits<std::uint32_t>::max()};
  if (row.at < rules_.epoch || row.at > rules_.epoch + range) {
    return core::Reason::date_out_of_range;
  }
  const auto since_epoch = (row.at - rules_.epoch).count();
  if (const auto* text = std::get_if<std::string_view>(&row.customer); text && text->empty()) {
    return core::Reason::bad_key;
  }
  const TransactionKind implied = row.amount < 0 ? TransactionKind::refund : TransactionKind::sale;
  const TransactionKind kind = row.kind.value_or(implied);
  std::int64_t amount = row.amount;
  if (kind == TransactionKind::sale) {
    if (amount < 0) return core::Reason::negative_sale;
  } else if (amount > 0) {
    amount = -amount;
  }
  // The least 64-bit number has no positive twin, so no size.
  if (amount == std::numeric_limits<std::int64_t>::min()) return core::Reason::amount_overflow;

  const bool says_more = kind != (amount < 0 ? TransactionKind::refund : TransactionKind::sale);
  if (says_more && kinds_.empty()) {
    kinds_.reserve(times_.capacity());
    for (const std::int64_t before : amounts_) {
      kinds_.push_back(before < 0 ? TransactionKind::refund : TransactionKind::sale);
    }
  }
  if (says_more || !kinds_.empty()) kinds_.push_back(kind);
  add_name(channels_, channel_names_, row.channel);
  add_name(categories_, category_names_, row.category);
  std::visit([&](const auto& key) { keys_.add(key); }, row.customer);
  times_.push_back(static_cast<std::uint32_t>(since_epoch));
  amounts_.push_back(amount);
  return std::nullopt;
}

void TransactionColumns::add_name(core::RawVector<std::uint32_t>& column, Names& names,
                                  std::string_view name) const {
  if (name.empty() && column.empty()) return;
  // The rows before the first name have none; this is the row after times_.size() others.
  if (column.size() < times_.size()) column.resize(times_.size(), 0);
  column.push_back(name.empty() ? 0 : names.intern(name) + 1);
}

void TransactionColumns::reserve(std::size_t rows) {
  keys_.reserve(rows);
  times_.reserve(rows);
  amounts_.reserve(rows);
}

}  // namespace rapport::record
