#include <rapport/clv/fingerprint.hpp>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rapport::clv {
namespace {

// Names one block after the other, each within the name of those before it: a table of any size
// needs the memory of a block.
class Namer {
 public:
  void number(double value) {
    auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
    // Little-endian on every machine.
    for (int i = 0; i < 8; ++i) {
      block_ += static_cast<char>(bits & 0xFFU);
      bits >>= 8U;
    }
    if (block_.size() >= full) flush();
  }

  void text(std::string_view value) {
    number(static_cast<double>(value.size()));
    block_ += value;
  }

  [[nodiscard]] std::string name() {
    flush();
    return boost::uuids::to_string(name_);
  }

 private:
  static constexpr std::size_t full = 65'536;

  void flush() {
    name_ = boost::uuids::name_generator_sha1(name_)(block_);
    block_.clear();
  }

  boost::uuids::uuid name_ = boost::uuids::ns::oid();
  std::string block_;
};

}  // namespace

std::string fingerprint(std::string_view kind, std::span<const std::span<const double>> columns) {
  Namer namer;
  namer.text(kind);
  namer.number(static_cast<double>(columns.size()));
  namer.number(columns.empty() ? 0 : static_cast<double>(columns.front().size()));
  for (const auto column : columns) {
    for (const double value : column) namer.number(value);
  }
  return namer.name();
}

std::string fingerprint(const Patterns& patterns) {
  std::vector<std::span<const double>> columns = {patterns.frequency(), patterns.recency(),
                                                  patterns.age(), patterns.count()};
  if (!patterns.sum_log_intervals().empty()) columns.push_back(patterns.sum_log_intervals());
  std::string kind = "histories, ";
  kind += patterns.period().name();
  return fingerprint(kind, columns);
}

std::string fingerprint(const OpportunityPatterns& patterns) {
  const std::array<std::span<const double>, 4> columns = {
      patterns.frequency(), patterns.recency(), patterns.opportunities(), patterns.count()};
  return fingerprint("opportunities", columns);
}

std::string fingerprint(const Retention& retention) {
  const std::array<std::span<const double>, 4> columns = {retention.entry(), retention.passed(),
                                                          retention.left_by(), retention.count()};
  return fingerprint("retention", columns);
}

std::string fingerprint(const Durations& durations) {
  const std::array<std::span<const double>, 3> columns = {durations.duration(), durations.churned(),
                                                          durations.count()};
  return fingerprint("durations", columns);
}

std::string fingerprint(const SpendPatterns& patterns) {
  std::vector<double> frequency;
  frequency.reserve(patterns.size());
  for (const auto& c : patterns.by_frequency()) frequency.resize(c.end, c.frequency);
  const std::array<std::span<const double>, 3> columns = {frequency, patterns.mean(),
                                                          patterns.count()};
  return fingerprint("spends", columns);
}

std::string fingerprint(const AmountPatterns& patterns) {
  const std::array<std::span<const double>, 4> columns = {
      patterns.frequency(), patterns.mean(), patterns.sum_log_amounts(), patterns.count()};
  return fingerprint("amounts", columns);
}

}  // namespace rapport::clv
