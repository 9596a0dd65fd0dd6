/// \file
/// The tokenizer against the reference state machine. The first byte chooses delimiter and limit.

#include "fuzz/require.hpp"
#include "support/csv_reference.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapport;
  if (size < 1) return 0;
  const io::Dialect dialect{.delimiter = ",;\t"[data[0] % 3], .max_field_bytes = 1U + data[0] / 3U};
  const std::string_view text = fuzz::text_of(data + 1, size - 1);
  fuzz::require(tests::tokenized_rows(text, dialect) ==
                    tests::reference_rows(text, dialect.delimiter, dialect.max_field_bytes),
                "tokenizer and reference agree");
  return 0;
}
