#include <rapport/record/transaction_columns.hpp>

#include <cstdlib>
#include <limits>
#include <string>

namespace rapport::record {

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
