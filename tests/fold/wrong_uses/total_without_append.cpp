// RepeatSpend has no total over the base.
#include <rapport/fold/fold.hpp>
#include <rapport/fold/spend.hpp>

auto all(const std::vector<rapport::fold::RepeatSpend::State>& states) {
  return rapport::fold::total(rapport::fold::RepeatSpend{}, states);
}
