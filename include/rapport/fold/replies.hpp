#ifndef RAPPORT_FOLD_REPLIES_HPP
#define RAPPORT_FOLD_REPLIES_HPP

/// \file
/// Which contacts of the firm were answered.

#include <rapport/core/time.hpp>
#include <rapport/record/interaction.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace rapport::fold {

/// Contacts of the firm that ask for an answer, and answers of the customer. How many were
/// answered, alone: relationship/responses.hpp tells how soon, and of both sides. Models Mergeable.
struct Replies {
  using Key = std::pair<record::SourceId, record::RowKey>;

  struct State {
    /// By ascending key of a contact of the firm, each once: when it was asked, and when it was
    /// answered last.
    std::vector<std::pair<Key, core::Instant>> asked, answered;

    friend bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const record::Interaction& contact) const {
    const record::Stamp& stamp = contact.stamp;
    if (contact.direction == record::Direction::outbound && contact.asks()) {
      note_asked(state, {stamp.source, stamp.key}, stamp.at);
    } else if (contact.direction == record::Direction::inbound && contact.in_reply_to != 0) {
      note_answered(state, {stamp.source, contact.in_reply_to}, stamp.at);
    }
  }
  void merge(State& state, const State& other) const {
    for (const auto& [key, at] : other.asked) note_asked(state, key, at);
    for (const auto& [key, at] : other.answered) note_answered(state, key, at);
  }

  /// How many of the contacts were answered. An answer before the question is none.
  [[nodiscard]] static std::uint64_t answered(const State& state) noexcept {
    return static_cast<std::uint64_t>(std::ranges::count_if(state.asked, [&](const auto& question) {
      const auto answer = std::ranges::lower_bound(state.answered, question.first, {}, key_of);
      return answer != state.answered.end() && answer->first == question.first &&
             answer->second >= question.second;
    }));
  }

 private:
  using Entries = std::vector<std::pair<Key, core::Instant>>;

  static constexpr auto key_of = &Entries::value_type::first;

  static core::Instant& place_of(Entries& entries, const Key& key, core::Instant at) {
    auto place = std::ranges::lower_bound(entries, key, {}, key_of);
    if (place == entries.end() || place->first != key) place = entries.insert(place, {key, at});
    return place->second;
  }
  static void note_asked(State& state, const Key& key, core::Instant at) {
    core::Instant& first = place_of(state.asked, key, at);
    first = std::min(first, at);
  }
  static void note_answered(State& state, const Key& key, core::Instant at) {
    core::Instant& last = place_of(state.answered, key, at);
    last = std::max(last, at);
  }
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_REPLIES_HPP
