#include <rapport/testing/small_shop.hpp>

#include <rapport/clv/simulate.hpp>
#include <rapport/core/check.hpp>
#include <rapport/math/random.hpp>
#include <rapport/record/store_builder.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace rapport::testing {
namespace {

using core::Instant;
using math::RandomStream;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// What a customer's streams of random numbers are for: each part of a life has its own, so that
// none depends on how many numbers another takes.
enum class Part : std::uint32_t {
  traits = 0x736d6c30,
  purchases,
  amounts,
  orders,
  promises,
  failures,
  consents,
  contacts,
  calls,
  surveys,
  knowledge,
  holdings,
  grants,
  padding,
};

bool chance(RandomStream& stream, double probability) {
  return math::draw_uniform(stream) < probability;
}

// Uniform among 0, 1, ..., count - 1.
std::size_t choose(RandomStream& stream, std::size_t count) {
  const double place = math::draw_uniform(stream) * static_cast<double>(count);
  return std::min(count - 1, static_cast<std::size_t>(place));
}

std::string_view choose(RandomStream& stream, std::initializer_list<std::string_view> words) {
  return words.begin()[choose(stream, words.size())];
}

seconds share_of(seconds whole, double share) {
  return seconds{std::llround(share * static_cast<double>(whole.count()))};
}

// Between an instant and another.
Instant between(RandomStream& stream, Instant begin, Instant end) {
  return begin + share_of(end - begin - seconds{1}, math::draw_uniform(stream));
}

// What all customers share.
struct Shop {
  const SmallShopOptions& options;
  Instant opening, end;
  Instant granted;  // the instant at which the privilege is granted
  double unit;      // minor units
  SmallShopTruth truth;
  record::StoreBuilder builder;
};

// One customer's life in the shop.
class Person {
 public:
  Person(Shop& shop, std::uint32_t number) : shop_(shop), number_(number), first_(shop.opening) {
    source_ = register_ = shop.builder.source(std::string_view(shop_key(number)));
    RandomStream stream = stream_of(Part::traits);
    const double came = math::draw_uniform(stream);
    const bool club = chance(stream, 0.15), neglected = chance(stream, 0.15),
               evening = chance(stream, 0.12), switcher = chance(stream, shop.options.switchers);
    truth_.reliability = math::draw_beta(stream, 8, 2);
    if (number != shop.truth.passed_on) first_ += share_of((shop.end - shop.opening) / 2, came);
    const bool plain = number > shop.truth.switcher;  // free of a planted part
    truth_.in_club = number == shop.truth.club || (plain && club);
    truth_.neglected = plain && neglected;
    truth_.evening_sms = number == shop.truth.evening || (plain && evening);
    switcher_ = number == shop.truth.switcher || (plain && switcher);
    if (truth_.in_club) {
      register_ = shop.builder.source(std::string_view(club_key(number)));
      shop.builder.link(std::string_view(shop_key(number)), std::string_view(club_key(number)));
    }
  }

  CustomerTruth live() {
    if (number_ == shop_.truth.story) {
      tell_story();
    } else {
      consent();
      if (switcher_) {
        buy_weekly();
      } else {
        buy();
      }
      be_granted();
      be_contacted();
      call();
      be_asked();
      be_known();
      hold();
      if (number_ == shop_.truth.both_sides) supply();
    }
    while (records_ < shop_.options.least_records) add_padding();
    return truth_;
  }

 private:
  [[nodiscard]] RandomStream stream_of(Part part) const {
    return RandomStream(shop_.options.seed, number_, static_cast<std::uint32_t>(part));
  }
  [[nodiscard]] record::Name name(std::string_view text) { return shop_.builder.name(text); }
  [[nodiscard]] std::int64_t minor(double units) const {
    return std::max<std::int64_t>(1, std::llround(units * shop_.unit));
  }
  // Between two events that come so often at pace 1. The few with planted parts keep that pace.
  [[nodiscard]] seconds every(seconds usual) const {
    const bool planted = number_ <= shop_.truth.switcher;
    return planted ? usual : share_of(usual, 1 / shop_.options.pace);
  }
  [[nodiscard]] bool over(Instant instant) const { return instant >= shop_.end; }

  // What the shop wrote down, or, of contacts and consents, the club where there is one.
  [[nodiscard]] record::Stamp in_shop(Instant at, record::RowKey key = 0) const {
    return {.source = source_, .at = at, .key = key};
  }
  [[nodiscard]] record::Stamp in_register(Instant at, record::RowKey key = 0) const {
    return {.source = register_, .at = at, .key = key};
  }

  template <class Row>
  void add(const Row& row) {
    if (shop_.builder.add(row)) {
      throw std::logic_error("make_small_shop: a made-up record was refused");
    }
    ++records_;
  }

  void buy() {
    RandomStream times = stream_of(Part::purchases), amounts = stream_of(Part::amounts),
                 orders = stream_of(Part::orders);
    constexpr double seconds_per_week = 7 * 86'400.0;
    const double age = static_cast<double>((shop_.end - first_).count()) / seconds_per_week;
    const auto repeats = clv::draw_purchases(shop_.options.purchases, age, times);
    const auto spends = clv::draw_spends(shop_.options.amounts, repeats.size() + 1, amounts);
    for (std::size_t i = 0; i < spends.size(); ++i) {
      const double weeks = i == 0 ? 0 : repeats[i - 1];
      const Instant at = std::min(first_ + seconds{std::llround(weeks * seconds_per_week)},
                                  shop_.end - seconds{1});
      order(orders, at, spends[i]);
    }
  }

  // Bread each week, and dairy with it until they find it elsewhere.
  void buy_weekly() {
    RandomStream stream = stream_of(Part::orders);
    const Instant leaves =
        first_ + share_of(shop_.end - first_, 0.4 + 0.3 * math::draw_uniform(stream));
    for (Instant week = first_; !over(week + days{1}); week += days{7}) {
      const Instant at = week + share_of(days{1}, math::draw_uniform(stream));
      const double units = 5 + 10 * math::draw_uniform(stream);
      sell(at, units, "bread", "store");
      if (week > leaves) continue;
      sell(at, units / 2, "dairy", "store");
      truth_.left_dairy = std::chrono::floor<days>(at);
    }
  }

  void order(RandomStream& stream, Instant at, double units) {
    const std::string_view category = choose(stream, {"dairy", "bread", "fruit", "books"});
    const bool web = chance(stream, 0.5), late = chance(stream, 0.03),
               voided = chance(stream, 0.01), returned = chance(stream, 0.03);
    const double share = math::draw_uniform(stream), after = math::draw_uniform(stream);
    const Instant known = at + share_of(days{10}, after) + hours{1};
    const Instant back = at + share_of(days{14}, after) + hours{1};
    record::StoredTransaction sale = sale_of(at, units, category, web ? "web" : "store");
    if (late && !over(known)) {
      sale.stamp.known = known;
      ++truth_.late_facts;
    }
    if (voided && !over(back)) {
      sale.stamp.voided = back;
      ++truth_.voided;
    }
    add(sale);
    if (sale.stamp.voided) return;
    if (returned && !over(back)) {
      record::StoredTransaction part = sale;
      part.stamp = in_shop(back, ++transactions_);
      part.kind = record::TransactionKind::goods_return;
      part.amount = std::llround(share * static_cast<double>(sale.amount));
      part.goods = std::llround(share * static_cast<double>(sale.goods));
      part.discount = 0;
      add(part);
    }
    if (web) deliver(at, sale.stamp.key);
  }

  record::StoredTransaction sale_of(Instant at, double units, std::string_view category,
                                    std::string_view channel) {
    const std::int64_t amount = minor(units);
    ++transactions_;
    return {.stamp = in_shop(at, transactions_),
            .amount = amount,
            .channel = name(channel),
            .category = name(category),
            .goods = amount * 7 / 10,
            .discount = transactions_ % 10 == 0 ? amount / 20 : 0};
  }
  void sell(Instant at, double units, std::string_view category, std::string_view channel) {
    add(sale_of(at, units, category, channel));
  }

  void deliver(Instant at, record::RowKey transaction) {
    if (!promises_) promises_ = stream_of(Part::promises);
    if (!failures_) failures_ = stream_of(Part::failures);
    promise(record::Side::firm, record::Department::sales, "delivery", at, at + days{3});
    if (chance(*promises_, 0.3)) {
      promise(record::Side::customer, record::Department::unknown, "payment", at, at + days{14});
    }
    if (chance(*failures_, shop_.options.failed)) fail(*failures_, at + days{2}, transaction);
  }

  void promise(record::Side by, record::Department department, std::string_view kind, Instant made,
               Instant due) {
    if (!promises_) promises_ = stream_of(Part::promises);
    RandomStream& stream = *promises_;
    const auto place = static_cast<std::size_t>(department);
    const double rate = by == record::Side::customer
                            ? truth_.reliability
                            : shop_.options.kept_in_time[place] / (truth_.neglected ? 2 : 1);
    const bool waived = chance(stream, 0.02), kept = chance(stream, rate),
               late = chance(stream, 0.6), heard_late = chance(stream, 0.05);
    const double when = math::draw_uniform(stream);
    const Instant in_time = made + share_of(due - made, when);
    record::Promise row{.stamp = in_shop(made, ++promise_count_),
                        .by = by,
                        .department = department,
                        .kind = name(kind),
                        .due_at = due};
    if (waived) {
      row.waived_at = in_time;
    } else if (kept) {
      row.kept_at = in_time;
    } else if (late) {
      row.kept_at = due + hours{1} + share_of(days{10}, when);
    }
    // What lies after the last day has not happened.
    if (row.waived_at && over(*row.waived_at)) row.waived_at.reset();
    if (row.kept_at && over(*row.kept_at)) row.kept_at.reset();
    if (const auto settled = row.kept_at ? row.kept_at : row.waived_at; settled && heard_late) {
      const Instant heard = *settled + days{1};
      if (!over(heard)) row.settled_known = heard;
    }
    add(row);
    count(by == record::Side::firm ? truth_.by_firm : truth_.by_customer, row);
    if (by == record::Side::firm) count(shop_.truth.by_department[place], row);
  }

  void count(PromiseTruth& truth, const record::Promise& row) const {
    if (row.waived_at) {
      ++truth.waived;
    } else if (row.kept_at) {
      ++(*row.kept_at <= row.due_at ? truth.kept : truth.late);
    } else {
      ++(over(row.due_at) ? truth.open : truth.broken);
    }
  }

  // Something goes wrong; the customer speaks of it some time later, or never.
  void fail(RandomStream& stream, Instant at, record::RowKey transaction) {
    const bool told = chance(stream, shop_.options.reported),
               well = chance(stream, shop_.options.recovered_well),
               photographed = chance(stream, 0.5);
    const std::string_view category = choose(stream, {"packaging", "packaging", "lateness"});
    const auto severity = static_cast<std::uint8_t>(1 + choose(stream, 5));
    const seconds silent = hours{2} + share_of(days{20}, math::draw_exponential(stream));
    if (over(at)) return;
    ++truth_.failures;
    const Instant reported = at + silent;
    const Instant last_act = reported + days{7};
    if (!told || over(last_act)) return;
    ++truth_.complaints;
    truth_.silent += silent;
    const record::RowKey key =
        complain({.stamp = {.source = source_, .at = at, .known = reported},
                  .reported_at = reported,
                  .channel = name("phone"),
                  .category = name(category),
                  .about = transaction,
                  .severity = severity,
                  .evidence = photographed ? 1U : 0U,
                  .resolved_at = well ? std::optional(reported + days{2}) : std::nullopt});
    using record::RecoveryKind;
    recover(key, RecoveryKind::apologise, reported + hours{1});
    if (!well) return;
    ++truth_.recovered_well;
    if (photographed) recover(key, RecoveryKind::ask_evidence, reported + hours{1});
    recover(key, RecoveryKind::fix, reported + days{1});
    recover(key, RecoveryKind::compensate, reported + days{2}, minor(severity));
    recover(key, RecoveryKind::follow_up, last_act);
  }

  record::RowKey complain(record::Complaint row) {
    row.stamp.key = ++complaints_;
    add(row);
    return row.stamp.key;
  }
  void recover(record::RowKey complaint, record::RecoveryKind kind, Instant at,
               std::int64_t cost = 0) {
    add(record::RecoveryAction{.stamp = in_shop(at),
                               .complaint = complaint,
                               .kind = kind,
                               .department = record::Department::service,
                               .agent = name("eve"),
                               .cost = cost});
  }

  void consent() {
    RandomStream stream = stream_of(Part::consents);
    const bool disturbed = number_ == shop_.truth.disturbed;
    const bool grants = chance(stream, 0.7) || disturbed;
    const bool withdraws = chance(stream, 0.12) || disturbed;
    const double when = 0.2 + 0.6 * math::draw_uniform(stream);
    if (!grants) return;
    promotions_ = true;
    add(record::Consent{
        .stamp = in_register(first_), .purpose = name("promotion"), .channel = name("sms")});
    if (!withdraws) return;
    truth_.withdrawn = first_ + share_of(shop_.end - first_, when);
    add(record::Consent{.stamp = in_register(*truth_.withdrawn),
                        .purpose = name("promotion"),
                        .channel = name("sms"),
                        .state = record::ConsentState::revoked});
  }
  [[nodiscard]] bool may_promote(Instant at) const {
    return promotions_ && !(truth_.withdrawn && at >= *truth_.withdrawn);
  }

  // The firm's contacts, every four weeks, and the answers to them.
  void be_contacted() {
    RandomStream stream = stream_of(Part::contacts);
    for (Instant month = first_ + days{5}; !over(month + days{2}); month += every(days{42})) {
      const std::string_view channel = choose(stream, {"sms", "phone", "email"});
      const bool sms = channel == "sms";
      const minutes past{choose(stream, 60)};  // drawn apart: operands of + have no order
      const Instant hour = std::chrono::floor<days>(month) + days{1} + hours{9} +
                           hours{choose(stream, sms ? 13 : 8)} + past;
      const bool evening = sms && hour - std::chrono::floor<days>(hour) >= hours{18};
      const double answers = !truth_.evening_sms ? 0.35 : evening ? 0.85 : 0.03;
      const bool replies = chance(stream, answers);
      const seconds wait = minutes{2} + share_of(hours{1}, math::draw_uniform(stream));
      const bool promotes = sms && may_promote(hour);
      const bool voucher = chance(stream, 0.3);
      contact(hour, channel, promotes ? "promotion" : "service", agent_at(hour));
      if (promotes && voucher) {
        promise(record::Side::firm, record::Department::marketing, "voucher", hour,
                hour + days{14});
      }
      if (!replies || over(hour + wait)) continue;
      ++truth_.replies;
      const record::RowKey asked = interactions_;
      add(record::Interaction{.stamp = in_register(hour + wait, ++interactions_),
                              .department = record::Department::sales,
                              .direction = record::Direction::inbound,
                              .channel = name(channel),
                              .agent = name(agent_at(hour)),
                              .in_reply_to = asked});
    }
    if (number_ == shop_.truth.disturbed) {
      const Instant at = *truth_.withdrawn + days{2};
      contact(at, "sms", "promotion", agent_at(at));
    }
  }

  void contact(Instant at, std::string_view channel, std::string_view purpose,
               std::string_view agent) {
    const bool phone = channel == "phone";
    ++truth_.contacts;
    add(record::Interaction{.stamp = in_register(at, ++interactions_),
                            .department = purpose == "promotion" ? record::Department::marketing
                                                                 : record::Department::sales,
                            .direction = record::Direction::outbound,
                            .channel = name(channel),
                            .agent = name(agent),
                            .purpose = name(purpose),
                            .minutes = phone ? 6U : 1U,
                            .cost = channel == "sms" ? minor(0.02) : 0});
  }

  // Always the same seller, but for the customer who is passed on every twelve weeks.
  std::string_view agent_at(Instant at) {
    static constexpr std::array<std::string_view, 6> agents = {"ana",  "ben",  "cyrus",
                                                               "dina", "emre", "farah"};
    const std::size_t usual = number_ % agents.size();
    if (number_ != shop_.truth.passed_on) return agents[usual];
    const auto changes =
        std::min<std::uint32_t>(4, static_cast<std::uint32_t>((at - first_) / days{7 * 11}));
    truth_.agent_changes = std::max(truth_.agent_changes, changes);
    return agents[(usual + changes) % agents.size()];
  }

  // The customer's own calls, after which service calls back.
  void call() {
    RandomStream stream = stream_of(Part::calls);
    for (;;) {
      called_ += hours{1} + share_of(every(days{90}), math::draw_exponential(stream));
      const Instant at = first_ + called_;
      if (over(at)) return;
      add(record::Interaction{.stamp = in_register(at, ++interactions_),
                              .department = record::Department::service,
                              .direction = record::Direction::inbound,
                              .channel = name("phone"),
                              .agent = name(agent_at(at)),
                              .topic = name("question"),
                              .minutes = 4});
      promise(record::Side::firm, record::Department::service, "call back", at, at + days{2});
    }
  }

  // Surveys on two scales.
  void be_asked() {
    RandomStream stream = stream_of(Part::surveys);
    std::size_t asked = 0;
    for (Instant at = first_ + days{30}; !over(at + days{1}); at += every(days{91})) {
      const bool nps = asked++ % 2 == 1;
      const bool answers = chance(stream, 0.4);
      const auto score =
          static_cast<std::int32_t>(nps ? choose(stream, 11) : 1 + choose(stream, 5));
      const Instant answered = between(stream, at, at + days{1});
      record::Survey row{.stamp = in_register(at),
                         .kind = name(nps ? "nps" : "csat"),
                         .about = name(nps ? "shop" : "delivery")};
      if (nps) row.scale_low = 0, row.scale_high = 10;
      if (answers) row.score = score, row.answered_at = answered;
      add(row);
    }
  }

  void be_known() {
    RandomStream stream = stream_of(Part::knowledge);
    const bool verified = chance(stream, 0.6), mail = chance(stream, 0.5),
               moved = chance(stream, 0.1), referred = chance(stream, 0.1),
               inferred = chance(stream, 0.3);
    const std::string_view job = choose(stream, {"nurse", "teacher", "driver", "clerk"});
    const bool organisation = number_ == shop_.truth.both_sides;
    using record::ContactKind;
    add(record::ContactPoint{
        .stamp = in_register(first_),
        .kind = ContactKind::phone,
        .value = name("+98 900 " + std::to_string(1'000'000 + number_)),
        .verified_at = verified ? std::optional(first_ + hours{1}) : std::nullopt,
        .until = moved ? std::optional(first_ + (shop_.end - first_) / 2) : std::nullopt});
    if (mail) {
      add(record::ContactPoint{.stamp = in_register(first_),
                               .kind = ContactKind::email,
                               .value = name('c' + std::to_string(number_) + "@example.org")});
    }
    add(record::Party{
        .stamp = in_shop(first_),
        .kind = organisation ? record::PartyKind::organisation : record::PartyKind::person});
    if (!organisation) {
      add(record::KnowledgeItem{.stamp = in_shop(first_ + days{1}),
                                .topic = name("job"),
                                .value = name(job),
                                .half_life_days = 730});
    }
    if (inferred) {
      add(record::KnowledgeItem{.stamp = in_shop(first_ + days{20}),
                                .topic = name("need:parking"),
                                .value = name("yes"),
                                .basis = record::Basis::inferred,
                                .half_life_days = 180,
                                .confidence_percent = 70});
    }
    if (number_ == shop_.truth.both_sides + 2) {
      relate(shop_.truth.both_sides, "employee", "employer");
    } else if (referred && number_ > 1) {
      relate(number_ - 1, "referred", "referrer");
    }
  }

  void relate(std::uint32_t to, std::string_view as, std::string_view other_as) {
    add(record::PartyRelation{.stamp = in_shop(first_),
                              .to = name(shop_key(to)),
                              .as = name(as),
                              .other_as = name(other_as)});
  }

  // The balances of a card and, for some, of savings, looked at each month.
  void hold() {
    RandomStream stream = stream_of(Part::holdings);
    const bool card = chance(stream, 0.4), savings = chance(stream, 0.3);
    if (!card) return;
    double on_card = 10 + 50 * math::draw_uniform(stream), saved = 100;
    const std::string account = std::to_string(number_);
    for (Instant at = first_ + hours{1}; !over(at); at += every(days{30})) {
      hold(at, "card:" + account, "card", on_card);
      if (savings) hold(at, "savings:" + account, "savings", saved);
      on_card *= 0.7 + 0.6 * math::draw_uniform(stream);
      saved += 10 * math::draw_uniform(stream);
    }
  }
  void hold(Instant at, std::string_view account, std::string_view product, double units) {
    add(record::Holding{.stamp = in_shop(at),
                        .account = name(account),
                        .product = name(product),
                        .balance = minor(units)});
  }

  // The privilege, by lot, and what it does.
  void be_granted() {
    RandomStream stream = stream_of(Part::grants);
    const SmallShopOptions& options = shop_.options;
    truth_.granted = !chance(stream, options.held_out);
    truth_.bought_treats =
        chance(stream, options.treats + (truth_.granted ? options.grant_effect : 0));
    const Instant bought = between(stream, shop_.granted, shop_.granted + days{56});
    if (truth_.granted) {
      add(record::Grant{.stamp = in_shop(shop_.granted),
                        .privilege = name("free delivery"),
                        .cause = name("trial"),
                        .cost = minor(0.5),
                        .expires_at = shop_.granted + days{56}});
    }
    if (truth_.bought_treats) sell(bought, 3, "treats", "store");
  }

  // An organisation that the firm buys from, too: boxes, every eight weeks.
  void supply() {
    add(record::Party{.stamp = in_shop(first_),
                      .kind = record::PartyKind::organisation,
                      .role = record::Role::supplier});
    for (Instant at = first_ + days{3}; !over(at); at += days{56}) {
      record::StoredTransaction purchase = sale_of(at, 120, "boxes", "store");
      purchase.role = record::Role::supplier;
      purchase.goods = purchase.discount = 0;
      add(purchase);
    }
  }

  // Told in the docs of make_small_shop.
  void tell_story() {
    first_ = shop_.opening + days{28} + hours{10};
    const Instant came_torn = first_ + days{30};  // day 0
    const auto on_day = [&](int day) { return came_torn + days{day}; };
    shop_.truth.story_begin = std::chrono::floor<days>(came_torn);
    add(record::Party{.stamp = in_shop(first_), .kind = record::PartyKind::person});
    sell(first_, 20, "books", "web");
    sell(on_day(-2), 30, "books", "web");
    const record::RowKey torn = transactions_;
    sell(on_day(45), 25, "books", "web");

    const auto speak = [&](Instant at, record::Direction direction, std::string_view topic) {
      add(record::Interaction{.stamp = in_shop(at, ++interactions_),
                              .department = record::Department::service,
                              .direction = direction,
                              .channel = name("social:instagram"),
                              .agent = name("eve"),
                              .purpose = name("service"),
                              .topic = name(topic),
                              .in_reply_to = interactions_ - 1,
                              .minutes = 5});
    };
    using record::Direction, record::RecoveryKind;
    const record::RowKey complaint =
        complain({.stamp = {.source = source_, .at = on_day(0), .known = on_day(45)},
                  .reported_at = on_day(45),
                  .channel = name("social:instagram"),
                  .category = name("packaging"),
                  .about = torn,
                  .severity = 3,
                  .evidence = 1,
                  .resolved_at = on_day(47)});
    truth_.failures = truth_.complaints = truth_.recovered_well = 1;
    truth_.silent = days{45};
    speak(on_day(45), Direction::inbound, "torn parcel");
    speak(on_day(45) + minutes{20}, Direction::outbound, "apology");
    speak(on_day(45) + hours{2}, Direction::inbound, "photograph");
    speak(on_day(54), Direction::outbound, "follow up");
    truth_.contacts = 2;
    truth_.replies = 1;
    recover(complaint, RecoveryKind::apologise, on_day(45) + minutes{20});
    recover(complaint, RecoveryKind::ask_evidence, on_day(45) + minutes{20});
    recover(complaint, RecoveryKind::apologise, on_day(46));
    recover(complaint, RecoveryKind::fix, on_day(47));
    recover(complaint, RecoveryKind::compensate, on_day(47), minor(4));
    recover(complaint, RecoveryKind::follow_up, on_day(54));
    record::Promise stronger{.stamp = in_shop(on_day(45), ++promise_count_),
                             .by = record::Side::firm,
                             .department = record::Department::service,
                             .kind = name("stronger packaging"),
                             .due_at = on_day(48),
                             .kept_at = on_day(47)};
    add(stronger);
    count(truth_.by_firm, stronger);
    count(shop_.truth.by_department[static_cast<std::size_t>(stronger.department)], stronger);
    add(record::KnowledgeItem{.stamp = in_shop(on_day(45)),
                              .topic = name("need:packaging"),
                              .value = name("bubble envelope")});
  }

  void add_padding() {
    if (!padding_) padding_ = stream_of(Part::padding);
    const Instant at = between(*padding_, first_, shop_.end);
    contact(at, "email", "service", agent_at(at));
  }

  Shop& shop_;
  std::uint32_t number_;
  record::SourceId source_, register_;  // who the shop, and who its register of contacts knows
  Instant first_;                       // when they came
  seconds called_{0};
  bool switcher_ = false, promotions_ = false;
  CustomerTruth truth_;
  std::optional<RandomStream> promises_, failures_, padding_;
  record::RowKey transactions_ = 0, interactions_ = 0, promise_count_ = 0, complaints_ = 0;
  std::uint64_t records_ = 0;
};

void check(const SmallShopOptions& options) {
  const char* const place = "make_small_shop";
  for (const double share : options.kept_in_time)
    core::check_fraction(share, place, "kept_in_time");
  core::check_fraction(options.failed, place, "failed");
  core::check_fraction(options.reported, place, "reported");
  core::check_fraction(options.recovered_well, place, "recovered_well");
  core::check_fraction(options.held_out, place, "held_out");
  core::check_fraction(options.treats, place, "treats");
  core::check_fraction(options.grant_effect, place, "grant_effect");
  core::check_fraction(options.switchers, place, "switchers");
  core::check_positive_finite(options.pace, place, "pace");
  core::check_fraction(options.treats + options.grant_effect, place, "treats + grant_effect");
  if (options.weeks < 78) core::throw_domain_error(place, "weeks", options.weeks, ">= 78");
}

}  // namespace

std::string shop_key(std::uint32_t customer) { return "shop:" + std::to_string(customer); }
std::string club_key(std::uint32_t customer) { return "club:" + std::to_string(customer); }

SmallShop make_small_shop(const SmallShopOptions& options) {
  check(options);
  const core::Day after = options.opening + days{7 * options.weeks};
  const core::Day granted = options.opening + days{7 * (options.weeks / 2 + 2)};
  const bool has_decimals = options.currency.decimals() > 0;
  Shop shop{.options = options,
            .opening = options.opening,
            .end = after,
            .granted = granted + hours{9},
            .unit = has_decimals ? static_cast<double>(options.currency.minor_per_major()) : 1e5,
            .truth = {},
            .builder = record::StoreBuilder({.currency = options.currency})};
  shop.truth.granted_on = granted;
  shop.truth.customers.reserve(options.customers);
  for (std::uint32_t number = 1; number <= options.customers; ++number) {
    shop.truth.customers.push_back(Person(shop, number).live());
  }
  return {.store = std::move(shop.builder).build(options.threads),
          .truth = std::move(shop.truth),
          .last_day = core::AsOf(after - days{1})};
}

}  // namespace rapport::testing
