// PurchaseDays cannot join the states of two source records.
#include <rapport/fold/aggregate.hpp>
#include <rapport/fold/purchases.hpp>

void join(rapport::fold::PurchaseDays::State& a, const rapport::fold::PurchaseDays::State& b) {
  rapport::fold::merge(rapport::fold::PurchaseDays{}, a, b);
}
