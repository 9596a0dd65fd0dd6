#include <rapport/record/contact_point.hpp>

#include "support/kept_record.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rapport::record {
namespace {

using namespace std::chrono_literals;
using namespace tests;

TEST(ContactPoint, EachMemberIsAColumn) {
  const ContactPoint row{.stamp = full_stamp,
                         .kind = ContactKind::social,
                         .value = {2},
                         .verified_at = noon + 2h,
                         .until = noon + 99h};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<ContactPoint>(), (Names{"kind", "value", "verified_at", "until"}));
  EXPECT_EQ(core::to_text(row.kind), "social");
}

TEST(Consent, EachMemberIsAColumn) {
  const Consent row{
      .stamp = full_stamp, .purpose = {2}, .channel = {3}, .state = ConsentState::revoked};
  EXPECT_EQ(kept(row), row);
  EXPECT_EQ(column_names<Consent>(), (Names{"purpose", "channel", "state"}));
  EXPECT_EQ(core::from_text<ConsentState>("granted"), ConsentState::granted);
}

}  // namespace
}  // namespace rapport::record
