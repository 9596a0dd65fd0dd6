/// \file
/// Records of any kind read, written and read again, with and without a sound header. The first
/// byte chooses the kind, and from 128 on digits of other scripts.

#include <rapport/io/store.hpp>

#include "fuzz/require.hpp"

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace rapport;

std::string written(std::string_view kind, const record::Store& store) {
  std::ostringstream out;
  io::write_records(kind, out, store);
  return out.str();
}

void read(std::string_view kind, std::string_view text, const io::StoreOptions& options) {
  try {
    record::StoreBuilder builder;
    const auto rows = io::read_records(kind, io::Input::text(text), builder, options);
    const record::Store store = std::move(builder).build();
    fuzz::require(store.rows() + store.refused() == rows, "accepted and refused rows are all rows");
    const std::string once = written(kind, store);
    record::StoreBuilder again;
    io::read_records(kind, io::Input::text(once), again, {.strict = true});
    fuzz::require(written(kind, std::move(again).build()) == once,
                  "what was written is read as it was");
  } catch (const core::RowRefused&) {
    fuzz::require(false, "what was written can be read");
  } catch (const std::invalid_argument&) {  // the header
  } catch (const std::overflow_error&) {    // all amounts together
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view kind = record::kind_names[data[0] % record::kind_count];
  const std::string_view text = fuzz::text_of(data + 1, size - 1);
  io::StoreOptions options;
  if (data[0] >= 128) options.dialect.digits = io::Digits::native;
  read(kind, text, options);
  // Whatever the columns of a kind are, a row of its needed ones.
  options.dialect.delimiter = ',';
  read(kind,
       "customer_id,date,known,voided,key,by,due_at,kind,state,balance,complaint,value,topic,"
       "privilege,to\n" +
           std::string(text),
       options);
  return 0;
}
