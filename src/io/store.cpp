#include <rapport/io/parse.hpp>
#include <rapport/io/store.hpp>
#include <rapport/io/utf8.hpp>

#include "table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace rapport::io {
namespace {

using core::Reason;
using detail::no_column;
using record::Record;

// Without spaces and TABs around it.
std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Calls f with a default row of the kind of that name.
template <class F>
void with_kind(std::string_view name, const F& f) {
  bool found = false;
  std::apply(
      [&](const auto&... rows) {
        const auto look = [&]<class Row>(const Row& row) {
          if (found || Row::kind_name != name) return;
          found = true;
          f(row);
        };
        (look(rows), ...);
      },
      record::AllKinds{});
  if (!found) {
    throw std::invalid_argument("no kind of record is named \"" + std::string(name) + "\"");
  }
}

template <class F, class Row>
void each_column(const Row&, const F& f) {
  std::apply([&](const auto&... columns) { (f(columns), ...); }, Row::columns());
}

// The columns without which a row of the kind says nothing, or the opposite of what was meant.
template <Record Row>
bool is_needed(std::string_view column) {
  using namespace record;
  const auto is_one_of = [&](auto... names) { return (... || (column == names)); };
  if constexpr (std::same_as<Row, Promise>) return is_one_of("by", "due_at");
  if constexpr (std::same_as<Row, RecoveryAction>) return is_one_of("complaint", "kind");
  if constexpr (std::same_as<Row, Holding>) return is_one_of("balance");
  if constexpr (std::same_as<Row, ContactPoint>) return is_one_of("kind", "value");
  if constexpr (std::same_as<Row, Consent>) return is_one_of("state");
  if constexpr (std::same_as<Row, KnowledgeItem>) return is_one_of("topic");
  if constexpr (std::same_as<Row, PartyRelation>) return is_one_of("to");
  if constexpr (std::same_as<Row, Grant>) return is_one_of("privilege");
  return false;
}

// The column to show when a kind refuses a row that is sound field by field.
std::string_view blamed(const record::StoredTransaction& row, Reason reason) {
  if (reason == Reason::bad_amount) return "discount";
  return row.amount == std::numeric_limits<std::int64_t>::min() ? "amount" : "goods";
}
std::string_view blamed(const record::Complaint&, Reason) { return "severity"; }
std::string_view blamed(const record::Survey& row, Reason) {
  return row.scale_low >= row.scale_high ? "scale_high" : "score";
}
std::string_view blamed(const record::KnowledgeItem&, Reason) { return "confidence_percent"; }
template <Record Row>
std::string_view blamed(const Row&, Reason) {
  return "cost";
}

template <Record Row>
constexpr bool has_money() {
  return std::apply(
      [](const auto&... columns) {
        return (... || std::remove_cvref_t<decltype(columns)>::is_money);
      },
      Row::columns());
}

template <Record Row>
constexpr bool is_reported = requires(const Row& row) {
  row.reported_at;
};

// When a record was known if nothing is said.
template <Record Row>
core::Instant usually_known(const Row& row) {
  if constexpr (is_reported<Row>) {
    return row.reported_at;
  } else {
    return row.stamp.at;
  }
}

// Reads the rows of one kind.
template <Record Row>
class RecordReader {
 public:
  RecordReader(const Input& input, record::StoreBuilder& builder, const StoreOptions& options)
      : builder_(builder), options_(options), table_(input, options.dialect) {
    find_columns();
  }

  std::uint64_t read() {
    constexpr std::uint64_t rows_per_report = 1U << 16U;
    const std::string stage = "reading " + std::string(Row::kind_name);
    auto tokenizer = table_.rows();
    detail::Row row;
    while (tokenizer.next(row)) {
      if (tokenizer.rows() % rows_per_report == 0) {
        options_.watch.report({stage, tokenizer.position(), table_.text().size()});
      }
      auto refusal = table_.refusal(row);
      if (!refusal) {
        const auto fault = add(row);
        if (!fault) continue;
        refusal = table_.refusal(row, fault->reason, fault->column);
      }
      refusal->line += table_.lines_before();
      if (options_.strict) throw FileRowRefused(table_.name(), std::move(*refusal));
      builder_.refusals<Row>().add(std::move(*refusal));
    }
    options_.watch.report({stage, table_.text().size(), table_.text().size()});
    return tokenizer.rows();
  }

 private:
  static constexpr bool is_transaction = std::same_as<Row, record::StoredTransaction>;
  static constexpr std::size_t column_count = std::tuple_size_v<decltype(Row::columns())>;

  struct Fault {
    Reason reason;
    std::size_t column;
  };
  using Outcome = std::optional<Fault>;

  void find_columns() {
    static const TransactionColumnNames defaults;
    std::vector<std::string> missing;
    const auto place = [&](std::string_view name, bool needed) {
      const auto found = table_.find(name);
      if (!found && needed) missing.emplace_back(name);
      return found.value_or(no_column);
    };
    // A name of the caller's must be there, and an empty one means not to look.
    const auto renamed = [&](const std::string& name, const std::string& standard) {
      return name.empty() ? no_column : place(name, name != standard);
    };
    const TransactionColumnNames& names = is_transaction ? options_.columns : defaults;
    customer_ = place(names.customer, true);
    date_ = place(names.date, true);
    if constexpr (has_money<Row>()) currency_ = renamed(names.currency, defaults.currency);
    known_ = place("known", false);
    voided_ = place("voided", false);
    key_ = place("key", false);
    origin_ = place("origin", false);
    std::size_t i = 0;
    each_column(Row{}, [&](const auto& column) {
      if (is_transaction && column.name == "amount") {
        places_[i] = renamed(names.amount, defaults.amount);
      } else if (is_transaction && column.name == "kind") {
        places_[i] = renamed(names.kind, defaults.kind);
      } else if (is_transaction && column.name == "channel") {
        places_[i] = renamed(names.channel, defaults.channel);
      } else if (is_transaction && column.name == "category") {
        places_[i] = renamed(names.category, defaults.category);
      } else {
        places_[i] = place(column.name, is_needed<Row>(column.name));
      }
      ++i;
    });
    if (!missing.empty()) table_.throw_missing(missing);
  }

  // Adds a row, or says what is wrong with it. Texts are interned once all else is found sound, so
  // that a refused row leaves no trace.
  Outcome add(const detail::Row& text) {
    Row row{};
    record::Stamp& stamp = row.stamp;
    const std::string_view customer = field(text, customer_);
    if (customer.empty()) return Fault{Reason::missing_field, customer_};
    if (trimmed(customer).empty()) return Fault{Reason::bad_key, customer_};

    Outcome fault;
    const auto keep = [&](Outcome outcome) {
      if (!fault) fault = outcome;
    };
    keep(read_field(text, date_, true, stamp.at));
    std::optional<core::Instant> known;
    keep(read_field(text, known_, false, known));
    keep(read_field(text, voided_, false, stamp.voided));
    keep(read_field(text, key_, false, stamp.key));
    if constexpr (is_reported<Row>) row.reported_at = known.value_or(stamp.at);
    std::size_t i = 0;
    each_column(row, [&](const auto& column) {
      const bool needed =
          is_needed<Row>(column.name) || (is_transaction && column.name == "amount");
      keep(read_column(text, places_[i++], needed, column, row));
    });
    stamp.known = known.value_or(usually_known(row));
    if (!fault) fault = fault_of(text, row);
    if (fault) return fault;

    stamp.source = builder_.source(field(text, customer_));
    if (origin_ != no_column) stamp.origin = builder_.name(field(text, origin_));
    i = 0;
    each_column(row, [&](const auto& column) {
      const std::size_t place = places_[i++];
      if constexpr (std::same_as<std::remove_cvref_t<decltype(row.*column.member)>, record::Name>) {
        if (place != no_column) row.*column.member = builder_.name(field(text, place));
      }
    });
    if (const auto reason = builder_.add(row)) return Fault{*reason, date_};
    return std::nullopt;
  }

  // What is wrong with a row whose fields are sound one by one.
  Outcome fault_of(const detail::Row& text, const Row& row) {
    if constexpr (has_money<Row>()) {
      if (currency_ != no_column) {
        const std::string_view code = trimmed(field(text, currency_));
        if (!code.empty() && code != builder_.rules().currency.code()) {
          return Fault{Reason::other_currency, currency_};
        }
      }
    }
    if constexpr (is_transaction) {
      const std::size_t kind = place_of("kind");
      const bool says_kind = kind != no_column && !trimmed(field(text, kind)).empty();
      if (says_kind && row.kind == record::TransactionKind::sale && row.amount < 0) {
        return Fault{Reason::negative_sale, place_of("amount")};
      }
    }
    if constexpr (record::Normalised<Row>) {
      Row normal = row;
      if (const auto reason = normal.normalise()) {
        const std::size_t place = place_of(blamed(row, *reason));
        return Fault{*reason, place == no_column ? date_ : place};
      }
    }
    return std::nullopt;
  }

  template <class Column>
  Outcome read_column(const detail::Row& text, std::size_t place, bool needed, const Column& column,
                      Row& row) {
    if constexpr (!Column::is_money) {
      return read_field(text, place, needed, row.*column.member);
    } else {
      if (place == no_column) return std::nullopt;
      const std::string_view amount = field(text, place);
      if (trimmed(amount).empty()) return empty_field(place, needed);
      const auto minor = parse_minor(amount, builder_.rules().currency, table_.dialect());
      if (!minor) return Fault{*minor.refused, place};
      row.*column.member = minor.value;
      return std::nullopt;
    }
  }

  static Outcome empty_field(std::size_t place, bool needed) {
    if (needed) return Fault{Reason::missing_field, place};
    return std::nullopt;
  }

  // An empty field leaves the value as it is.
  template <class Value>
  Outcome read_field(const detail::Row& row, std::size_t place, bool needed, Value& value) {
    if constexpr (std::same_as<Value, record::Name>) {
      return std::nullopt;  // comes last
    } else {
      if (place == no_column) return std::nullopt;
      const std::string_view text = trimmed(field(row, place));
      if (text.empty()) return empty_field(place, needed);
      const auto reason = parse(text, value);
      if (reason) return Fault{*reason, place};
      return std::nullopt;
    }
  }

  std::optional<Reason> parse(std::string_view text, core::Instant& value) {
    const auto instant = parse_instant(text, builder_.rules().zone, table_.dialect());
    if (!instant) return instant.refused;
    if (!record::in_range(instant.value, builder_.rules().epoch)) return Reason::date_out_of_range;
    value = instant.value;
    return std::nullopt;
  }
  std::optional<Reason> parse(std::string_view text, std::optional<core::Instant>& value) {
    return parse(text, value.emplace());
  }
  template <core::NamedEnum Value>
  std::optional<Reason> parse(std::string_view text, Value& value) {
    const auto choice = core::from_text<Value>(lower(text));
    if (!choice) {
      return std::same_as<Value, record::TransactionKind> ? Reason::bad_kind : Reason::bad_word;
    }
    value = *choice;
    return std::nullopt;
  }
  template <std::integral Value>
  std::optional<Reason> parse(std::string_view text, Value& value) {
    // As written by write_store; else with the dialect's digits and groups.
    const char* const end = text.data() + text.size();
    using Wide = std::conditional_t<std::is_signed_v<Value>, std::int64_t, std::uint64_t>;
    Wide wide{};
    const auto [rest, error] = std::from_chars(text.data(), end, wide);
    if (error == std::errc() && rest == end) return assign(wide, value);
    const core::Currency pieces("PCS", 0);  // a unit without decimals
    const auto number = parse_minor(text, pieces, table_.dialect());
    return number ? assign(number.value, value) : Reason::bad_number;
  }
  template <class Wide, class Value>
  static std::optional<Reason> assign(Wide wide, Value& value) {
    if (!std::in_range<Value>(wide)) return Reason::bad_number;
    value = static_cast<Value>(wide);
    return std::nullopt;
  }

  [[nodiscard]] std::size_t place_of(std::string_view name) const {
    std::size_t i = 0, place = no_column;
    each_column(Row{}, [&](const auto& column) {
      if (column.name == name) place = places_[i];
      ++i;
    });
    return place;
  }

  // Lives until the next call.
  std::string_view field(const detail::Row& row, std::size_t place) {
    return detail::contents(table_.text(), row.fields[place], scratch_);
  }

  record::StoreBuilder& builder_;
  const StoreOptions& options_;
  detail::Table table_;
  std::size_t customer_ = no_column, date_ = no_column, known_ = no_column, voided_ = no_column,
              key_ = no_column, origin_ = no_column, currency_ = no_column;
  std::array<std::size_t, column_count> places_{};  // of Row::columns()
  std::string scratch_;
};

// Writes the rows of one kind.
template <Record Row>
class RecordWriter {
 public:
  RecordWriter(CsvWriter csv, const record::Store& store)
      : csv_(std::move(csv)), store_(store), table_(store.table<Row>()) {}

  void write() {
    find_columns();
    write_header();
    each_row([&](const Row& row) { write_row(row); });
    csv_.finish();
  }

 private:
  template <class F>
  void each_row(const F& f) const {
    for (std::uint32_t source = 0; source < store_.sources().size(); ++source) {
      const auto [begin, end] = table_.run({source});
      for (std::uint64_t i = begin; i < end; ++i) f(table_.row({source}, i));
    }
  }

  static bool is_always_written(std::string_view column) {
    return is_needed<Row>(column) || column == "amount" || column == "reported_at";
  }

  // Which columns some row uses.
  void find_columns() {
    const Row standard{};
    std::size_t i = 0;
    each_column(standard,
                [&](const auto& column) { written_[i++] = is_always_written(column.name); });
    each_row([&](const Row& row) {
      known_ |= row.stamp.known != usually_known(row);
      voided_ |= row.stamp.voided.has_value();
      key_ |= row.stamp.key != 0;
      origin_ |= row.stamp.origin != record::Name{};
      i = 0;
      each_column(row, [&](const auto& column) {
        written_[i++] |= row.*column.member != standard.*column.member;
      });
    });
  }

  void write_header() {
    csv_.text("customer_id");
    csv_.text("date");
    if (known_) csv_.text("known");
    if (voided_) csv_.text("voided");
    if (key_) csv_.text("key");
    if (origin_) csv_.text("origin");
    std::size_t i = 0;
    each_column(Row{}, [&](const auto& column) {
      if (written_[i++]) csv_.text(column.name);
    });
    csv_.end_row();
  }

  void write_row(const Row& row) {
    csv_.text(store_.key_text(row.stamp.source));
    write_value(row.stamp.at);
    if (known_) {
      if (row.stamp.known == usually_known(row)) {
        csv_.empty();
      } else {
        write_value(row.stamp.known);
      }
    }
    if (voided_) write_value(row.stamp.voided);
    if (key_) write_value(row.stamp.key);
    if (origin_) write_value(row.stamp.origin);
    std::size_t i = 0;
    each_column(row, [&](const auto& column) {
      if (!written_[i++]) return;
      if constexpr (std::remove_cvref_t<decltype(column)>::is_money) {
        csv_.amount(row.*column.member, store_.rules().currency);
      } else {
        write_value(row.*column.member);
      }
    });
    csv_.end_row();
  }

  void write_value(core::Instant value) { csv_.text(core::to_text(value)); }
  void write_value(const std::optional<core::Instant>& value) {
    if (value) {
      write_value(*value);
    } else {
      csv_.empty();
    }
  }
  void write_value(record::Name value) { csv_.text(store_.text(value)); }
  template <core::NamedEnum Value>
  void write_value(Value value) {
    csv_.text(core::to_text(value));
  }
  template <std::integral Value>
  void write_value(Value value) {
    if (std::in_range<std::int64_t>(value)) {
      csv_.number(static_cast<std::int64_t>(value));
    } else {
      csv_.text(std::to_string(value));
    }
  }

  CsvWriter csv_;
  const record::Store& store_;
  const record::Table<Row>& table_;
  bool known_ = false, voided_ = false, key_ = false, origin_ = false;
  std::array<bool, std::tuple_size_v<decltype(Row::columns())>> written_{};
};

void write_links_to(CsvWriter csv, const record::Store& store) {
  csv.text("a");
  csv.text("b");
  csv.end_row();
  for (const record::Link& link : store.links()) {
    csv.text(store.key_text(link.a));
    csv.text(store.key_text(link.b));
    csv.end_row();
  }
  csv.finish();
}

// A text that a CSV cannot hold would be refused when it is read back: better said at once.
void check_texts(const record::Store& store) {
  const auto check = [](std::string_view text, bool is_key) {
    if (is_key && trimmed(text).empty()) {
      throw std::invalid_argument("write_store: a key of a source record is empty or blank");
    }
    if (first_malformed(text) != text.size()) {
      throw std::invalid_argument("write_store: the text \"" + excerpt(text) +
                                  "\" is not UTF-8 or holds a NUL");
    }
  };
  for (std::uint32_t i = 0; i < store.sources().size(); ++i) {
    check(store.key_text(record::SourceId{i}), true);
  }
  for (std::uint32_t i = 1; i <= store.name_count(); ++i) check(store.text({i}), false);
}

std::string path_of(const std::string& directory, std::string_view name) {
  return (std::filesystem::path(directory) / (std::string(name) + ".csv")).string();
}

}  // namespace

FileRowRefused::FileRowRefused(std::string file, core::Refusal refusal)
    : RowRefused(std::move(refusal)),
      file_(std::move(file)),
      text_(file_ + ", " + core::to_text(this->refusal())) {}

std::uint64_t read_records(std::string_view kind, const Input& input, record::StoreBuilder& builder,
                           const StoreOptions& options) {
  std::uint64_t rows = 0;
  with_kind(kind, [&]<class Row>(const Row&) {
    rows = RecordReader<Row>(input, builder, options).read();
  });
  return rows;
}

std::uint64_t read_links(const Input& input, record::StoreBuilder& builder,
                         const StoreOptions& options) {
  const detail::Table table(input, options.dialect);
  std::vector<std::string> missing;
  std::array<std::size_t, 2> places{};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string name(1, "ab"[i]);
    const auto place = table.find(name);
    if (!place) missing.push_back(name);
    places[i] = place.value_or(no_column);
  }
  if (!missing.empty()) table.throw_missing(missing);
  auto tokenizer = table.rows();
  detail::Row row;
  std::array<std::string, 2> scratch;
  while (tokenizer.next(row)) {
    auto refusal = table.refusal(row);
    std::array<std::string_view, 2> keys;
    for (std::size_t i = 0; i < 2 && !refusal; ++i) {
      keys[i] = detail::contents(table.text(), row.fields[places[i]], scratch[i]);
      if (!trimmed(keys[i]).empty()) continue;
      const Reason reason = keys[i].empty() ? Reason::missing_field : Reason::bad_key;
      refusal = table.refusal(row, reason, places[i]);
    }
    if (refusal) {
      refusal->line += table.lines_before();
      throw FileRowRefused(table.name(), std::move(*refusal));
    }
    builder.link(keys[0], keys[1]);
  }
  return tokenizer.rows();
}

record::Store read_store(const std::string& directory, const StoreOptions& options) {
  record::StoreBuilder builder(
      {.currency = options.currency.value(), .zone = options.zone, .epoch = options.epoch});
  for (const std::string_view kind : record::kind_names) {
    const std::string path = path_of(directory, kind);
    const bool needed = kind == record::StoredTransaction::kind_name;
    if (!needed && !std::filesystem::exists(path)) continue;
    read_records(kind, Input::file(path), builder, options);
  }
  const std::string links = path_of(directory, "links");
  if (std::filesystem::exists(links)) read_links(Input::file(links), builder, options);
  return std::move(builder).build(options.threads, options.watch);
}

void write_store(const std::string& directory, const record::Store& store,
                 const WriterOptions& options) {
  check_texts(store);
  std::filesystem::create_directories(directory);
  for (const std::string_view kind : record::kind_names) {
    with_kind(kind, [&]<class Row>(const Row&) {
      RecordWriter<Row>(CsvWriter(path_of(directory, kind), options), store).write();
    });
  }
  write_links_to(CsvWriter(path_of(directory, "links"), options), store);
}

void write_records(std::string_view kind, std::ostream& out, const record::Store& store,
                   const WriterOptions& options) {
  check_texts(store);
  with_kind(kind, [&]<class Row>(const Row&) {
    RecordWriter<Row>(CsvWriter(out, options), store).write();
  });
}

void write_links(std::ostream& out, const record::Store& store, const WriterOptions& options) {
  check_texts(store);
  write_links_to(CsvWriter(out, options), store);
}

}  // namespace rapport::io
