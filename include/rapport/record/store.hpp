#ifndef RAPPORT_RECORD_STORE_HPP
#define RAPPORT_RECORD_STORE_HPP

/// \file
/// The store: everything that happened between a firm and its customers, all kinds of records and
/// all departments on one axis. Built once from rows in any order, then read.

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/record/clusters.hpp>
#include <rapport/record/complaint.hpp>
#include <rapport/record/contact_point.hpp>
#include <rapport/record/customers.hpp>
#include <rapport/record/grant.hpp>
#include <rapport/record/holding.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/knowledge_item.hpp>
#include <rapport/record/names.hpp>
#include <rapport/record/party.hpp>
#include <rapport/record/promise.hpp>
#include <rapport/record/stored_transaction.hpp>
#include <rapport/record/survey.hpp>
#include <rapport/record/table.hpp>
#include <rapport/record/transaction_columns.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace rapport::record {

/// Applies `Of` to all kinds of records, in the order in which kinds at one instant follow each
/// other.
template <template <class...> class Of>
using OfAllKinds = Of<StoredTransaction, Interaction, Holding, Promise, Complaint, RecoveryAction,
                      Survey, ContactPoint, Consent, KnowledgeItem, Party, PartyRelation, Grant>;

/// All kinds of records, in a tuple.
using AllKinds = OfAllKinds<std::tuple>;

namespace detail {

template <class... Rows>
struct KindList {};

}  // namespace detail

/// Calls `f.operator()<Row>()` for every kind of record, in their order; nothing is constructed.
template <class F>
constexpr void each_kind(F&& f) {
  [&]<class... Rows>(detail::KindList<Rows...>) {
    (f.template operator()<Rows>(), ...);
  }(OfAllKinds<detail::KindList>{});
}

inline constexpr std::size_t kind_count = std::tuple_size_v<AllKinds>;

/// The place of a kind among all of them.
template <Record Row>
inline constexpr std::size_t kind_number = [] {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return (0 + ... + (std::same_as<Row, std::tuple_element_t<I, AllKinds>> ? I : 0));
  }
  (std::make_index_sequence<kind_count>{});
}();

/// "transactions", "interactions", ...: the name of every kind, by its number.
inline constexpr auto kind_names = [] {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<std::string_view, kind_count>{
        std::tuple_element_t<I, AllKinds>::kind_name...};
  }
  (std::make_index_sequence<kind_count>{});
}();

/// What all records of a store share, as those of a ledger do: currency, zone and epoch.
using StoreRules = LedgerRules;

namespace detail {

template <class... Rows>
using Tables = std::tuple<Table<Rows>...>;

}  // namespace detail

/// Records of all kinds with the links between their source records. An immutable value; copies are
/// deep, moves are cheap.
class Store {
 public:
  [[nodiscard]] const StoreRules& rules() const noexcept { return rules_; }

  template <Record Row>
  [[nodiscard]] const Table<Row>& table() const noexcept {
    return std::get<Table<Row>>(tables_);
  }
  /// Records of all kinds.
  [[nodiscard]] std::uint64_t rows() const noexcept {
    return std::apply(
        [](const auto&... tables) { return (std::uint64_t{0} + ... + tables.size()); }, tables_);
  }

  /// The keys of the source records, in the order of their numbers.
  [[nodiscard]] const Customers& sources() const noexcept { return sources_; }
  /// The source record of that key; nothing if there is none.
  [[nodiscard]] std::optional<SourceId> find_source(const CustomerKey& key) const noexcept;
  [[nodiscard]] std::string key_text(SourceId source) const {
    return sources_.key_text({source.value});
  }

  /// The links that came with the records.
  [[nodiscard]] const std::vector<Link>& links() const noexcept { return links_; }
  /// The customers that follow from them.
  [[nodiscard]] const Clusters& clusters() const noexcept { return clusters_; }
  /// The customer's key: that of the first of its source records.
  [[nodiscard]] std::string key_text(CustomerId customer) const {
    return key_text(clusters_.sources(customer).front());
  }

  /// The text of a name; empty for the name of nothing.
  [[nodiscard]] std::string_view text(Name name) const noexcept {
    return name.value == 0 ? std::string_view() : names_[name.value - 1];
  }
  /// The name of a text; nothing if no record uses it.
  [[nodiscard]] std::optional<Name> find_name(std::string_view text) const noexcept;
  [[nodiscard]] std::uint32_t name_count() const noexcept { return names_.size(); }

  /// Rows that were offered and could not be used, by kind.
  [[nodiscard]] const core::Refusals& refusals(std::size_t kind) const noexcept {
    return refusals_[kind];
  }
  [[nodiscard]] std::uint64_t refused() const noexcept;

  /// The day of the latest record in the store's zone; nothing if there are no records.
  [[nodiscard]] std::optional<core::Day> last_day() const;

 private:
  friend class StoreBuilder;

  StoreRules rules_;
  OfAllKinds<detail::Tables> tables_;
  Customers sources_;
  Names names_;
  std::vector<Link> links_;
  Clusters clusters_;
  std::array<core::Refusals, kind_count> refusals_;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_STORE_HPP
