#ifndef RAPPORT_IO_STORE_HPP
#define RAPPORT_IO_STORE_HPP

/// \file
/// A store as a folder of CSV files, one for each kind of record, named after it: what a host's
/// systems export on one side, everything on one axis on the other.
///
///     const auto store = io::read_store("exports", {.currency = "IRR"});
///     for (const auto& line : store.refusals(record::kind_number<Promise>).summary()) log(line);
///
/// The columns of a kind are those that `Row::columns()` names, in any order, beside what every
/// record carries:
///
///     customer_id  key of the source record                                     needed
///     date         when it was so; of a complaint, when the failure took place   needed
///     known        when it was known; empty: at once; of a complaint, as it was reported
///     voided       when it was taken back; empty: it was not
///     key          the host's own number of the row
///     origin       where it was learned from
///     currency     where a kind has amounts: the store's code; empty: the same
///
/// These must be there besides: `by` and `due_at` of promises, `complaint` and `kind` of
/// recoveries, `balance` of holdings, `kind` and `value` of contact points, `state` of consents,
/// `topic` of knowledge, `to` of relations, `privilege` of grants. Unless it is a text, a row in
/// which one of them is empty is refused, and so is one with an empty `amount` of a transaction.
/// Any other column may be missing or empty and then stands for the default of its field; columns
/// that no kind names are ignored.

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/core/time.hpp>
#include <rapport/core/zone.hpp>
#include <rapport/io/csv_writer.hpp>
#include <rapport/io/dialect.hpp>
#include <rapport/io/input.hpp>
#include <rapport/io/transactions.hpp>
#include <rapport/record/store.hpp>
#include <rapport/record/store_builder.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace rapport::io {

/// How a store is read.
struct StoreOptions {
  CurrencyName currency = "USD";
  core::Zone zone = {};  ///< days are cut, and times without offset are read, in this zone
  core::Instant epoch = record::StoreRules().epoch;  ///< see record::StoreRules
  TransactionColumnNames columns = {};               ///< of transactions.csv
  Dialect dialect = {};                              ///< of all files
  bool strict = false;  ///< throw FileRowRefused at the first refused row
  core::Threads threads = {};
  core::Watch watch = {};
};

/// A refused row of one file of several.
class FileRowRefused : public core::RowRefused {
 public:
  FileRowRefused(std::string file, core::Refusal refusal);
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  /// "exports/promises.csv, line 12, column 8, due_at: ...".
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string file_, text_;
};

/// Reads DIRECTORY/transactions.csv, which must be there, and the files of all other kinds that
/// are there: interactions.csv, holdings.csv, promises.csv and so on, record::kind_names; and
/// links.csv, with columns `a` and `b` of keys of source records that are one customer.
///
/// Dates and amounts are read as parse_instant and parse_minor read them, words in either case;
/// names and keys are kept byte for byte as they stand. A transaction without a kind is a sale or,
/// below zero, a refund. Every row that cannot be used is in Store::refusals of its kind, with
/// line, column and reason, and leaves no trace in the store. The order of rows does not matter,
/// nor does the number of threads. A link that cannot be used is always thrown: without it, one
/// customer would pass for two.
/// \throws std::system_error if a file cannot be read; std::invalid_argument that names the file
/// if it is empty, its header is not sound or a needed column is missing; FileRowRefused for a
/// link, and in strict mode for any row; core::Cancelled; as record::StoreBuilder::build.
[[nodiscard]] record::Store read_store(const std::string& directory,
                                       const StoreOptions& options = {});

/// Reads the records of one kind, by its name, into a builder, whose rules say the currency and
/// the zone. Refused rows are counted there. \return rows gone through, the refused ones too.
/// \throws as read_store; std::invalid_argument if no kind bears the name.
std::uint64_t read_records(std::string_view kind, const Input& input, record::StoreBuilder& builder,
                           const StoreOptions& options = {});
template <record::Record Row>
std::uint64_t read_records(const Input& input, record::StoreBuilder& builder,
                           const StoreOptions& options = {}) {
  return read_records(Row::kind_name, input, builder, options);
}

/// Reads statements that two source records are one customer. \return rows gone through.
/// \throws as read_store.
std::uint64_t read_links(const Input& input, record::StoreBuilder& builder,
                         const StoreOptions& options = {});

/// How a store is written: texts as they are, since they are to be read back. Guard them where
/// people open the files in a spreadsheet; `read_store` does not take the apostrophes off again.
inline constexpr WriterOptions plain_text = {.guard_text = false};

/// Writes a file for every kind and the links into a folder, which is made if there is none.
/// With the same currency, zone and epoch, read_store makes of them the same store, rows, names
/// and links, but for source records without any record or link. The same store gives the same
/// bytes. Columns that every row leaves at its default are left out.
/// \throws std::invalid_argument for a key or name that cannot be in a CSV: empty or blank keys,
/// texts that are not UTF-8 or hold a NUL; std::system_error if a file cannot be written.
void write_store(const std::string& directory, const record::Store& store,
                 const WriterOptions& options = plain_text);

/// Writes the records of one kind, by its name, or the links to a stream.
/// \throws as write_store; std::invalid_argument if no kind bears the name.
void write_records(std::string_view kind, std::ostream& out, const record::Store& store,
                   const WriterOptions& options = plain_text);
void write_links(std::ostream& out, const record::Store& store,
                 const WriterOptions& options = plain_text);

}  // namespace rapport::io

#endif  // RAPPORT_IO_STORE_HPP
