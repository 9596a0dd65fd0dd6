#ifndef RAPPORT_TESTING_SMALL_SHOP_HPP
#define RAPPORT_TESTING_SMALL_SHOP_HPP

/// \file
/// A small shop with records of every kind, made up so that the truth behind them is known: who
/// keeps promises, who was lost in silence, what a privilege did. To try out definitions before
/// there are data, and to test that what the library says of a customer is so.

#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/core/money.hpp>
#include <rapport/core/parallel.hpp>
#include <rapport/core/time.hpp>
#include <rapport/record/store.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rapport::testing {

/// What the shop is like. With {.customers = 1'000'000, .switchers = 0.01, .pace = 0.1} it has
/// twenty million records or so. Times are in weeks. Amounts are in units: a major unit of the
/// currency, or 100 000 of one that has no decimals, such as IRR.
struct SmallShopOptions {
  std::uint32_t customers = 240;
  std::uint64_t seed = 1404;
  core::Day opening = core::Day{std::chrono::year{2023} / 1 / 2};
  int weeks = 104;  ///< from the opening to the last day, >= 78; customers come in the first half
  core::Currency currency{"USD"};
  clv::MbgNbd purchases{{.r = 0.9, .alpha = 7, .a = 0.7, .b = 3.5}};
  clv::GammaGamma amounts{{.p = 4, .q = 4.5, .gamma = 32}};
  /// The chance of a firm's promise to be kept in time, by department in the order of Department;
  /// toward neglected customers half of it.
  std::array<double, 4> kept_in_time = {0, 0.97, 0.92, 0.78};
  double failed = 0.06;         ///< share of orders in which something goes wrong
  double reported = 0.7;        ///< share of failures of which the customer speaks at all
  double recovered_well = 0.6;  ///< share of complaints after which more is done than to apologise
  double held_out = 0.2;        ///< share of customers who get no privilege, to compare with
  double treats = 0.1;          ///< chance to buy treats in the eight weeks after the grants
  double grant_effect = 0.25;   ///< what the privilege adds to that chance; 0: it does nothing
  double switchers = 0.08;      ///< share of customers who buy weekly and leave a category
  /// How often the firm contacts customers and asks them, they call, and balances are looked at: at
  /// 1, customers have some 70 records each.
  double pace = 1;
  /// Contacts are added until each customer has so many records.
  std::uint32_t least_records = 0;
  core::Threads threads = {};
};

/// What became of promises by the end of the last day.
struct PromiseTruth {
  std::uint32_t kept = 0;    ///< in time
  std::uint32_t late = 0;    ///< kept after they were due
  std::uint32_t broken = 0;  ///< due and not kept
  std::uint32_t waived = 0;
  std::uint32_t open = 0;  ///< not due yet

  friend bool operator==(const PromiseTruth&, const PromiseTruth&) = default;
};

/// What is true of one customer.
struct CustomerTruth {
  bool in_club = false;    ///< has a second source record, club_key
  bool neglected = false;  ///< the firm keeps half as many of its promises
  double reliability = 0;  ///< the customer's own chance to keep a promise in time
  PromiseTruth by_firm, by_customer;
  std::uint32_t failures = 0;        ///< things that went wrong, those never told among them
  std::uint32_t complaints = 0;      ///< those that were told of
  std::uint32_t recovered_well = 0;  ///< complaints after which more was done than to apologise
  std::chrono::seconds silent{0};    ///< from failures to reports, summed
  /// The last day on which a weekly buyer bought dairy, while buying on: a switch that recency does
  /// not see.
  std::optional<core::Day> left_dairy = {};
  bool evening_sms = false;                 ///< answers by SMS in the evening, and hardly ever else
  std::uint32_t contacts = 0, replies = 0;  ///< of the firm, and the customer's answers to them
  std::uint32_t agent_changes = 0;
  std::optional<core::Instant> withdrawn = {};  ///< when the consent to promotions was taken back
  bool granted = false;          ///< got the privilege; else held out, or the story's
  bool bought_treats = false;    ///< in the eight weeks after the grants
  std::uint32_t late_facts = 0;  ///< transactions known later than they were so
  std::uint32_t voided = 0;      ///< transactions taken back

  friend bool operator==(const CustomerTruth&, const CustomerTruth&) = default;
};

/// What is true of the shop. Customers are numbered from 1; these few are always the same.
struct SmallShopTruth {
  std::uint32_t story = 1;       ///< the complaint and recovery story, told below
  std::uint32_t passed_on = 2;   ///< whose seller changed four times within a year
  std::uint32_t disturbed = 3;   ///< who got a promotion by SMS two days after withdrawing consent
  std::uint32_t both_sides = 4;  ///< an organisation that is customer and supplier
  std::uint32_t evening = 5;     ///< one of those who answer by SMS in the evening
  std::uint32_t switcher = 8;    ///< one of those who leave the category dairy
  std::uint32_t club = 17;       ///< one of those with two source records

  core::Day story_begin{};                    ///< when the story's parcel came, torn
  core::Day granted_on{};                     ///< when the privilege was granted
  std::array<PromiseTruth, 4> by_department;  ///< promises of the firm, in the order of Department
  std::vector<CustomerTruth> customers;       ///< customer n is customers[n - 1]
};

/// The shop's records, and what is true of them.
struct SmallShop {
  record::Store store;
  SmallShopTruth truth;
  core::AsOf last_day;
};

/// The key of customer n's source record in the shop, "shop:17", and in its club, "club:17".
[[nodiscard]] std::string shop_key(std::uint32_t customer);
[[nodiscard]] std::string club_key(std::uint32_t customer);

/// Makes the shop. Customer n depends on the seed and n alone; the same options give the same
/// store for any number of threads. Instants are in UTC.
///
/// Customer 1 has a story: two orders of books; the second comes torn (day 0); silence; on day 45,
/// ordering again, they mention it by Instagram; the firm apologises and asks for a photograph the
/// same day, apologises again on day 46, sends the new order in stronger packaging with a gift of 4
/// units on day 47 and asks on day 54 how it came.
/// \throws std::domain_error if a share is not in [0, 1], treats and grant_effect together are not,
/// pace is not finite and > 0, or weeks < 78.
[[nodiscard]] SmallShop make_small_shop(const SmallShopOptions& options = {});

}  // namespace rapport::testing

#endif  // RAPPORT_TESTING_SMALL_SHOP_HPP
