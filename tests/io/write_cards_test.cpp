// All cards of a base as JSON lines: what io/relationship_card.hpp writes to a stream.

#include <rapport/io/relationship_card.hpp>
#include <rapport/record/store_builder.hpp>
#include <rapport/testing/small_shop.hpp>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace rapport::io {
namespace {

using record::StoreView;

relationship::IndexDefinition purchases() {
  return {.name = "pur\"chases\"\\\xF0\x9F\x98\x80",
          .indicators = {{.id = "purchases",
                          .aggregate = "purchases",
                          .transform = relationship::Saturating{8},
                          .dimension = relationship::Dimension::frequency,
                          .weight = 1}}};
}

TEST(R37_WriteCards, WritesEveryCardOnALineOfItsOwn) {
  const auto shop = testing::make_small_shop({.customers = 300});
  const StoreView view(shop.store, {.as_of = shop.last_day});
  const auto index = relationship::evaluate(view, purchases());
  const report::CardMaker card_of(view, index);
  ASSERT_EQ(card_of.customers(), view.customers());
  std::string expected;
  for (std::uint32_t i = 0; i < view.customers(); ++i) expected += to_json(card_of({i})) + '\n';
  for (const int threads : {1, 5}) {
    std::ostringstream out;
    write_cards(out, card_of, threads);
    EXPECT_EQ(out.str(), expected) << threads;
  }
}

// Keys and names are whatever bytes the host has; a card is JSON all the same.
TEST(R37_WriteCards, OddTextsAreJsonAllTheSame) {
  record::StoreBuilder builder;
  const auto add = [&](std::string_view key, std::string_view category) {
    ASSERT_FALSE(
        builder.add(record::Complaint{.stamp = {.source = builder.source(key), .at = core::Day{}},
                                      .category = builder.name(category)}));
  };
  add("a\"b\\c\n\x01", "\xE0\xA4 torn");  // cut in the middle of a letter
  add("\xFF", "پاره");
  const record::Store store = std::move(builder).build();
  const StoreView view(store, {.as_of = core::AsOf(core::Day{} + std::chrono::days{9})});
  const auto index = relationship::evaluate(view, purchases());
  std::ostringstream out;
  write_cards(out, report::CardMaker(view, index));
  std::istringstream lines(out.str());
  std::string first, second;
  ASSERT_TRUE(std::getline(lines, first) && std::getline(lines, second));
  const auto a = boost::json::parse(first).as_object();
  const auto b = boost::json::parse(second).as_object();
  EXPECT_TRUE(a.at("customer") == "a\"b\\c\n\x01");
  EXPECT_TRUE(b.at("customer") == "\xEF\xBF\xBD");
  EXPECT_TRUE(a.at("definition") == "pur\"chases\"\\\xF0\x9F\x98\x80 1");
  const std::string category = a.at("open_complaints").at(0).at("category").as_string().c_str();
  EXPECT_TRUE(category.starts_with("\xEF\xBF\xBD")) << category;
  EXPECT_TRUE(category.ends_with(" torn")) << category;
  EXPECT_TRUE(b.at("open_complaints").at(0).at("category") == "پاره");
}

TEST(WriteCards, SaysThatTheStreamTookNothing) {
  const auto shop = testing::make_small_shop({.customers = 10});
  const StoreView view(shop.store, {.as_of = shop.last_day});
  const auto index = relationship::evaluate(view, purchases());
  const report::CardMaker card_of(view, index);
  std::ostream nowhere(nullptr);
  EXPECT_THROW(write_cards(nowhere, card_of), std::system_error);
  std::stop_source stop;
  stop.request_stop();
  std::ostringstream out;
  EXPECT_THROW(write_cards(out, card_of, 1, {.stop = stop.get_token()}), core::Cancelled);
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace rapport::io
