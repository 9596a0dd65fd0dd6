#include <rapport/record/store.hpp>
#include <rapport/record/store_builder.hpp>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

namespace rapport::record {

std::optional<SourceId> Store::find_source(const CustomerKey& key) const noexcept {
  const auto found = sources_.find(key);
  if (!found) return std::nullopt;
  return SourceId{found->value};
}

std::optional<Name> Store::find_name(std::string_view text) const noexcept {
  if (text.empty()) return Name{};
  const auto found = names_.find(text);
  if (!found) return std::nullopt;
  return Name{*found + 1};
}

std::uint64_t Store::refused() const noexcept {
  std::uint64_t total = 0;
  for (const core::Refusals& refusals : refusals_) total += refusals.total();
  return total;
}

std::optional<core::Day> Store::last_day() const {
  std::optional<core::Instant> last;
  std::apply(
      [&](const auto&... tables) {
        const auto look = [&](const auto& table) {
          const auto seconds = table.seconds();
          if (seconds.empty()) return;
          const auto latest = table.epoch() + std::chrono::seconds{*std::max_element(
                                                  seconds.begin(), seconds.end())};
          last = last ? std::max(*last, latest) : latest;
        };
        (look(tables), ...);
      },
      tables_);
  if (!last) return std::nullopt;
  return rules_.zone.day_of(*last);
}

namespace {

template <class... Rows>
std::tuple<TableBuilder<Rows>...> empty_builders(core::Instant epoch, std::tuple<Rows...>) {
  return {TableBuilder<Rows>(epoch)...};
}

// The table of source records, and for each number in the order of arrival the final one. Keys are
// numbers if every one of them writes one.
std::pair<Customers, std::vector<std::uint32_t>> customers_of(Names& names) {
  std::vector<std::int64_t> keys;
  keys.reserve(names.size());
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    const auto key = canonical_integer(names[i]);
    if (!key) {
      auto numbers = names.sort();
      return {Customers(std::move(names)), std::move(numbers)};
    }
    keys.push_back(*key);
  }
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
  std::vector<std::uint32_t> numbers(keys.size());
  core::RawVector<std::int64_t> sorted(keys.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    numbers[order[i]] = i;
    sorted[i] = keys[order[i]];
  }
  return {Customers(std::move(sorted)), std::move(numbers)};
}

}  // namespace

StoreBuilder::StoreBuilder(const StoreRules& rules)
    : rules_(rules), tables_(empty_builders(rules.epoch, AllKinds{})) {}

SourceId StoreBuilder::source(const CustomerKey& key) {
  if (const auto* text = std::get_if<std::string_view>(&key)) return {sources_.intern(*text)};
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, std::get<std::int64_t>(key)).ptr;
  return {sources_.intern({digits, static_cast<std::size_t>(end - digits)})};
}

Store StoreBuilder::build(const core::Threads& threads, const core::Watch& watch) && {
  Store store;
  store.rules_ = rules_;
  std::vector<std::uint32_t> sources;
  std::tie(store.sources_, sources) = customers_of(sources_);
  const std::vector<std::uint32_t> names = names_.sort();
  store.names_ = std::move(names_);
  std::uint64_t done = 0;
  const auto build_table = [&]<class Row>(TableBuilder<Row>& builder) {
    watch.report({"building the store", done++, kind_count});
    std::get<Table<Row>>(store.tables_) = std::move(builder).build(sources, names, threads);
  };
  std::apply([&](auto&... builders) { (build_table(builders), ...); }, tables_);
  for (const Link& link : links_) {
    const SourceId a{sources[link.a.value]};
    const SourceId b{sources[link.b.value]};
    store.links_.push_back({std::min(a, b), std::max(a, b)});
  }
  std::sort(store.links_.begin(), store.links_.end(),
            [](const Link& x, const Link& y) { return std::pair(x.a, x.b) < std::pair(y.a, y.b); });
  store.links_.erase(std::unique(store.links_.begin(), store.links_.end()), store.links_.end());
  store.clusters_ = Clusters(static_cast<std::uint32_t>(sources.size()), store.links_);
  store.refusals_ = std::move(refusals_);
  watch.report({"building the store", kind_count, kind_count});
  return store;
}

}  // namespace rapport::record
