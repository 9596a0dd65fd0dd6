/// \file
/// Definitions as JSON: refused with a place, or read, checked, written and read back as the same.

#include <rapport/io/definition.hpp>

#include "fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapport;
  try {
    const auto definition = io::read_index(fuzz::text_of(data, size));
    const auto json = io::to_json(definition);
    const auto again = io::read_index(json);
    fuzz::require(again == definition, "a definition reads back");
    fuzz::require(relationship::fingerprint(again) == relationship::fingerprint(definition),
                  "equal definitions have one fingerprint");
    double sum = 0;
    for (const double weight : relationship::effective_weights(definition)) sum += weight;
    // Each level of groups may add its own tolerance.
    fuzz::require(sum > 0.99 && sum < 1.01, "weights add up");
    static_cast<void>(relationship::check(definition));
  } catch (const relationship::DefinitionError& error) {
    fuzz::require(error.place().empty() || error.place().front() == '/', "a place is a pointer");
  }
  return 0;
}
