#include <rapport/core/estimate.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace rapport::core {
namespace {

TEST(Estimate, AbstainsUntilSomethingIsKnown) {
  const Estimate nothing;
  EXPECT_EQ(nothing.status, Status::abstained);
  EXPECT_TRUE(std::isnan(nothing.value));
  EXPECT_FALSE(nothing.usable());
}

TEST(Estimate, IsUsableUnlessAbstainedOrUndefined) {
  EXPECT_TRUE(Estimate{.status = Status::known}.usable());
  EXPECT_TRUE(Estimate{.status = Status::estimated}.usable());
  EXPECT_TRUE(Estimate{.status = Status::prior}.usable());
  EXPECT_FALSE(Estimate{.status = Status::undefined}.usable());
}

TEST(Estimate, NamesItsStatusAndWhatItsIntervalCovers) {
  EXPECT_EQ(to_text(Status::known), "known");
  EXPECT_EQ(to_text(Status::estimated), "estimated");
  EXPECT_EQ(to_text(Status::prior), "prior");
  EXPECT_EQ(to_text(Status::abstained), "abstained");
  EXPECT_EQ(to_text(Status::undefined), "undefined");
  EXPECT_EQ(to_text(Covers::parameter), "parameter");
  EXPECT_EQ(to_text(Covers::prediction), "prediction");
}

TEST(EstimateColumn, HoldsWhatWasSetAndAbstainsElsewhere) {
  EstimateColumn column;
  column.level = 0.8;
  column.covers = Covers::prediction;
  column.resize(2);
  column.set(1, {.value = 2, .low = 1, .high = 4, .status = Status::estimated});

  EXPECT_EQ(column.size(), 2u);
  EXPECT_EQ(column[0].status, Status::abstained);
  EXPECT_TRUE(std::isnan(column[0].high));
  EXPECT_EQ(column[1].value, 2);
  EXPECT_EQ(column[1].low, 1);
  EXPECT_EQ(column[1].high, 4);
  EXPECT_EQ(column[1].level, 0.8);
  EXPECT_EQ(column[1].status, Status::estimated);
  EXPECT_EQ(column[1].covers, Covers::prediction);
}

}  // namespace
}  // namespace rapport::core
