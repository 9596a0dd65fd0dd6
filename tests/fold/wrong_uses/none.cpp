// What the others do wrong, done right: this one compiles.
#include <rapport/fold/fold.hpp>
#include <rapport/fold/spend.hpp>

rapport::fold::NetSpend::State use(const rapport::record::LedgerView& ledger) {
  constexpr rapport::fold::NetSpend rule;
  auto [spend] = rapport::fold::each_customer(ledger, {}, rule);
  auto state = rapport::fold::total(rule, std::span<const rapport::fold::NetSpend::State>(spend));
  rapport::fold::merge(rule, state, spend.front());
  rapport::fold::append(rule, state, spend.front());
  rapport::fold::unmerge(rule, state, spend.front());
  return state;
}
