#ifndef RAPPORT_FOLD_REPLIES_HPP
#define RAPPORT_FOLD_REPLIES_HPP

/// \file
/// Which contacts of the firm were answered.

#include <rapport/record/interaction.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace rapport::fold {

/// Contacts of the firm that bear a key and answer nothing themselves, so that they ask for an
/// answer, and answers of the customer that name one. Models Mergeable.
struct Replies {
  using Key = std::pair<record::SourceId, record::RowKey>;

  struct State {
    std::vector<Key> asked, answered;  ///< keys of contacts of the firm, ascending, each once

    friend bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const record::Interaction& contact) const {
    const record::Stamp& stamp = contact.stamp;
    const bool asks = contact.in_reply_to == 0 && stamp.key != 0;
    if (contact.direction == record::Direction::outbound && asks) {
      insert(state.asked, {stamp.source, stamp.key});
    } else if (contact.direction == record::Direction::inbound && contact.in_reply_to != 0) {
      insert(state.answered, {stamp.source, contact.in_reply_to});
    }
  }
  void merge(State& state, const State& other) const {
    for (const Key& key : other.asked) insert(state.asked, key);
    for (const Key& key : other.answered) insert(state.answered, key);
  }

  /// How many of the contacts were answered.
  [[nodiscard]] static std::uint64_t answered(const State& state) noexcept {
    return static_cast<std::uint64_t>(
        std::count_if(state.asked.begin(), state.asked.end(), [&](const Key& key) {
          return std::binary_search(state.answered.begin(), state.answered.end(), key);
        }));
  }

 private:
  static void insert(std::vector<Key>& keys, const Key& key) {
    const auto place = std::lower_bound(keys.begin(), keys.end(), key);
    if (place == keys.end() || *place != key) keys.insert(place, key);
  }
};

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_REPLIES_HPP
