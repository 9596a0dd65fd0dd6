#include <rapport/relationship/consent.hpp>

#include <rapport/math/random.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rapport::relationship {
namespace {

using namespace std::chrono_literals;
using record::ConsentState;

constexpr record::Name promotion{1}, service{2}, sms{3}, email{4};
constexpr core::Instant may{core::Day{2024y / 5 / 1}};

record::Consent word(ConsentState state, core::Instant at, std::uint32_t source = 1,
                     record::Name purpose = promotion, record::Name channel = sms) {
  return {.stamp = {.source = record::SourceId{source}, .at = at},
          .purpose = purpose,
          .channel = channel,
          .state = state};
}

using Words = std::vector<record::Consent>;

Permission permission(const Words& words, core::Instant at) {
  return consent(words, promotion, sms, at).permission;
}

TEST(R65_Consent, RevokedAtTIsAllowedBeforeAndRefusedAtTAndAfter) {
  const Words words = {word(ConsentState::granted, may - 24h), word(ConsentState::revoked, may)};
  EXPECT_EQ(permission(words, may - 25h), Permission::unasked);
  EXPECT_EQ(permission(words, may - 1s), Permission::allowed);
  EXPECT_EQ(permission(words, may), Permission::refused);
  EXPECT_EQ(permission(words, may + 24h * 365), Permission::refused);
}

TEST(R65_Consent, AnImportedRowOlderThanTheRevocationBringsNothingBack) {
  Words words = {word(ConsentState::revoked, may)};
  words.push_back(word(ConsentState::granted, may - 1s));
  words.back().stamp.known = may + 240h;  // loaded later
  EXPECT_EQ(permission(words, may + 480h), Permission::refused);
  words.push_back(word(ConsentState::granted, may, 2));  // from another system
  EXPECT_EQ(permission(words, may + 480h), Permission::refused);
  words.push_back(word(ConsentState::granted, may + 1h));
  EXPECT_EQ(permission(words, may + 480h), Permission::allowed) << "but a new word does";
}

TEST(R65_Consent, MergingTwoRecordsKeepsTheStricterState) {
  const Words first = {word(ConsentState::granted, may - 24h), word(ConsentState::revoked, may)};
  const Words second = {word(ConsentState::granted, may + 24h, 2)};
  EXPECT_EQ(permission(first, may + 48h), Permission::refused);
  EXPECT_EQ(permission(second, may + 48h), Permission::allowed);
  Words merged = first;
  merged.insert(merged.end(), second.begin(), second.end());
  const ConsentAnswer answer = consent(merged, promotion, sms, may + 48h);
  EXPECT_EQ(answer.permission, Permission::refused);
  EXPECT_EQ(answer.word, &merged[1]) << "the word that refuses";
  EXPECT_EQ(permission(merged, may - 1s), Permission::allowed);
}

TEST(R65_Consent, MergingNeverGrantsWhatOneOfTheRecordsRefuses) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    math::RandomStream stream(65, seed);
    std::vector<Words> sources(3);
    Words merged;
    for (int i = 0; i < 8; ++i) {
      const auto source = static_cast<std::uint32_t>(stream() % 3);
      const auto state = stream() % 2 == 0 ? ConsentState::granted : ConsentState::revoked;
      const record::Name purpose{static_cast<std::uint32_t>(stream() % 3)};
      merged.push_back(word(state, may + 1h * static_cast<int>(stream() % 6), source, purpose));
      sources[source].push_back(merged.back());
    }
    for (int hour = -1; hour < 7; ++hour) {
      const core::Instant at = may + 1h * hour;
      Permission strictest = Permission::unasked;
      for (const Words& words : sources) {
        strictest = std::max(strictest, permission(words, at));
      }
      const Permission whole = permission(merged, at);
      EXPECT_EQ(whole, strictest);
      Words reversed(merged.rbegin(), merged.rend());
      EXPECT_EQ(permission(reversed, at), whole) << "the order of rows does not show";
    }
  }
}

TEST(Consent, OfOneInstantTheStricterWordCounts) {
  EXPECT_EQ(permission({word(ConsentState::granted, may), word(ConsentState::revoked, may)}, may),
            Permission::refused);
  EXPECT_EQ(permission({word(ConsentState::revoked, may), word(ConsentState::granted, may)}, may),
            Permission::refused);
}

TEST(Consent, IsByPurposeAndChannelAndAnEmptyOneMeansAll) {
  const Words words = {word(ConsentState::granted, may, 1, {}, email),
                       word(ConsentState::revoked, may + 1h, 1, promotion, {}),
                       word(ConsentState::granted, may + 2h, 1, {}, sms)};
  const auto at = [&](record::Name purpose, record::Name channel, core::Instant when) {
    return consent(words, purpose, channel, when).permission;
  };
  EXPECT_EQ(at(promotion, email, may), Permission::allowed);
  EXPECT_EQ(at(promotion, sms, may), Permission::unasked);
  EXPECT_EQ(at(promotion, email, may + 1h), Permission::refused);
  EXPECT_EQ(at(service, email, may + 1h), Permission::allowed);
  EXPECT_EQ(at(promotion, sms, may + 2h), Permission::allowed) << "the latest word wins";
  EXPECT_EQ(at(promotion, email, may + 2h), Permission::refused);
  EXPECT_EQ(at(service, sms, may), Permission::unasked);
}

TEST(Consent, CanBeAskedByWhatWasKnown) {
  Words words = {word(ConsentState::granted, may), word(ConsentState::revoked, may + 24h)};
  words[1].stamp.known = may + 72h;  // it came by post
  EXPECT_EQ(permission(words, may + 48h), Permission::refused);
  EXPECT_EQ(consent(words, promotion, sms, may + 48h, may + 48h).permission, Permission::allowed);
  words[0].stamp.voided = may + 1h;  // an error in entering it
  EXPECT_EQ(consent(words, promotion, sms, may + 48h, may + 48h).permission, Permission::unasked);
  EXPECT_EQ(consent({}, promotion, sms, may).word, nullptr);
}

}  // namespace
}  // namespace rapport::relationship
