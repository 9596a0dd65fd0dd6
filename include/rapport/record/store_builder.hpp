#ifndef RAPPORT_RECORD_STORE_BUILDER_HPP
#define RAPPORT_RECORD_STORE_BUILDER_HPP

/// \file
/// From a host's own rows to a store.
///
///     record::StoreBuilder builder({.currency = Currency("EUR")});
///     builder.add_rows<record::Interaction>(
///         calls, record::source(&Call::who), record::at(&Call::when),
///         record::field<&record::Interaction::channel>(&Call::line));
///     builder.link("shop:17", "club:ada");
///     const record::Store store = std::move(builder).build();

#include <rapport/core/money.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/core/refusals.hpp>
#include <rapport/record/store.hpp>
#include <rapport/record/table_builder.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace rapport::record {

namespace detail {

template <class... Rows>
using TableBuilders = std::tuple<TableBuilder<Rows>...>;

// Where a host's struct keeps one thing of a record. `Set` says which thing it is.
template <class Set, class Get>
struct Projection {
  Get get;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

struct SetSource {};
struct SetAt {};
struct SetKnown {};
struct SetVoided {};
struct SetKey {};
struct SetOrigin {};
template <auto member>
struct SetField {};

}  // namespace detail

/// Where a host's struct keeps whose record it is (an integer or a text), when it was so, when it
/// was known (at once, if that is not said), when it was taken back, the host's own number of the
/// row, and where it was learned from. Member pointers or callables.
template <class Get>
[[nodiscard]] auto source(Get get) {
  return detail::Projection<detail::SetSource, Get>{std::move(get)};
}
template <class Get>
[[nodiscard]] auto at(Get get) {
  return detail::Projection<detail::SetAt, Get>{std::move(get)};
}
template <class Get>
[[nodiscard]] auto known(Get get) {
  return detail::Projection<detail::SetKnown, Get>{std::move(get)};
}
template <class Get>
[[nodiscard]] auto voided(Get get) {
  return detail::Projection<detail::SetVoided, Get>{std::move(get)};
}
template <class Get>
[[nodiscard]] auto key(Get get) {
  return detail::Projection<detail::SetKey, Get>{std::move(get)};
}
template <class Get>
[[nodiscard]] auto origin(Get get) {
  return detail::Projection<detail::SetOrigin, Get>{std::move(get)};
}
/// Where it keeps a field of the record: `field<&Promise::due_at>(&Order::promised_for)`. Names are
/// given as texts, choices as themselves or as their names, amounts as minor units or Money, times
/// as instants or as days, which begin in the store's zone; an optional is the field's default
/// where it is empty.
template <auto member, class Get>
[[nodiscard]] auto field(Get get) {
  return detail::Projection<detail::SetField<member>, Get>{std::move(get)};
}

/// Takes in records of all kinds, in any order, and builds a store that does not depend on it.
class StoreBuilder {
 public:
  explicit StoreBuilder(const StoreRules& rules = {});

  [[nodiscard]] const StoreRules& rules() const noexcept { return rules_; }

  /// The number, for as long as this builder lives, of a text or of a source record's key.
  [[nodiscard]] Name name(std::string_view text) {
    return text.empty() ? Name{} : Name{names_.intern(text) + 1};
  }
  [[nodiscard]] SourceId source(const CustomerKey& key);

  /// Adds a record whose names and source are this builder's, or says why it cannot be one:
  /// date_out_of_range, and what its kind refuses.
  template <Record Row>
  [[nodiscard]] std::optional<core::Reason> add(const Row& row) {
    return std::get<TableBuilder<Row>>(tables_).add(row);
  }

  /// Adds a host's own rows through projections; `source` and `at` must be among them. Rows that
  /// cannot be used are counted and located by their place in `rows`, from 1.
  template <Record Row, std::ranges::input_range Rows, class... Projections>
  void add_rows(Rows&& rows, const Projections&... projections) {
    constexpr auto says = []<class Set>(Set) {
      return (... || std::same_as<Set, typename SetOf<Projections>::Type>);
    };
    static_assert(says(detail::SetSource{}) && says(detail::SetAt{}),
                  "rapport: say whose the rows are and when they were so: record::source(...) and "
                  "record::at(...)");
    std::uint64_t number = 0;
    for (const auto& host : rows) {
      ++number;
      Row row{};
      bool known = false;
      std::optional<core::Reason> reason;
      ((reason = reason ? reason : set(row, known, projections, host)), ...);
      if (!known) row.stamp.known = row.stamp.at;
      if constexpr (requires { row.reported_at; }) {
        if (row.reported_at == core::Instant{}) row.reported_at = row.stamp.known;
      }
      if (!reason) reason = add(row);
      if (reason) refusals<Row>().add({.reason = *reason, .row = number});
    }
  }

  /// Says that two source records are one customer.
  void link(const CustomerKey& a, const CustomerKey& b) {
    links_.push_back({source(a), source(b)});
  }

  /// The report of refused rows of a kind, for who reads them from elsewhere.
  template <Record Row>
  [[nodiscard]] core::Refusals& refusals() noexcept {
    return refusals_[kind_number<Row>];
  }

  /// The store. Time O(rows log rows of a source).
  /// \throws std::overflow_error if sums of amounts of one kind could leave 64 bits;
  /// core::Cancelled.
  [[nodiscard]] Store build(const core::Threads& threads = {}, const core::Watch& watch = {}) &&;

 private:
  template <class Projection>
  struct SetOf;
  template <class Set, class Get>
  struct SetOf<detail::Projection<Set, Get>> {
    using Type = Set;
  };

  template <class Row, class Set, class Get, class Host>
  [[nodiscard]] std::optional<core::Reason> set(Row& row, bool& known,
                                                const detail::Projection<Set, Get>& projection,
                                                const Host& host) {
    static_assert(std::invocable<const Get&, const Host&>,
                  "rapport: this projection does not take a row of the range");
    auto&& got = std::invoke(projection.get, host);
    Stamp& stamp = row.stamp;
    if constexpr (std::same_as<Set, detail::SetSource>) {
      return set_source(stamp.source, got);
    } else if constexpr (std::same_as<Set, detail::SetAt>) {
      return assign(stamp.at, got);
    } else if constexpr (std::same_as<Set, detail::SetKnown>) {
      std::optional<core::Instant> when;
      const auto reason = assign(when, got);
      known = when.has_value();
      if (known) stamp.known = *when;
      return reason;
    } else if constexpr (std::same_as<Set, detail::SetVoided>) {
      return assign(stamp.voided, got);
    } else if constexpr (std::same_as<Set, detail::SetKey>) {
      return assign(stamp.key, got);
    } else if constexpr (std::same_as<Set, detail::SetOrigin>) {
      return assign(stamp.origin, got);
    } else {
      return set_field(row, Set{}, got);
    }
  }

  template <class Row, auto member, class Got>
  [[nodiscard]] std::optional<core::Reason> set_field(Row& row, detail::SetField<member>,
                                                      const Got& got) {
    static_assert(
        requires { row.*member; },
        "rapport: record::field names a member of another kind of record");
    return assign(row.*member, got);
  }

  template <class Got>
  [[nodiscard]] std::optional<core::Reason> set_source(SourceId& id, const Got& got) {
    if constexpr (std::integral<Got>) {
      static_assert(sizeof(Got) < 8 || std::is_signed_v<Got>,
                    "rapport: an unsigned 64-bit key may not fit: convert it");
      id = source(static_cast<std::int64_t>(got));
    } else {
      static_assert(std::convertible_to<const Got&, std::string_view>,
                    "rapport: a key is an integer or a text");
      const std::string_view text = got;
      if (text.empty()) return core::Reason::bad_key;
      id = source(text);
    }
    return std::nullopt;
  }

  // Turns what a host gives into a field.
  template <class Value, class Got>
  [[nodiscard]] std::optional<core::Reason> assign(Value& value, const Got& got) {
    if constexpr (detail::is_optional<Got>) {
      return got ? assign(value, *got) : std::nullopt;
    } else if constexpr (detail::is_optional<Value>) {
      return assign(value.emplace(), got);
    } else if constexpr (std::same_as<Value, core::Instant>) {
      if constexpr (std::same_as<Got, std::chrono::year_month_day>) {
        if (!got.ok()) return core::Reason::bad_date;
        value = rules_.zone.begin_of(core::Day(got));
      } else if constexpr (std::same_as<Got, core::Day>) {
        value = rules_.zone.begin_of(got);
      } else {
        static_assert(
            requires { std::chrono::floor<std::chrono::seconds>(got); },
            "rapport: a time is a std::chrono::sys_time, sys_days or year_month_day");
        value = std::chrono::floor<std::chrono::seconds>(got);
      }
    } else if constexpr (std::same_as<Value, Name>) {
      static_assert(std::convertible_to<const Got&, std::string_view>,
                    "rapport: a name is given as a text");
      value = name(got);
    } else if constexpr (std::is_enum_v<Value> && !std::same_as<Value, Got>) {
      static_assert(std::convertible_to<const Got&, std::string_view>,
                    "rapport: a choice is given as itself or as its name");
      const auto choice = core::from_text<Value>(got);
      if (!choice) return core::Reason::bad_word;
      value = *choice;
    } else if constexpr (std::same_as<Got, core::Money>) {
      if (got.currency() != rules_.currency) return core::Reason::other_currency;
      value = got.minor();
    } else if constexpr (std::integral<Value>) {
      static_assert(std::integral<Got>, "rapport: give whole numbers: an amount in minor units");
      if (!std::in_range<Value>(got)) return core::Reason::bad_number;
      value = static_cast<Value>(got);
    } else {
      value = got;
    }
    return std::nullopt;
  }

  StoreRules rules_;
  OfAllKinds<detail::TableBuilders> tables_;
  Names sources_, names_;
  std::vector<Link> links_;
  std::array<core::Refusals, kind_count> refusals_;
};

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_STORE_BUILDER_HPP
