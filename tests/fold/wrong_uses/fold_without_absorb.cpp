// A rule that takes in something else than rows of a ledger.
#include <rapport/fold/fold.hpp>

struct Visit {};
struct Visits {
  using State = int;
  void absorb(State& state, const Visit&) const { ++state; }
};

auto all(const rapport::record::LedgerView& ledger) {
  return rapport::fold::each_customer(ledger, {}, Visits{});
}
