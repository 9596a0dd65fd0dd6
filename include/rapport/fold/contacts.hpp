#ifndef RAPPORT_FOLD_CONTACTS_HPP
#define RAPPORT_FOLD_CONTACTS_HPP

/// \file
/// How often, in how many ways and with whom a customer is in touch.

#include <rapport/fold/entry.hpp>
#include <rapport/record/interaction.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

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

/// How many records bear each name: a small table in the order of the names.
class NameCounts {
 public:
  using Item = std::pair<std::uint32_t, std::uint64_t>;

  /// Adds occurrences of one name, or those of another table.
  void add(std::uint32_t name, std::uint64_t count = 1) {
    auto item = std::lower_bound(items_.begin(), items_.end(), Item{name, 0});
    if (item == items_.end() || item->first != name) item = items_.insert(item, {name, 0});
    item->second += count;
  }
  void add(const NameCounts& other) {
    for (const auto& [name, count] : other.items_) add(name, count);
  }
  /// Takes away what was added. \pre every occurrence of `part` is among these.
  void take(const NameCounts& part) {
    for (const auto& [name, count] : part.items_) {
      const auto item = std::lower_bound(items_.begin(), items_.end(), Item{name, 0});
      item->second -= count;
      if (item->second == 0) items_.erase(item);
    }
  }

  [[nodiscard]] const std::vector<Item>& items() const noexcept { return items_; }
  [[nodiscard]] std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& item : items_) sum += item.second;
    return sum;
  }
  /// The greatest count; 0 if there are none.
  [[nodiscard]] std::uint64_t most() const noexcept {
    std::uint64_t most = 0;
    for (const auto& item : items_) most = std::max(most, item.second);
    return most;
  }

  friend bool operator==(const NameCounts&, const NameCounts&) = default;

 private:
  std::vector<Item> items_;
};

/// Records by the name that `names(event)` gives; those for which it is 0 are not counted. Models
/// Invertible.
template <class Names>
struct CountedBy {
  using State = NameCounts;
  Names names = {};

  template <class Event>
  void absorb(State& state, const Event& event) const requires requires {
    names(event);
  }
  {
    if (const std::uint32_t name = names(event); name != 0) state.add(name);
  }
  void merge(State& state, const State& other) const { state.add(other); }
  void unmerge(State& state, const State& part) const { state.take(part); }
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
