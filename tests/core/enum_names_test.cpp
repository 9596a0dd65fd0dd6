#include <rapport/core/enum_names.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace rapport::core {
namespace {

enum class Colour : std::uint8_t { unknown, red, blue };

constexpr auto names_of(Colour) noexcept {
  return std::to_array<std::string_view>({"", "red", "blue"});
}

enum class Nameless : std::uint8_t { thing };

static_assert(NamedEnum<Colour>);
static_assert(!NamedEnum<Nameless>);
static_assert(!NamedEnum<int>);

TEST(EnumNames, GoBothWays) {
  for (const Colour colour : {Colour::unknown, Colour::red, Colour::blue}) {
    EXPECT_EQ(from_text<Colour>(to_text(colour)), colour);
  }
  EXPECT_EQ(to_text(Colour::blue), "blue");
}

TEST(EnumNames, NoOtherTextIsTaken) {
  EXPECT_FALSE(from_text<Colour>("Red"));
  EXPECT_FALSE(from_text<Colour>("red "));
}

TEST(EnumNames, AreListedForMessages) { EXPECT_EQ(names_listed<Colour>(), "red, blue"); }

}  // namespace
}  // namespace rapport::core
