#ifndef RAPPORT_FOLD_CONTACTS_HPP
#define RAPPORT_FOLD_CONTACTS_HPP

/// \file
/// How often, in how many ways and with whom a customer is in touch.

#include <rapport/fold/entry.hpp>
#include <rapport/fold/tally.hpp>
#include <rapport/record/interaction.hpp>

#include <cstdint>

namespace rapport::fold {

/// Contacts by direction. Models Invertible.
struct Contacts {
  struct State {
    std::uint64_t inbound = 0, outbound = 0, undirected = 0;

    [[nodiscard]] std::uint64_t all() const noexcept { return inbound + outbound + undirected; }
    friend constexpr bool operator==(const State&, const State&) = default;
  };

  void absorb(State& state, const record::Interaction& contact) const {
    state.inbound += contact.direction == record::Direction::inbound;
    state.outbound += contact.direction == record::Direction::outbound;
    state.undirected += contact.direction == record::Direction::unknown;
  }
  void merge(State& state, const State& other) const {
    state.inbound += other.inbound;
    state.outbound += other.outbound;
    state.undirected += other.undirected;
  }
  void unmerge(State& state, const State& part) const {
    state.inbound -= part.inbound;
    state.outbound -= part.outbound;
    state.undirected -= part.undirected;
  }
};

/// Records by the name that `names(event)` gives; those for which it is 0 are not counted. Models
/// Invertible.
template <class Names>
struct CountedBy {
  using State = Tally<std::uint32_t>;
  Names names = {};

  template <class Event>
  void absorb(State& state, const Event& event) const requires requires {
    names(event);
  }
  {
    if (const std::uint32_t name = names(event); name != 0) state.add(name);
  }
  void merge(State& state, const State& other) const { state.merge(other); }
  void unmerge(State& state, const State& part) const { state.unmerge(part); }
};

/// Purchases by category.
struct PurchasedCategory {
  [[nodiscard]] std::uint32_t operator()(const Entry& entry) const noexcept {
    return entry.is_purchase() ? entry.category : 0;
  }
};
using PurchasedCategories = CountedBy<PurchasedCategory>;

/// Purchases and contacts by channel.
struct UsedChannel {
  [[nodiscard]] std::uint32_t operator()(const Entry& entry) const noexcept {
    return entry.is_purchase() ? entry.channel : 0;
  }
  [[nodiscard]] std::uint32_t operator()(const record::Interaction& contact) const noexcept {
    return contact.channel.value;
  }
};
using UsedChannels = CountedBy<UsedChannel>;

/// Contacts by who of the firm took part.
struct ContactAgent {
  [[nodiscard]] std::uint32_t operator()(const record::Interaction& contact) const noexcept {
    return contact.agent.value;
  }
};
using ContactAgents = CountedBy<ContactAgent>;

}  // namespace rapport::fold

#endif  // RAPPORT_FOLD_CONTACTS_HPP
