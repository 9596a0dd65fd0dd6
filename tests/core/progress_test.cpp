#include <rapport/core/progress.hpp>

#include <gtest/gtest.h>

#include <stop_token>
#include <string>
#include <vector>

namespace rapport::core {
namespace {

TEST(Watch, TellsTheHostHowFarACallIs) {
  std::vector<std::uint64_t> done;
  const Watch watch = {.on_progress = [&](const Progress& p) { done.push_back(p.done); }};
  watch.report({.stage = "reading rows", .done = 1, .total = 2});
  watch.report({.stage = "reading rows", .done = 2, .total = 2});
  EXPECT_EQ(done, (std::vector<std::uint64_t>{1, 2}));
}

TEST(Watch, DoesNothingUnlessAskedTo) {
  EXPECT_NO_THROW(Watch{}.report({.stage = "reading rows"}));
}

TEST(Watch, StopsACallWhoseHostAskedForItAndSaysWhere) {
  std::stop_source host;
  bool told = false;
  const Watch watch = {.on_progress = [&](const Progress&) { told = true; },
                       .stop = host.get_token()};
  host.request_stop();
  try {
    watch.report({.stage = "reading rows"});
    FAIL() << "not stopped";
  } catch (const Cancelled& cancelled) {
    EXPECT_STREQ(cancelled.what(), "cancelled while reading rows");
  }
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace rapport::core
