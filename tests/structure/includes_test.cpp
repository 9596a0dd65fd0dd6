// The one way through the house: every include of the library runs along the order of folders that
// CONTRIBUTING.md names.

#include "structure/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::tests {
namespace {

const std::vector<std::string_view> sources = {".hpp", ".cpp"};
const std::vector<std::string> doors = {"io", "live", "mpi", "testing"};

/// The folders in their order, as CONTRIBUTING.md says it.
std::vector<std::string> folders_in_order() {
  std::string text = text_of("CONTRIBUTING.md");
  constexpr std::string_view before = "Folders are ordered `";
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) throw std::runtime_error("CONTRIBUTING.md names no order");
  text = text.substr(begin + before.size());
  text.resize(text.find('`'));
  std::ranges::replace(text, ',', ' ');
  std::istringstream words(text);
  std::vector<std::string> folders;
  for (std::string word; words >> word;) folders.push_back(word);
  return folders;
}

/// `clv` of `rapport/clv/bg_nbd.hpp`; empty for `rapport/rapport.hpp`.
std::string folder_of(std::string_view name) {
  name.remove_prefix(std::string_view("rapport/").size());
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string() : std::string(name.substr(0, slash));
}

/// Why a file of `from` must not include a header of `to`; nothing if it may.
std::optional<std::string> objection(const std::string& from, const std::string& to,
                                     const std::vector<std::string>& order) {
  const auto is_door = [](const std::string& folder) { return std::ranges::count(doors, folder); };
  const auto place = [&](const std::string& folder) { return std::ranges::find(order, folder); };
  for (const std::string& folder : {from, to}) {
    if (!is_door(folder) && place(folder) == order.end()) return "unknown folder " + folder;
  }
  if (from == to) return std::nullopt;
  if (from == "mpi" && to == "io") return std::nullopt;  // it drives what is read and written, too
  if (is_door(to)) return to + " stands at the door: only programs include it";
  if (!is_door(from) && place(to) > place(from)) return to + " comes after " + from;
  return std::nullopt;
}

TEST(Includes, AnObjectionIsRaisedToEachKindOfWrongInclude) {
  const std::vector<std::string> order = {"core", "math", "clv"};
  EXPECT_FALSE(objection("clv", "core", order));
  EXPECT_FALSE(objection("clv", "clv", order));
  EXPECT_FALSE(objection("io", "clv", order));
  EXPECT_TRUE(objection("core", "math", order));
  EXPECT_FALSE(objection("mpi", "io", order));
  EXPECT_TRUE(objection("io", "mpi", order));
  EXPECT_TRUE(objection("clv", "io", order));
  EXPECT_TRUE(objection("io", "live", order));
  EXPECT_TRUE(objection("clv", "marketing", order));
}

TEST(Includes, RunAlongTheOrderOfFolders) {
  const auto order = folders_in_order();
  ASSERT_EQ(order.front(), "core");
  for (const std::string top : {"include", "src"}) {
    for (const std::string& file : files_below(top, sources)) {
      if (file == "include/rapport/rapport.hpp") continue;
      // Both include/rapport/clv/x.hpp and src/clv/x.cpp are of the folder clv.
      const auto below = file.substr(top == "src" ? 4 : std::string("include/rapport/").size());
      const std::string from = folder_of("rapport/" + below);
      for (const std::string& line : lines_of(file)) {
        const Include include = include_of(line);
        if (!include.name.starts_with("rapport/")) continue;
        EXPECT_NE(include.name, "rapport/rapport.hpp") << file << ": the library never includes it";
        const auto wrong = objection(from, folder_of(include.name), order);
        EXPECT_FALSE(wrong) << file << " includes " << include.name << ": " << *wrong;
      }
    }
  }
}

TEST(Includes, OfTheHeaderForAFirstTryAreAllPublicHeaders) {
  const std::string all = text_of("include/rapport/rapport.hpp");
  for (const std::string& header : files_below("include", {".hpp"})) {
    if (header == "include/rapport/rapport.hpp") continue;
    if (header.find("/detail/") != std::string::npos) continue;
    if (header.starts_with("include/rapport/mpi/")) continue;  // an optional component
    const std::string name = header.substr(std::string_view("include/").size());
    EXPECT_NE(all.find("#include <" + name + ">"), std::string::npos) << name << " is left out";
  }
}

TEST(Includes, InQuotesNameAPrivateHeaderOfTheSameFolder) {
  for (const std::string& file : files_below("include", sources)) {
    for (const std::string& line : lines_of(file)) {
      EXPECT_FALSE(include_of(line).quoted) << file << ": " << line << ": use <rapport/...>";
    }
  }
  for (const std::string& file : files_below("src", sources)) {
    for (const std::string& line : lines_of(file)) {
      const Include include = include_of(line);
      if (!include.quoted) continue;
      EXPECT_EQ(include.name.find('/'), std::string::npos) << file << ": " << line;
      const auto neighbour = (source_dir / file).parent_path() / include.name;
      EXPECT_TRUE(std::filesystem::exists(neighbour)) << file << ": " << line;
    }
  }
}

// They cost every user a second or more of each compilation, and Eigen's types change alignment
// with the compiler's flags.
TEST(Includes, KeepEigenAndBoostMathOutOfPublicHeadersButTheMathFolder) {
  for (const std::string& file : files_below("include", sources)) {
    if (file.starts_with("include/rapport/math/")) continue;
    for (const std::string& line : lines_of(file)) {
      const std::string name = include_of(line).name;
      EXPECT_FALSE(name.starts_with("Eigen/")) << file << ": " << line;
      EXPECT_FALSE(name.starts_with("boost/math/")) << file << ": " << line;
    }
  }
}

TEST(Includes, KeepBoostMpiToItsComponentAndOutOfItsHeaders) {
  for (const std::string top : {"include", "src"}) {
    for (const std::string& file : files_below(top, sources)) {
      if (file.starts_with("src/mpi/")) continue;
      for (const std::string& line : lines_of(file)) {
        const std::string name = include_of(line).name;
        EXPECT_FALSE(name.starts_with("boost/mpi")) << file << ": " << line;
        EXPECT_FALSE(name.starts_with("boost/serialization/")) << file << ": " << line;
      }
    }
  }
}

// Without the policy Boost.Math computes in long double: slower, and other bytes elsewhere.
TEST(Includes, OfBoostMathComeWithTheOnePolicy) {
  for (const std::string top : {"include", "src"}) {
    for (const std::string& file : files_below(top, sources)) {
      if (file == "include/rapport/math/policy.hpp") continue;
      const std::string text = text_of(file);
      if (text.find("#include <boost/math/") == std::string::npos) continue;
      EXPECT_NE(text.find("#include <rapport/math/policy.hpp>"), std::string::npos) << file;
    }
  }
}

TEST(Includes, BringNoStreamsOfTheProgramIntoTheLibrary) {
  for (const std::string top : {"include", "src"}) {
    for (const std::string& file : files_below(top, sources)) {
      for (const std::string& line : lines_of(file)) {
        EXPECT_NE(include_of(line).name, "iostream") << file << ": the library does not print";
      }
    }
  }
}

}  // namespace
}  // namespace rapport::tests
