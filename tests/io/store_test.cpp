#include <rapport/io/store.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace rapport::io {
namespace {

using namespace record;
using namespace std::chrono_literals;
using core::Reason;

constexpr core::Day day0{2024y / 1 / 1};

core::Instant day(int number) { return day0 + std::chrono::days{number}; }

/// Files by the names of their kinds in a folder of their own, which goes with it.
class Folder {
 public:
  struct File {
    std::string kind, text;
  };

  Folder() : Folder(std::initializer_list<File>{}) {}
  Folder(std::initializer_list<File> files) {
    static int number = 0;
    path_ = std::filesystem::path(testing::TempDir()) /
            ("rapport_store_" + std::to_string(::getpid()) + "_" + std::to_string(number++));
    std::filesystem::create_directories(path_);
    for (const auto& [kind, text] : files) std::ofstream(path_ / (kind + ".csv")) << text;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

const std::string no_transactions = "customer_id,date,amount\n";

template <Record Row>
std::vector<Row> rows_of(const Store& store) {
  std::vector<Row> rows;
  for (std::uint32_t source = 0; source < store.sources().size(); ++source) {
    const auto [begin, end] = store.table<Row>().run({source});
    for (auto i = begin; i < end; ++i) rows.push_back(store.table<Row>().row({source}, i));
  }
  return rows;
}

/// A store of one file beside no transactions.
template <Record Row>
Store read_one(std::string_view text, const StoreOptions& options = {}) {
  StoreBuilder builder({.currency = options.currency.value(), .zone = options.zone});
  read_records<Row>(Input::text(text), builder, options);
  return std::move(builder).build();
}

template <Record Row>
const core::Refusals& refusals_of(const Store& store) {
  return store.refusals(kind_number<Row>);
}

/// The only refusal there is.
template <Record Row>
core::Refusal refusal_of(std::string_view text, const StoreOptions& options = {}) {
  const Store store = read_one<Row>(text, options);
  EXPECT_EQ(store.refused(), 1U) << text;
  for (std::size_t i = 0; i < core::reason_count; ++i) {
    const auto first = refusals_of<Row>(store).first(static_cast<Reason>(i));
    if (!first.empty()) return first[0];
  }
  return {};
}

/// Expects that two stores hold the same, number by number.
void expect_same(const Store& a, const Store& b) {
  ASSERT_EQ(a.sources().size(), b.sources().size());
  for (std::uint32_t i = 0; i < a.sources().size(); ++i) {
    EXPECT_EQ(a.key_text(SourceId{i}), b.key_text(SourceId{i}));
  }
  ASSERT_EQ(a.name_count(), b.name_count());
  for (std::uint32_t i = 1; i <= a.name_count(); ++i) EXPECT_EQ(a.text({i}), b.text({i}));
  EXPECT_EQ(a.links(), b.links());
  EXPECT_EQ(a.clusters(), b.clusters());
  std::apply(
      [&]<class... Rows>(const Rows&...) {
        const auto compare = [&]<class Row>(const Row&) {
          EXPECT_TRUE(rows_of<Row>(a) == rows_of<Row>(b)) << Row::kind_name;
        };
        (compare(Rows{}), ...);
      },
      AllKinds{});
}

TEST(Store, HoldsEveryKindOfAFolder) {
  const Folder folder{
      {"transactions",
       "customer_id,date,amount,kind,channel,category,goods,discount,role\n"
       "ada,2024-01-02,12.50,sale,web,books,8,0.5,customer\n"
       "ada,2024-01-05,-2.50,,web,books,-1,0,\n"
       "paper mill,2024-01-03,100,SALE,,paper,,,Supplier\n"},
      {"interactions",
       "customer_id,date,key,origin,department,direction,channel,agent,purpose,topic,outcome,"
       "in_reply_to,minutes,cost\n"
       "ada,2024-01-02T10:00,7,crm,Service,outbound,sms,max,service,parcel,reached,6,3,0.10\n"},
      {"holdings", "customer_id,date,account,product,balance\nada,2024-01-01,a1,loan,-40.00\n"},
      {"promises",
       "customer_id,date,by,department,kind,due_at,kept_at,waived_at,settled_known\n"
       "ada,2024-01-01,firm,sales,delivery,2024-01-04,2024-01-03,,2024-01-06\n"
       "ada,2024-01-01,customer,,payment,2024-01-04,,2024-01-02,\n"},
      {"complaints",
       "customer_id,date,reported_at,channel,category,about,severity,evidence,resolved_at\n"
       "ada,2024-01-01,2024-02-15,social:instagram,packaging,3,4,2,2024-02-20\n"},
      {"recoveries",
       "customer_id,date,complaint,kind,department,agent,cost\n"
       "ada,2024-02-15,9,Apologise,service,eve,0\n"},
      {"surveys",
       "customer_id,date,kind,about,scale_low,scale_high,score,answered_at\n"
       "ada,2024-01-01,nps,support,0,10,9,2024-01-02\nada,2024-01-09,nps,support,0,10,,\n"},
      {"contact_points",
       "customer_id,date,kind,value,verified_at,until\n"
       "ada,2024-01-01,phone,+98 21 555,2024-01-02,\n"},
      {"consents",
       "customer_id,date,purpose,channel,state\nada,2024-01-01,promotion,sms,revoked\n"},
      {"knowledge",
       "customer_id,date,topic,value,basis,half_life_days,confidence_percent,until\n"
       "ada,2024-01-01,job,nurse,inferred,700,80,\n"},
      {"parties",
       "customer_id,date,kind,role,until\npaper mill,2024-01-01,organisation,supplier,\n"},
      {"relations",
       "customer_id,date,to,as,other_as,until\nada,2024-01-01,paper mill,employee,employer,\n"},
      {"grants",
       "customer_id,date,privilege,cause,cost,expires_at,revoked_at\n"
       "ada,2024-01-01,free delivery,tier near,5,2024-06-01,\n"},
      {"links", "a,b\nada,club:17\n"},
      {"something_else", "no,such\nkind,x\n"}};
  const Store store = read_store(folder.path());
  EXPECT_EQ(store.refused(), 0U);
  EXPECT_EQ(store.sources().size(), 3U);
  EXPECT_EQ(store.clusters().customers(), 2U);
  const SourceId ada = *store.find_source(std::string_view("ada"));
  const SourceId mill = *store.find_source(std::string_view("paper mill"));
  const auto name = [&](std::string_view text) { return store.find_name(text).value(); };

  const auto transactions = rows_of<StoredTransaction>(store);
  ASSERT_EQ(transactions.size(), 3U);
  EXPECT_EQ(transactions[0], (StoredTransaction{.stamp = {.source = ada, .at = day(1)},
                                                .amount = 1250,
                                                .channel = name("web"),
                                                .category = name("books"),
                                                .goods = 800,
                                                .discount = 50}));
  EXPECT_EQ(transactions[1].kind, TransactionKind::refund);
  EXPECT_EQ(transactions[1].amount, -250);
  EXPECT_EQ(transactions[1].goods, -100);
  EXPECT_EQ(transactions[2].stamp.source, mill);
  EXPECT_EQ(transactions[2].role, Role::supplier);
  EXPECT_EQ(
      rows_of<Interaction>(store).at(0),
      (Interaction{.stamp = {.source = ada, .at = day(1) + 10h, .key = 7, .origin = name("crm")},
                   .department = Department::service,
                   .direction = Direction::outbound,
                   .channel = name("sms"),
                   .agent = name("max"),
                   .purpose = name("service"),
                   .topic = name("parcel"),
                   .outcome = name("reached"),
                   .in_reply_to = 6,
                   .minutes = 3,
                   .cost = 10}));
  EXPECT_EQ(rows_of<Holding>(store).at(0), (Holding{.stamp = {.source = ada, .at = day(0)},
                                                    .account = name("a1"),
                                                    .product = name("loan"),
                                                    .balance = -4000}));
  const auto promises = rows_of<Promise>(store);
  ASSERT_EQ(promises.size(), 2U);
  EXPECT_EQ(promises[0], (Promise{.stamp = {.source = ada, .at = day(0)},
                                  .by = Side::firm,
                                  .department = Department::sales,
                                  .kind = name("delivery"),
                                  .due_at = day(3),
                                  .kept_at = day(2),
                                  .settled_known = day(5)}));
  EXPECT_EQ(promises[1].by, Side::customer);
  EXPECT_EQ(promises[1].waived_at, day(1));
  EXPECT_EQ(rows_of<Complaint>(store).at(0),
            (Complaint{.stamp = {.source = ada, .at = day(0), .known = day(45)},
                       .reported_at = day(45),
                       .channel = name("social:instagram"),
                       .category = name("packaging"),
                       .about = 3,
                       .severity = 4,
                       .evidence = 2,
                       .resolved_at = day(50)}));
  EXPECT_EQ(rows_of<RecoveryAction>(store).at(0),
            (RecoveryAction{.stamp = {.source = ada, .at = day(45)},
                            .complaint = 9,
                            .kind = RecoveryKind::apologise,
                            .department = Department::service,
                            .agent = name("eve")}));
  const auto surveys = rows_of<Survey>(store);
  ASSERT_EQ(surveys.size(), 2U);
  EXPECT_EQ(surveys[0].score, 9);
  EXPECT_EQ(surveys[0].answered_at, day(1));
  EXPECT_EQ(surveys[1].answered_at, std::nullopt);
  EXPECT_EQ(rows_of<ContactPoint>(store).at(0),
            (ContactPoint{.stamp = {.source = ada, .at = day(0)},
                          .kind = ContactKind::phone,
                          .value = name("+98 21 555"),
                          .verified_at = day(1)}));
  EXPECT_EQ(rows_of<Consent>(store).at(0).state, ConsentState::revoked);
  EXPECT_EQ(rows_of<KnowledgeItem>(store).at(0),
            (KnowledgeItem{.stamp = {.source = ada, .at = day(0)},
                           .topic = name("job"),
                           .value = name("nurse"),
                           .basis = Basis::inferred,
                           .half_life_days = 700,
                           .confidence_percent = 80}));
  EXPECT_EQ(rows_of<Party>(store).at(0), (Party{.stamp = {.source = mill, .at = day(0)},
                                                .kind = PartyKind::organisation,
                                                .role = Role::supplier}));
  EXPECT_EQ(store.text(rows_of<PartyRelation>(store).at(0).to), "paper mill");
  EXPECT_EQ(rows_of<Grant>(store).at(0).cost, 500);
  EXPECT_EQ(rows_of<Grant>(store).at(0).expires_at, day(152));
}

TEST(Store, NeedsTransactionsAndNothingElse) {
  const Folder folder{{"transactions", "customer_id,date\n1,2024-01-01\n"}};
  const Store store = read_store(folder.path());
  EXPECT_EQ(store.rows(), 1U);
  EXPECT_EQ(rows_of<StoredTransaction>(store).at(0).amount, 0);
  EXPECT_TRUE(store.sources().numeric());
  const Folder empty;
  try {
    (void)read_store(empty.path());
    ADD_FAILURE();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("transactions.csv"), std::string::npos);
  }
}

TEST(Store, TakesTheNamesOfTheColumnsOfTransactions) {
  const Folder folder{{"transactions", "CUST_NO;BOOKED;TOTAL\n7;2024-01-02;3,5\n"},
                      {"promises", "customer_id;date;by;due_at\n7;2024-01-01;firm;2024-01-02\n"}};
  const StoreOptions options = {
      .columns = {.customer = "cust_no", .date = "BOOKED", .amount = "TOTAL"},
      .dialect = {.decimal_mark = ','}};
  const Store store = read_store(folder.path(), options);
  EXPECT_EQ(rows_of<StoredTransaction>(store).at(0).amount, 350);
  EXPECT_EQ(store.table<Promise>().size(), 1U);
}

TEST(Store, ReadsDaysInItsZone) {
  const Store store = read_one<Interaction>("customer_id,date\n1,2024-01-01\n",
                                            {.zone = core::Zone::fixed(3h + 30min)});
  EXPECT_EQ(rows_of<Interaction>(store).at(0).stamp.at, day0 - 3h - 30min);
}

TEST(Store, ReadsPersianDigitsWhereTheDialectAllowsThem) {
  const std::string_view text =
      "customer_id,date,severity,evidence\n"
      "علی,۱۴۰۳-۰۱-۰۱,۵,۱۲\nعلی,۲۰۲۴-۰۱-۰۱,۵,۱٬۲۰۰\n";
  const Store store = read_one<Complaint>(text, {.dialect = {.digits = Digits::native}});
  ASSERT_EQ(store.table<Complaint>().size(), 1U);  // 1403 is no year within the range
  EXPECT_EQ(refusals_of<Complaint>(store).count(Reason::date_out_of_range), 1U);
  EXPECT_EQ(rows_of<Complaint>(store)[0].severity, 5);
  EXPECT_EQ(rows_of<Complaint>(store)[0].evidence, 1200U);
  EXPECT_EQ(read_one<Complaint>(text).refused(), 2U);
  const Store rial = read_one<Holding>("customer_id,date,balance\n1,2024-01-01,۱٬۲۵۰٬۰۰۰\n",
                                       {.currency = "IRR", .dialect = {.digits = Digits::native}});
  EXPECT_EQ(rows_of<Holding>(rial).at(0).balance, 1'250'000);
}

TEST(Store, DoesNotDependOnTheOrderOfRowsOrFiles) {
  const std::string header = "customer_id,date,channel\n";
  const std::vector<std::string> lines = {"b,2024-01-02,sms\n", "a,2024-01-01,web\n",
                                          "a,2024-01-01,phone\n", "b,2024-01-01,mail\n"};
  StoreBuilder forward, backward;
  std::string there = header, back = header;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    there += lines[i];
    back += lines[lines.size() - 1 - i];
  }
  const std::string holdings = "customer_id,date,balance\nc,2024-01-01,1\n";
  read_records<Interaction>(Input::text(there), forward);
  read_records<Holding>(Input::text(holdings), forward);
  read_links(Input::text("a,b\nc,a\n"), forward);
  read_links(Input::text("b,a\na,c\nc,a\n"), backward);
  read_records<Holding>(Input::text(holdings), backward);
  read_records<Interaction>(Input::text(back), backward);
  const Store one = std::move(forward).build();
  expect_same(one, std::move(backward).build());
  EXPECT_EQ(one.clusters().customers(), 2U);
}

TEST(Store, SaysWhenAComplaintWasReportedAndKnown) {
  const Store store = read_one<Complaint>(
      "customer_id,date,known,reported_at\n1,2024-01-01,,\n2,2024-01-01,,2024-01-11\n"
      "3,2024-01-01,2024-01-21,\n4,2024-01-01,2024-01-21,2024-01-11\n");
  const auto rows = rows_of<Complaint>(store);
  ASSERT_EQ(rows.size(), 4U);
  const int expected[4][2] = {{0, 0}, {10, 10}, {20, 20}, {10, 20}};
  for (std::size_t i = 0; i < 4; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(rows[i].reported_at, day(expected[i][0]));
    EXPECT_EQ(rows[i].stamp.known, day(expected[i][1]));
  }
}

TEST(Store, RefusesWhatItCannotUseAndSaysWhere) {
  const auto expect = [](const core::Refusal& refusal, Reason reason, std::string_view field,
                         std::string_view text) {
    SCOPED_TRACE(core::to_text(refusal));
    EXPECT_EQ(refusal.reason, reason);
    EXPECT_EQ(refusal.field, field);
    EXPECT_EQ(refusal.text, text);
    EXPECT_EQ(refusal.line, 2U);
  };
  expect(refusal_of<Interaction>("customer_id,date\n,2024-01-01\n"), Reason::missing_field,
         "customer_id", "");
  expect(refusal_of<Interaction>("customer_id,date\n\"  \",2024-01-01\n"), Reason::bad_key,
         "customer_id", "  ");
  expect(refusal_of<Interaction>("customer_id,date\n1,\n"), Reason::missing_field, "date", "");
  expect(refusal_of<Interaction>("customer_id,date\n1,2024-02-30\n"), Reason::bad_date, "date",
         "2024-02-30");
  expect(refusal_of<Interaction>("customer_id,date,known\n1,2024-01-01,soon\n"), Reason::bad_date,
         "known", "soon");
  expect(refusal_of<Interaction>("customer_id,date,voided\n1,2024-01-01,9999-01-01\n"),
         Reason::date_out_of_range, "voided", "9999-01-01");
  expect(refusal_of<Interaction>("customer_id,date,department\n1,2024-01-01,saels\n"),
         Reason::bad_word, "department", "saels");
  expect(refusal_of<Interaction>("customer_id,date,minutes\n1,2024-01-01,-1\n"), Reason::bad_number,
         "minutes", "-1");
  expect(refusal_of<Interaction>("customer_id,date,minutes\n1,2024-01-01,1.5\n"),
         Reason::bad_number, "minutes", "1.5");
  expect(refusal_of<Interaction>("customer_id,date,cost\n1,2024-01-01,-1\n"), Reason::bad_amount,
         "cost", "-1");
  expect(refusal_of<Interaction>("customer_id,date,cost\n1,2024-01-01,1e3\n"), Reason::bad_amount,
         "cost", "1e3");
  expect(refusal_of<Interaction>("customer_id,date,cost\n1,2024-01-01,0.125\n"),
         Reason::inexact_amount, "cost", "0.125");
  expect(refusal_of<Interaction>("customer_id,date,key\n1,2024-01-01,18446744073709551616\n"),
         Reason::bad_number, "key", "18446744073709551616");
  expect(refusal_of<Holding>("customer_id,date,balance,currency\n1,2024-01-01,1,EUR\n"),
         Reason::other_currency, "currency", "EUR");
  expect(refusal_of<Holding>("customer_id,date,balance\n1,2024-01-01,\n"), Reason::missing_field,
         "balance", "");
  expect(refusal_of<Complaint>("customer_id,date,severity\n1,2024-01-01,6\n"), Reason::bad_number,
         "severity", "6");
  expect(refusal_of<Complaint>("customer_id,date,severity\n1,2024-01-01,256\n"), Reason::bad_number,
         "severity", "256");
  expect(refusal_of<Survey>("customer_id,date,score,answered_at\n1,2024-01-01,6,2024-01-01\n"),
         Reason::bad_number, "score", "6");
  expect(refusal_of<Survey>("customer_id,date,scale_low,scale_high\n1,2024-01-01,5,1\n"),
         Reason::bad_number, "scale_high", "1");
  expect(refusal_of<KnowledgeItem>(
             "customer_id,date,topic,confidence_percent\n1,2024-01-01,job,101\n"),
         Reason::bad_number, "confidence_percent", "101");
  expect(refusal_of<Consent>("customer_id,date,state\n1,2024-01-01,\n"), Reason::missing_field,
         "state", "");
  expect(refusal_of<Promise>("customer_id,date,by,due_at\n1,2024-01-01,firm,\n"),
         Reason::missing_field, "due_at", "");
  expect(refusal_of<StoredTransaction>("customer_id,date,amount,kind\n1,2024-01-01,-1,Sale\n"),
         Reason::negative_sale, "amount", "-1");
  expect(refusal_of<StoredTransaction>("customer_id,date,amount,kind\n1,2024-01-01,1,gift\n"),
         Reason::bad_kind, "kind", "gift");
  expect(refusal_of<StoredTransaction>("customer_id,date,amount,discount\n1,2024-01-01,1,-1\n"),
         Reason::bad_amount, "discount", "-1");
  expect(refusal_of<StoredTransaction>(
             "customer_id,date,amount\n1,2024-01-01,-92233720368547758.08\n"),
         Reason::amount_overflow, "amount", "-92233720368547758.08");
  expect(refusal_of<StoredTransaction>("customer_id,date,amount\n1,2024-01-01,\n"),
         Reason::missing_field, "amount", "");
}

TEST(Store, CountsRefusedRowsByKindAndKeepsNoTraceOfThem) {
  const Folder folder{
      {"transactions", no_transactions + "1,2024-01-01,1\n2,2024-01-01,x\n"},
      {"interactions",
       "customer_id,date,channel,cost\nnobody,2024-01-01,fax,-1\n1,2024-01-01,sms,0\n"
       "1,2024-01-01\n1,2024-01-01,sms,0,0\n1,\"2024\n"}};
  const Store store = read_store(folder.path());
  EXPECT_EQ(store.refused(), 5U);
  EXPECT_EQ(refusals_of<StoredTransaction>(store).total(), 1U);
  const core::Refusals& refusals = refusals_of<Interaction>(store);
  EXPECT_EQ(refusals.count(Reason::bad_amount), 1U);
  EXPECT_EQ(refusals.count(Reason::missing_field), 1U);
  EXPECT_EQ(refusals.count(Reason::extra_field), 1U);
  EXPECT_EQ(refusals.count(Reason::bad_quoting), 1U);
  EXPECT_EQ(refusals.first(Reason::bad_quoting)[0].line, 6U);
  EXPECT_EQ(store.sources().size(), 1U);
  EXPECT_TRUE(store.sources().numeric());
  EXPECT_EQ(store.name_count(), 1U);
}

TEST(Store, ThrowsAtTheFirstRefusedRowInStrictMode) {
  const Folder folder{{"transactions", no_transactions},
                      {"promises", "customer_id,date,by,due_at\n1,2024-01-01,both,2024-01-01\n"}};
  try {
    (void)read_store(folder.path(), {.strict = true});
    ADD_FAILURE();
  } catch (const core::RowRefused& refused) {
    EXPECT_EQ(refused.refusal().reason, Reason::bad_word);
    const std::string what = refused.what();
    EXPECT_NE(what.find("promises.csv, line 2, column 14, by: "), std::string::npos) << what;
  }
}

TEST(Store, NamesTheFileAndTheColumnsThatAreMissing) {
  const Folder folder{{"transactions", no_transactions},
                      {"promises", "customer_id,when,by\n1,2024-01-01,firm\n"}};
  try {
    (void)read_store(folder.path());
    ADD_FAILURE();
  } catch (const std::invalid_argument& error) {
    const std::string what = error.what();
    for (const char* part : {"promises.csv", "\"date\", \"due_at\"", "\"when\""}) {
      EXPECT_NE(what.find(part), std::string::npos) << what;
    }
  }
  const Folder renamed{{"transactions", no_transactions}};
  EXPECT_THROW((void)read_store(renamed.path(), {.columns = {.amount = "total"}}),
               std::invalid_argument);
  StoreBuilder builder;
  EXPECT_THROW(read_records("promise", Input::text("a\n"), builder), std::invalid_argument);
  EXPECT_THROW(read_records("promises", Input::text(""), builder), std::invalid_argument);
  EXPECT_THROW(read_links(Input::text("a,c\n"), builder), std::invalid_argument);
}

TEST(Store, NeverLosesALinkInSilence) {
  StoreBuilder builder;
  for (const char* text : {"a,b\n1,\n", "a,b\n1\n", "a,b\n\" \",2\n", "a,b\n1,2,3\n"}) {
    EXPECT_THROW(read_links(Input::text(text, "links"), builder), FileRowRefused) << text;
  }
}

TEST(Store, StopsWhenItIsTold) {
  const Folder folder{{"transactions", no_transactions}};
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW((void)read_store(folder.path(), {.watch = {.stop = stop.get_token()}}),
               core::Cancelled);
}

TEST(Store, RefusesToWriteWhatCouldNotBeReadBack) {
  const Folder folder;
  const auto store_with = [](std::string_view key, std::string_view name) {
    StoreBuilder builder;
    EXPECT_FALSE(builder.add(Interaction{.stamp = {.source = builder.source(key), .at = day0},
                                         .channel = builder.name(name)}));
    return std::move(builder).build();
  };
  EXPECT_NO_THROW(write_store(folder.path(), store_with("a", "b")));
  EXPECT_THROW(write_store(folder.path(), store_with("", "b")), std::invalid_argument);
  EXPECT_THROW(write_store(folder.path(), store_with(" ", "b")), std::invalid_argument);
  EXPECT_THROW(write_store(folder.path(), store_with("a", "\xFF")), std::invalid_argument);
  EXPECT_THROW(write_store(folder.path(), store_with("a", std::string_view("\0", 1))),
               std::invalid_argument);
}

TEST(Store, WritesOnlyColumnsInUse) {
  StoreBuilder builder;
  ASSERT_FALSE(builder.add(Interaction{
      .stamp = {.source = builder.source("a"), .at = day0, .known = day(1)}, .minutes = 3}));
  ASSERT_FALSE(builder.add(Interaction{.stamp = {.source = builder.source("a"), .at = day0 + 1s}}));
  std::ostringstream out;
  write_records(Interaction::kind_name, out, std::move(builder).build());
  EXPECT_EQ(out.str(),
            "customer_id,date,known,minutes\n"
            "a,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,3\n"
            "a,2024-01-01T00:00:01Z,,0\n");
}

TEST(Store, WritesAFolderThatItReads) {
  StoreBuilder builder({.currency = core::Currency("IRR")});
  ASSERT_FALSE(builder.add(StoredTransaction{
      .stamp = {.source = builder.source("club:17"), .at = day0 + 1s}, .amount = -5}));
  ASSERT_FALSE(builder.add(Consent{.stamp = {.source = builder.source("shop:17"), .at = day0},
                                   .channel = builder.name("sms"),
                                   .state = ConsentState::revoked}));
  builder.link("shop:17", "club:17");
  const Store store = std::move(builder).build();
  const Folder folder;
  const std::string below = folder.path() + "/made/now";
  write_store(below, store);
  write_store(below, store);  // over what is there
  expect_same(store, read_store(below, {.currency = "IRR", .strict = true}));
}

// Rows of any kind whose names are places in this list.
const std::vector<std::string> texts = {"",      "sms",          "a,b",  "say \"no\"", "two\nlines",
                                        "\r",    " spaced ",     "=1+1", "'quoted",    "+98 912",
                                        "ایران", "\xEF\xBB\xBF", ";\t",  "0"};

core::Instant any_instant() {
  return StoreRules().epoch + std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 0xFFFFFFFE)};
}

template <class Value>
Value any_value() {
  if constexpr (std::same_as<Value, core::Instant>) {
    return any_instant();
  } else if constexpr (std::same_as<Value, std::optional<core::Instant>>) {
    return *rc::gen::arbitrary<bool>() ? std::optional(any_instant()) : std::nullopt;
  } else if constexpr (std::same_as<Value, Name>) {
    return {*rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(texts.size()))};
  } else if constexpr (std::is_enum_v<Value>) {
    const auto count = static_cast<int>(names_of(Value{}).size());
    return static_cast<Value>(*rc::gen::inRange(0, count));
  } else if constexpr (sizeof(Value) == 1) {
    return static_cast<Value>(*rc::gen::inRange(0, 6));
  } else {
    return *rc::gen::arbitrary<Value>();
  }
}

template <Record Row>
void add_any(StoreBuilder& builder) {
  Row row{};
  const bool plain = *rc::gen::arbitrary<bool>();  // so that columns are left out, too
  row.stamp.at = any_instant();
  row.stamp.known = plain ? row.stamp.at : any_instant();
  if (!plain) {
    row.stamp.voided = any_value<std::optional<core::Instant>>();
    row.stamp.key = any_value<RowKey>();
    row.stamp.origin = any_value<Name>();
  }
  std::apply(
      [&](const auto&... columns) {
        const auto fill = [&]<class Column>(const Column& column) {
          auto& value = row.*column.member;
          using Value = std::remove_cvref_t<decltype(value)>;
          if constexpr (Column::is_money) {
            value = *rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
          } else {
            value = any_value<Value>();
          }
        };
        (fill(columns), ...);
      },
      Row::columns());
  Row normal = row;
  if constexpr (Normalised<Row>) {
    if (normal.normalise()) return;
  }
  const auto intern = [&](Name& name) { name = builder.name(texts[name.value]); };
  intern(row.stamp.origin);
  std::apply(
      [&](const auto&... columns) {
        const auto fill = [&](const auto& column) {
          if constexpr (std::same_as<std::remove_cvref_t<decltype(row.*column.member)>, Name>) {
            intern(row.*column.member);
          }
        };
        (fill(columns), ...);
      },
      Row::columns());
  static const std::vector<std::string> keys = {"1", "17", "club:17", "x,y", "=2", "-3", "ایران"};
  row.stamp.source = builder.source(*rc::gen::elementOf(keys));
  RC_ASSERT(!builder.add(row));
}

TEST(Store, ComesBackFromItsFilesAsItWas) {
  rc::check("read_store(write_store(x)) == x", [] {
    StoreBuilder builder({.currency = core::Currency("KWD")});
    std::apply(
        [&]<class... Rows>(const Rows&...) {
          const auto add_some = [&]<class Row>(const Row&) {
            for (int i = *rc::gen::inRange(0, 5); i > 0; --i) add_any<Row>(builder);
          };
          (add_some(Rows{}), ...);
        },
        AllKinds{});
    if (*rc::gen::arbitrary<bool>()) builder.link("17", "club:17");
    if (*rc::gen::arbitrary<bool>()) builder.link("lone", "club:17");
    const Store store = std::move(builder).build();
    const WriterOptions how = {.delimiter = *rc::gen::element(',', ';', '\t'), .guard_text = false};
    StoreBuilder again(store.rules());
    for (const std::string_view kind : kind_names) {
      std::ostringstream file;
      write_records(kind, file, store, how);
      read_records(kind, Input::text(file.str()), again, {.strict = true});
    }
    std::ostringstream links;
    write_links(links, store, how);
    read_links(Input::text(links.str()), again);
    expect_same(store, std::move(again).build());
    RC_ASSERT(!testing::Test::HasFailure());
  });
}

}  // namespace
}  // namespace rapport::io
