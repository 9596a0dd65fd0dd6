#include "shop.hpp"

namespace {

struct DaysOf {
  std::int32_t first, last;
  std::uint32_t days;
};
struct RepeatOf {
  std::int32_t first;
  bool bought;
  std::int64_t total;
};

// The loop that somebody writes who knows the three numbers he wants, and nothing else.
[[gnu::noinline]] void fold_all(const rapport::record::LedgerView& ledger,
                                std::vector<DaysOf>& days_of, std::vector<std::int64_t>& net_of,
                                std::vector<RepeatOf>& repeat_of) {
  const auto epoch_day =
      static_cast<std::int32_t>(ledger.rules.epoch.time_since_epoch() / std::chrono::hours{24});
  for (std::uint32_t customer = 0; customer < ledger.customers(); ++customer) {
    DaysOf days{};
    std::int64_t net = 0;
    RepeatOf repeat{};
    for (auto row = ledger.offsets[customer]; row < ledger.offsets[customer + 1]; ++row) {
      const auto day = epoch_day + static_cast<std::int32_t>(ledger.times[row] / 86'400);
      const std::int64_t amount = ledger.amounts[row];
      if (amount >= 0) {
        if (days.days == 0) days.first = day;
        days.days += days.days == 0 || day != days.last;
        days.last = day;
      }
      net += amount;
      if (repeat.bought) {
        if (day != repeat.first) repeat.total += amount;
      } else if (amount >= 0) {
        repeat.first = day;
        repeat.bought = true;
      }
    }
    days_of[customer] = days;
    net_of[customer] = net;
    repeat_of[customer] = repeat;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Shop shop;
  std::int64_t check = 0;
  for (int n = repetitions(argc, argv); n > 0; --n) {
    const auto ledger = shop.view();
    std::vector<DaysOf> days(ledger.customers());
    std::vector<std::int64_t> net(ledger.customers());
    std::vector<RepeatOf> repeat(ledger.customers());
    fold_all(ledger, days, net, repeat);
    check += days[7].days + net[7] + repeat[7].total;
  }
  std::printf("%lld\n", static_cast<long long>(check));
}
