#include <rapport/io/parse.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/io/utf8.hpp>

#include "plain_fields.hpp"
#include "table.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rapport::io {
namespace {

using core::Reason;
using detail::no_column;

// Where in a row the fields of a transaction stand.
struct Layout {
  std::size_t customer, date, amount, kind, channel, category, currency;
};

Layout layout_of(const detail::Table& table, const TransactionColumnNames& names) {
  static const TransactionColumnNames defaults;
  std::vector<std::string> missing;
  const auto place = [&](const std::string& name, const std::string& optional_name) {
    if (name.empty() && !optional_name.empty()) return no_column;
    if (const auto found = table.find(name)) return *found;
    if (name != optional_name) missing.push_back(name);
    return no_column;
  };
  const Layout layout{
      .customer = place(names.customer, ""),
      .date = place(names.date, ""),
      .amount = place(names.amount, defaults.amount),
      .kind = place(names.kind, defaults.kind),
      .channel = place(names.channel, defaults.channel),
      .category = place(names.category, defaults.category),
      .currency = place(names.currency, defaults.currency),
  };
  if (!missing.empty()) table.throw_missing(missing);
  return layout;
}

std::string_view without_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// sale, return or refund, in any case of letters.
std::optional<record::TransactionKind> kind_of(std::string_view text) {
  if (text.empty() || text.size() > 6) return std::nullopt;
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return core::from_text<record::TransactionKind>(lower);
}

// Reads one row after the other into columns. Each thread has its own.
class RowReader {
 public:
  RowReader(const detail::Table& table, const Layout& layout, const record::LedgerRules& rules)
      : table_(table),
        layout_(layout),
        rules_(rules),
        ends_(table.header().size()),
        all_plain_(layout.kind == no_column && layout.channel == no_column &&
                   layout.category == no_column && layout.currency == no_column),
        plain_amount_(rules.currency.decimals(), table.dialect().decimal_mark) {}

  // Adds the next row if it is as most are. If not, the tokenizer stands where it stood.
  bool add_plain(detail::Tokenizer& tokenizer, record::TransactionColumns& columns) {
    if (!all_plain_) return false;
    const std::size_t begin = tokenizer.position();
    if (!tokenizer.next_plain(ends_)) return false;
    const auto field = [&](std::size_t column) {
      const std::size_t from = column == 0 ? begin : ends_[column - 1] + 1;
      return table_.text().substr(from, ends_[column] - from);
    };
    const auto key = detail::plain_key(field(layout_.customer));
    const std::optional<std::int64_t> amount =
        layout_.amount == no_column ? 0 : plain_amount_(field(layout_.amount));
    const auto seconds = day(field(layout_.date));
    if (key && amount && seconds &&
        !columns.add({.customer = *key,
                      .at = core::Instant{std::chrono::seconds{*seconds}},
                      .amount = *amount})) {
      return true;
    }
    tokenizer.put_back(begin);
    return false;
  }

  // Adds the row, or says which field is at fault, and why.
  struct Fault {
    Reason reason;
    std::size_t column;
  };
  std::optional<Fault> add(const detail::Row& row, record::TransactionColumns& columns) {
    const std::string_view key = text_of(row, layout_.customer, key_);
    if (key.empty()) return Fault{Reason::missing_field, layout_.customer};
    if (without_spaces(key).empty()) return Fault{Reason::bad_key, layout_.customer};
    record::Transaction transaction{.customer = key};

    const std::string_view date = text_of(row, layout_.date, scratch_);
    if (date.empty()) return Fault{Reason::missing_field, layout_.date};
    const auto instant = parse_instant(date, rules_.zone, table_.dialect());
    if (!instant) return Fault{*instant.refused, layout_.date};
    transaction.at = instant.value;

    if (layout_.amount != no_column) {
      const std::string_view amount = text_of(row, layout_.amount, scratch_);
      if (amount.empty()) return Fault{Reason::missing_field, layout_.amount};
      const auto minor = parse_minor(amount, rules_.currency, table_.dialect());
      if (!minor) return Fault{*minor.refused, layout_.amount};
      transaction.amount = minor.value;
    }
    if (layout_.kind != no_column) {
      const auto kind = without_spaces(text_of(row, layout_.kind, scratch_));
      transaction.kind = kind_of(kind);
      if (!kind.empty() && !transaction.kind) return Fault{Reason::bad_kind, layout_.kind};
    }
    if (layout_.currency != no_column) {
      const auto currency = without_spaces(text_of(row, layout_.currency, scratch_));
      if (!currency.empty() && currency != rules_.currency.code()) {
        return Fault{Reason::other_currency, layout_.currency};
      }
    }
    if (layout_.channel != no_column) {
      transaction.channel = text_of(row, layout_.channel, channel_);
    }
    if (layout_.category != no_column) {
      transaction.category = text_of(row, layout_.category, category_);
    }
    const auto refused = columns.add(transaction);
    if (!refused) return std::nullopt;
    return Fault{*refused, *refused == Reason::date_out_of_range ? layout_.date : layout_.amount};
  }

 private:
  std::string_view text_of(const detail::Row& row, std::size_t column, std::string& scratch) const {
    return detail::contents(table_.text(), row.fields[column], scratch);
  }

  // Seconds since 1970 of a day as most files write it.
  std::optional<std::int64_t> day(std::string_view text) {
    if (const auto known = days_.find(text)) return known;
    const auto instant = parse_instant(text, rules_.zone, table_.dialect());
    if (!instant) return std::nullopt;
    const std::int64_t seconds = instant.value.time_since_epoch().count();
    days_.keep(text, seconds);
    return seconds;
  }

  const detail::Table& table_;
  const Layout& layout_;
  const record::LedgerRules& rules_;
  std::string key_, channel_, category_, scratch_;
  std::vector<std::size_t> ends_;  // of the fields of a plain row
  bool all_plain_;
  detail::PlainAmount plain_amount_;
  detail::ReadDays days_;
};

// What became of a run of rows.
struct Run {
  std::size_t begin = 0, end = 0;  // bytes
  std::uint64_t rows = 0, lines = 0;
  record::TransactionColumns columns;
  core::Refusals refusals;
  std::optional<core::Refusal> first;  // in strict mode, where the run stopped
};

// A row may begin anywhere: a block is read from the first line that begins in it, as if that were
// no line inside quotes, to the end of the row that begins last in it. Where the run before ends
// elsewhere, that was wrong, and the block is read again from there. So the result is that of one
// pass, whatever the text.
class BlockReader {
 public:
  BlockReader(const Input& input, const TransactionsOptions& options)
      : options_(options),
        table_(input, options.dialect),
        layout_(layout_of(table_, options.columns)),
        rules_{.currency = options.currency.value(), .zone = options.zone} {
    if (options.block_bytes == 0) {
      throw std::invalid_argument("read_transactions: block_bytes must not be 0");
    }
    block_bytes_ = std::min(options.block_bytes, table_.text().size());
  }

  [[nodiscard]] TransactionRows read() {
    const std::size_t size = table_.text().size();
    const std::size_t blocks = (size - table_.begin() + block_bytes_ - 1) / block_bytes_;
    position_ = table_.begin();
    lines_ = table_.lines_before();
    for (std::size_t first = 0; first < blocks; first += blocks_at_once) {
      const std::size_t count = std::min(blocks_at_once, blocks - first);
      options_.watch.report({"reading transactions", position_, size});
      std::vector<std::optional<Run>> runs(count);
      options_.threads.run(
          count, [&](std::size_t i) { runs[i] = run(guess_begin(first + i), end_of(first + i)); });
      for (std::size_t i = 0; i < count; ++i) {
        if (position_ >= end_of(first + i)) continue;  // inside the last row of the run before
        if (runs[i]->begin != position_) runs[i] = run(position_, end_of(first + i));
        take(std::move(*runs[i]));
      }
    }
    options_.watch.report({"reading transactions", size, size});
    return {std::move(parts_), std::move(refusals_)};
  }

 private:
  static constexpr std::size_t blocks_at_once = 32;

  [[nodiscard]] std::size_t end_of(std::size_t block) const noexcept {
    const std::size_t size = table_.text().size();
    const std::size_t before = block * block_bytes_;
    return block_bytes_ < size - table_.begin() - before ? table_.begin() + before + block_bytes_
                                                         : size;
  }

  // The begin of the first line that begins in the block.
  [[nodiscard]] std::size_t guess_begin(std::size_t block) const noexcept {
    if (block == 0) return table_.begin();
    const std::string_view text = table_.text();
    std::size_t at = table_.begin() + block * block_bytes_;
    const std::size_t end = end_of(block);
    const auto begins_line = [&] {
      return text[at - 1] == '\n' || (text[at - 1] == '\r' && text[at] != '\n');
    };
    while (at < end && !begins_line()) ++at;
    return at;
  }

  // The rows that begin in [begin, end).
  [[nodiscard]] Run run(std::size_t begin, std::size_t end) const {
    Run run{.begin = begin, .columns = record::TransactionColumns(rules_)};
    constexpr std::size_t usual_row_bytes = 24;
    run.columns.reserve((end - begin) / usual_row_bytes);
    auto tokenizer = table_.rows();
    tokenizer.seek(begin);
    std::unique_ptr<RowReader> reader = take_reader();
    detail::Row row;
    while (tokenizer.position() < end) {
      if (reader->add_plain(tokenizer, run.columns)) continue;
      if (!tokenizer.next(row)) break;
      auto refusal = table_.refusal(row);
      if (!refusal) {
        const auto fault = reader->add(row, run.columns);
        if (!fault) continue;
        refusal = table_.refusal(row, fault->reason, fault->column);
      }
      if (options_.strict) {
        run.first = std::move(refusal);
        break;
      }
      run.refusals.add(std::move(*refusal));
    }
    run.end = tokenizer.position();
    run.rows = tokenizer.rows();
    run.lines = tokenizer.lines();
    give_back(std::move(reader));
    return run;
  }

  // A reader serves one block after the other, and knows the days of those before; as many are made
  // as blocks are read at once.
  [[nodiscard]] std::unique_ptr<RowReader> take_reader() const {
    {
      const std::lock_guard lock(readers_mutex_);
      if (!readers_.empty()) {
        std::unique_ptr<RowReader> reader = std::move(readers_.back());
        readers_.pop_back();
        return reader;
      }
    }
    return std::make_unique<RowReader>(table_, layout_, rules_);
  }
  void give_back(std::unique_ptr<RowReader> reader) const {
    const std::lock_guard lock(readers_mutex_);
    readers_.push_back(std::move(reader));
  }

  void take(Run run) {
    if (run.first) {
      run.first->row += rows_;
      run.first->line += lines_;
      throw core::RowRefused(std::move(*run.first));
    }
    refusals_.append(run.refusals, rows_, lines_);
    rows_ += run.rows;
    lines_ += run.lines;
    position_ = run.end;
    parts_.push_back(std::move(run.columns));
  }

  const TransactionsOptions& options_;
  detail::Table table_;
  Layout layout_;
  record::LedgerRules rules_;
  std::size_t block_bytes_ = 0;
  mutable std::mutex readers_mutex_;
  mutable std::vector<std::unique_ptr<RowReader>> readers_;

  std::size_t position_ = 0;  // all rows before it are in parts_ and refusals_
  std::uint64_t rows_ = 0, lines_ = 0;
  std::vector<record::TransactionColumns> parts_;
  core::Refusals refusals_;
};

}  // namespace

record::Ledger read_transactions(const Input& input, const TransactionsOptions& options) {
  TransactionRows rows = read_transaction_rows(input, options);
  return record::build_ledger(std::move(rows.columns), options.threads, std::move(rows.refusals),
                              options.watch);
}

record::Ledger read_transactions(const std::string& path, const TransactionsOptions& options) {
  return read_transactions(Input::file(path), options);
}

TransactionRows read_transaction_rows(const Input& input, const TransactionsOptions& options) {
  return BlockReader(input, options).read();
}

TransactionRows read_transaction_rows(const std::string& path, const TransactionsOptions& options) {
  return read_transaction_rows(Input::file(path), options);
}

}  // namespace rapport::io
