#include "shop.hpp"

#include <rapport/fold/fold.hpp>
#include <rapport/fold/purchases.hpp>
#include <rapport/fold/spend.hpp>

int main(int argc, char** argv) {
  using namespace rapport;
  const Shop shop;
  std::int64_t check = 0;
  for (int n = repetitions(argc, argv); n > 0; --n) {
    const auto [bought, net, repeat] = fold::each_customer(shop.view(), {}, fold::PurchaseDays{},
                                                           fold::NetSpend{}, fold::RepeatSpend{});
    check += bought[7].days + net[7].total + repeat[7].total;
  }
  std::printf("%lld\n", static_cast<long long>(check));
}
