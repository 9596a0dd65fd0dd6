// EntrySpan cannot forget: a first entry taken away does not say which one was the second.
#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/purchases.hpp>

void erase(rapport::fold::EntrySpan::State& all, const rapport::fold::EntrySpan::State& part) {
  rapport::fold::unmerge(rapport::fold::EntrySpan{}, all, part);
}
