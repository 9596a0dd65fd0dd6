/// \file
/// Transactions read whole against transactions read in blocks, with and without a sound header.
/// The first two bytes choose limits, digits and block size.

#include <rapport/io/transactions.hpp>

#include "fuzz/require.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace rapport;

// What can be seen of a ledger; nothing if the header was refused.
struct Seen {
  std::vector<std::uint32_t> times;
  std::vector<std::int64_t> amounts;
  std::uint64_t rows = 0;
  std::vector<std::string> refusals;
  bool header = false;

  bool operator==(const Seen&) const = default;
};

Seen read(std::string_view text, const io::TransactionsOptions& options) {
  Seen seen;
  try {
    const auto ledger = io::read_transactions(io::Input::text(text), options);
    const auto view = ledger.view();
    seen.times.assign(view.times.begin(), view.times.end());
    seen.amounts.assign(view.amounts.begin(), view.amounts.end());
    seen.rows = ledger.rows_read();
    seen.refusals = ledger.refusals().summary();
    seen.header = true;
    fuzz::require(view.rows() + ledger.refusals().total() == seen.rows,
                  "accepted and refused rows are all rows");
    check(view);
  } catch (const std::invalid_argument&) {
  } catch (const std::overflow_error&) {  // all amounts together
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text = fuzz::text_of(data + 2, size - 2);
  io::TransactionsOptions options;
  options.dialect.max_field_bytes = 1U + data[0];
  if (data[0] % 2 == 0) options.dialect.digits = io::Digits::native;
  const Seen whole = read(text, options);
  options.block_bytes = 1U + data[1];
  fuzz::require(read(text, options) == whole, "blocks cannot be seen in the result");
  const std::string with_header = "customer_id,date,amount\n" + std::string(text);
  options.dialect.delimiter = ',';
  const Seen parts = read(with_header, options);
  // A channel is read by the general way alone; this one tells no row from another.
  io::TransactionsOptions general = options;
  general.columns.channel = "amount";
  fuzz::require(read(with_header, general) == parts, "plain rows are read as all rows are");
  options.block_bytes = with_header.size();
  fuzz::require(read(with_header, options) == parts, "blocks cannot be seen behind a header");
  return 0;
}
