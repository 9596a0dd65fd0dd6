#include <rapport/relationship/consent.hpp>

#include <algorithm>
#include <tuple>

namespace rapport::relationship {
namespace {

bool is_refusal(const record::Consent& word) noexcept {
  return word.state == record::ConsentState::revoked;
}

// The later word, at one instant the stricter one, then the one with the greater key: no order of
// rows shows.
bool overrides(const record::Consent& word, const record::Consent& other) noexcept {
  return std::tuple(word.stamp.at, is_refusal(word), word.stamp.key, word.stamp.source) >
         std::tuple(other.stamp.at, is_refusal(other), other.stamp.key, other.stamp.source);
}

}  // namespace

ConsentAnswer consent(std::span<const record::Consent> words, record::Name purpose,
                      record::Name channel, core::Instant at, core::Instant known) {
  constexpr record::Name all{};
  const auto speaks = [&](const record::Consent& word) {
    return (word.purpose == all || word.purpose == purpose) &&
           (word.channel == all || word.channel == channel) && word.stamp.at <= at &&
           word.stamp.known < known && !(word.stamp.voided && *word.stamp.voided < known);
  };
  const record::Consent* strictest = nullptr;
  for (const record::Consent& word : words) {
    if (!speaks(word)) continue;
    // Only a word that no other of its own source record overrides is an answer. Customers have few
    // words, so looking for one is cheaper than keeping a table of sources.
    const bool stands = std::ranges::none_of(words, [&](const record::Consent& other) {
      return other.stamp.source == word.stamp.source && speaks(other) && overrides(other, word);
    });
    if (!stands) continue;
    const bool stricter =
        strictest == nullptr || (is_refusal(word) && !is_refusal(*strictest)) ||
        (is_refusal(word) == is_refusal(*strictest) && overrides(word, *strictest));
    if (stricter) strictest = &word;
  }
  if (strictest == nullptr) return {};
  return {is_refusal(*strictest) ? Permission::refused : Permission::allowed, strictest};
}

}  // namespace rapport::relationship
