/// \file
/// How near every customer is and why: from a folder of records to a card a customer, as JSON
/// lines.
///
///   relationship_cards --data DIR --definition presets/supermarket.json --as-of 2024-12-29
///       --out cards.jsonl
///
/// With --customer KEY that card alone is written, and shown.

#include <rapport/rapport.hpp>

#include "support/arguments.hpp"
#include "support/columns.hpp"
#include "support/progress_bar.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace rapport;

void print_page(const record::Store& store, const relationship::IndexTable& index,
                const std::vector<relationship::TierState>& states,
                const relationship::TierPolicy& policy, const std::string& out) {
  std::cout << "Closeness by " << index.definition.name << ' ' << index.definition.version
            << " as of " << core::to_text(index.point.as_of.day()) << '\n'
            << "  definition   " << index.fingerprint << '\n'
            << "  records      " << core::grouped_text(store.rows()) << " of "
            << core::grouped_text(std::uint64_t{index.size()}) << " customers, "
            << core::grouped_text(store.refused()) << " refused\n";
  for (std::size_t kind = 0; kind < record::kind_count; ++kind) {
    for (const std::string& line : store.refusals(kind).summary()) {
      std::cout << "    " << record::kind_names[kind] << ": " << line << '\n';
    }
  }
  std::map<relationship::TierIndex, std::uint64_t> tiers;
  for (const auto& state : states) ++tiers[state.tier];
  for (const auto& [tier, count] : tiers) {
    std::cout << "  " << core::padded(policy.name(tier), 13) << core::grouped_text(count) << '\n';
  }
  std::cout << "  written to   " << out << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
  const examples::Arguments arguments(argc, argv,
                                      {"data", "definition", "as-of", "customer", "threads", "out",
                                       "columns", "currency", "timezone"},
                                      {"quiet"});
  const std::string out = arguments.required("out");
  const bool quiet = arguments.has("quiet");
  const Threads threads = arguments.integer(
      "threads", std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 64));
  const auto watch = examples::ProgressBar::watch(quiet);

  const auto store = io::read_store(arguments.required("data"),
                                    {.currency = arguments.text("currency", "USD"),
                                     .zone = io::read_zone(arguments.text("timezone", "UTC")),
                                     .columns = examples::columns(arguments.list("columns")),
                                     .threads = threads,
                                     .watch = watch});
  if (!store.last_day()) throw examples::UsageError("no row could be used, so there is nobody");
  std::optional<record::CustomerId> customer;
  if (arguments.has("customer")) {
    const std::string key = arguments.required("customer");
    const auto source = store.find_source(std::string_view(key));
    if (!source) throw examples::UsageError("there is no customer " + key);
    customer = store.clusters().customer(*source);
  }
  const auto as_of = arguments.has("as-of") ? rapport::as_of(arguments.required("as-of"))
                                            : rapport::as_of(*store.last_day());
  const auto definition = io::read_index_file(arguments.required("definition"));
  const relationship::IndexOptions options{.threads = threads, .watch = watch};
  for (const auto& warning : check(definition, options.catalogue.known())) {
    if (!quiet) std::cerr << to_text(warning) << '\n';
  }

  const record::StoreView view(store, {.as_of = as_of});
  const auto index = evaluate(view, definition, options);
  const auto policy = relationship::usual_tiers();
  // A year of months, by what was known at the end of each.
  const auto history =
      tier_history(view, index, policy, relationship::days_before(as_of, 12), options);
  const relationship::ChangeExplainer changes(store, {*history.before, store.clusters()},
                                              {index, store.clusters()}, options);
  const report::CardMaker card_of(view, index,
                                  {.tiers = policy,
                                   .tier_states = history.states,
                                   .changes = &changes,
                                   .changes_since = history.before->point.as_of.day()});

  std::ofstream cards(out, std::ios::binary);
  if (!cards) throw examples::UsageError("cannot write " + out + ": does the folder exist?");
  if (customer) {
    const auto card = card_of(*customer);
    cards << io::to_json(card) << std::endl;
    if (!quiet) std::cout << to_text(card);
  } else {
    io::write_cards(cards, card_of, threads, watch);
    if (!quiet) print_page(store, index, history.states, policy, out);
  }
  if (!cards) throw std::runtime_error("cannot write " + out);
  return 0;
} catch (const std::exception& error) {
  std::cerr << "relationship_cards: " << error.what() << '\n';
  return 1;
}
