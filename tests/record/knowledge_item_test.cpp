#include <rapport/record/knowledge_item.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST(KnowledgeItem, EachMemberIsAColumn) {
  const KnowledgeItem row{.stamp = full_stamp,
                          .topic = {2},
                          .value = {3},
                          .basis = Basis::inferred,
                          .half_life_days = 180,
                          .confidence_percent = 60,
                          .until = noon + 99h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<KnowledgeItem>(),
            (Names{"topic", "value", "basis", "half_life_days", "confidence_percent", "until"}));
  EXPECT_EQ(core::to_text(row.basis), "inferred");
}

TEST(KnowledgeItem, RefusesMoreThanCertainty) {
  EXPECT_FALSE((KnowledgeItem{.confidence_percent = 100}).normalise());
  EXPECT_EQ((KnowledgeItem{.confidence_percent = 101}).normalise(), core::Reason::bad_number);
}

}  // namespace
}  // namespace rapport::record
