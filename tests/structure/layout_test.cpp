// The tree is the table of contents: what belongs together is found by its name.

#include "structure/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::tests {
namespace {

/// `clv/bg_nbd` of `include/rapport/clv/bg_nbd.hpp`.
std::string subject_of(const std::string& header) {
  const std::size_t begin = std::string_view("include/rapport/").size();
  return header.substr(begin, header.size() - begin - std::string_view(".hpp").size());
}

// Headers whose whole content other tests hold, each with the reason.
const std::vector<std::string> without_test = {
    "rapport",                     // includes the others: Structure.EveryHeaderCompilesAlone
    "core/wide",                   // two names of built-in types
    "math/policy",                 // a type for Boost.Math, in use in math/special
    "record/customers",            // record/ledger_test
    "record/transaction",          // record/ledger_test
    "record/transaction_columns",  // record/ledger_test
    "clv/spends",                  // clv/gamma_gamma_test
    "fold/entry",                  // fold/fold_test
    "fold/window",                 // fold/fold_test
    "io/detail/scan",              // io/csv_test
    "io/detail/tokenizer",         // io/csv_test
};

TEST(Layout, EveryPublicHeaderHasATestOfItsName) {
  for (const std::string& header : files_below("include", {".hpp"})) {
    const std::string subject = subject_of(header);
    const bool detail = subject.find("/detail/") != std::string::npos;
    if (detail || std::ranges::count(without_test, subject) > 0) continue;
    const std::string test = "tests/" + subject + "_test.cpp";
    EXPECT_TRUE(std::filesystem::exists(source_dir / test)) << header << " lacks " << test;
  }
}

TEST(Layout, EveryHeaderIsGuardedByItsOwnName) {
  for (const std::string& header : files_below("include", {".hpp"})) {
    std::string guard = "RAPPORT_" + subject_of(header) + "_HPP";
    if (subject_of(header) == "rapport") guard = "RAPPORT_RAPPORT_HPP";
    std::ranges::transform(guard, guard.begin(), [](unsigned char c) {
      return c == '/' ? '_' : static_cast<char>(std::toupper(c));
    });
    const std::string text = text_of(header);
    EXPECT_TRUE(text.starts_with("#ifndef " + guard + "\n#define " + guard + "\n")) << header;
  }
}

TEST(Layout, EveryHeaderSaysFirstWhatItIsAbout) {
  for (const std::string& header : files_below("include", {".hpp"})) {
    EXPECT_NE(text_of(header).find("\n/// \\file\n/// "), std::string::npos) << header;
  }
}

}  // namespace
}  // namespace rapport::tests
