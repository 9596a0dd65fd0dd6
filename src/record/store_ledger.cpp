#include <rapport/record/store_ledger.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace rapport::record {
namespace {

constexpr std::size_t customers_per_part = 1 << 16;

// The rows of customers [begin, end).
void add_rows(const StoreView& view, std::size_t begin, std::size_t end,
              TransactionColumns& columns, core::Refusals& refusals) {
  const Store& store = view.store();
  for (std::size_t i = begin; i < end; ++i) {
    const CustomerId customer{static_cast<std::uint32_t>(i)};
    const SourceId first = view.clusters().sources(customer).front();
    const CustomerKey key = store.sources().key({first.value});
    view.customer(customer).each<StoredTransaction>([&](const StoredTransaction& row) {
      const auto reason = columns.add({.customer = key,
                                       .at = row.stamp.at,
                                       .amount = row.amount,
                                       .kind = row.kind,
                                       .channel = store.text(row.channel),
                                       .category = store.text(row.category)});
      if (reason) refusals.add({.reason = *reason});
    });
  }
}

}  // namespace

Ledger ledger_of(const StoreView& view, const core::Threads& threads, const core::Watch& watch) {
  const std::size_t customers = view.customers();
  const std::size_t parts =
      std::max<std::size_t>(1, (customers + customers_per_part - 1) / customers_per_part);
  std::vector<TransactionColumns> columns(parts, TransactionColumns(view.store().rules()));
  std::vector<core::Refusals> refused(parts);
  core::for_blocks(threads, customers, customers_per_part, [&](auto begin, auto end) {
    if (watch.stop.stop_requested()) throw core::Cancelled("taking in rows");
    const std::size_t part = begin / customers_per_part;
    add_rows(view, begin, end, columns[part], refused[part]);
  });
  core::Refusals refusals = view.store().refusals(kind_number<StoredTransaction>);
  for (const core::Refusals& part : refused) refusals.append(part);
  return build_ledger(std::move(columns), threads, std::move(refusals), watch);
}

std::vector<CustomerId> customers_of(const StoreView& view, const Customers& customers) {
  std::vector<CustomerId> result;
  result.reserve(customers.size());
  for (std::uint32_t i = 0; i < customers.size(); ++i) {
    // As a text: a key that is a number among customers may be one of many texts in the store.
    const std::string key = customers.key_text({i});
    const auto source = view.store().find_source(std::string_view(key));
    if (!source) {
      throw std::invalid_argument("customers_of: there is no source record " + key +
                                  " in the store");
    }
    result.push_back(view.clusters().customer(*source));
  }
  return result;
}

}  // namespace rapport::record
