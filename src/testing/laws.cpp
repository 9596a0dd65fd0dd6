#include <rapport/testing/laws.hpp>

#include <tuple>

namespace rapport::testing {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2714064.2660195): the same everywhere.
class Stream {
 public:
  explicit Stream(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  std::uint64_t state_;
};

std::string text_of(const fold::Entry& entry) {
  return core::to_text(entry.at) + ", day " + std::to_string(entry.day) + ", " +
         std::string(core::to_text(entry.kind)) + " of " + std::to_string(entry.amount) +
         ", channel " + std::to_string(entry.channel) + ", category " +
         std::to_string(entry.category);
}

}  // namespace

std::vector<fold::Entry> generate_entries(std::uint64_t seed, std::size_t most) {
  using record::TransactionKind;
  Stream stream(seed);
  // Before 1970 in some cases, so that day numbers of both signs come up.
  const auto first_day = static_cast<fold::DayNumber>(stream.below(40'000)) - 10'000;
  const std::uint64_t days = 1 + stream.below(8);
  std::vector<fold::Entry> entries(stream.below(most + 1));
  for (fold::Entry& entry : entries) {
    entry.day = first_day + static_cast<fold::DayNumber>(stream.below(days));
    entry.at = fold::day_of(entry.day) + std::chrono::hours{stream.below(3) * 11};
    entry.kind = static_cast<TransactionKind>(stream.below(4) % 3);
    entry.amount = static_cast<std::int64_t>(stream.below(5) == 0 ? 0 : stream.below(100'000));
    if (!entry.is_purchase()) entry.amount = -entry.amount;
    entry.channel = static_cast<std::uint32_t>(stream.below(3));
    entry.category = static_cast<std::uint32_t>(stream.below(3));
  }
  const auto key = [](const fold::Entry& e) {
    return std::tuple(e.at, e.kind, e.amount, e.channel, e.category);
  };
  std::sort(entries.begin(), entries.end(),
            [&](const fold::Entry& a, const fold::Entry& b) { return key(a) < key(b); });
  return entries;
}

std::string LawReport::text() const {
  std::string text;
  for (const BrokenLaw& broken_law : broken) {
    text += "the law of " + broken_law.law + " is broken: " + broken_law.meaning +
            "\n  but not for these entries:\n";
    for (std::size_t i = 0; i < broken_law.entries.size(); ++i) {
      text += std::string("  ") + (broken_law.second[i] ? "second: " : "first:  ") +
              text_of(broken_law.entries[i]) + '\n';
    }
  }
  return text;
}

namespace detail {

std::vector<fold::Entry> Deal::side(bool which) const {
  std::vector<fold::Entry> result;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (second[i] == which) result.push_back(entries[i]);
  }
  return result;
}

Deal deal(std::uint64_t seed, std::size_t most, Dealing dealing) {
  Deal dealt{generate_entries(seed, most), {}};
  Stream stream(~seed);
  const std::size_t size = dealt.entries.size();
  const std::size_t cut = stream.below(size + 1);
  for (std::size_t i = 0; i < size; ++i) {
    dealt.second.push_back(dealing == Dealing::cut ? i >= cut : stream.below(2) == 1);
  }
  return dealt;
}

}  // namespace detail
}  // namespace rapport::testing
