// Pages that quote a file say what the file says, and links of pages lead somewhere.

#include "structure/source_tree.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

namespace rapport::tests {
namespace {

std::vector<std::string> pages() {
  std::vector<std::string> pages = files_below("docs", {".md"});
  for (const auto& entry : std::filesystem::directory_iterator(source_dir)) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path().filename().string());
  }
  return pages;
}

// A quotation is a block of code that follows a line `<!-- path/of/file -->`.
TEST(Pages, QuoteFilesWordForWord) {
  int quotations = 0;
  for (const std::string& page : pages()) {
    const auto lines = lines_of(page);
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      const std::string& line = lines[i];
      if (!line.starts_with("<!-- ") || !lines[i + 1].starts_with("```")) continue;
      const std::string file = line.substr(5, line.find(" -->") - 5);
      std::string quoted;
      for (i += 2; i < lines.size() && lines[i] != "```"; ++i) quoted += lines[i] + '\n';
      EXPECT_NE(text_of(file).find(quoted), std::string::npos)
          << page << " quotes " << file << ", which says something else than\n"
          << quoted;
      ++quotations;
    }
  }
  EXPECT_GT(quotations, 0);
}

TEST(Pages, LinkToFilesThatExist) {
  static const std::regex link(R"(\]\(([^)#\s]+)[^)]*\))");
  for (const std::string& page : pages()) {
    const std::string text = text_of(page);
    for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it) {
      const std::string target = (*it)[1];
      if (target.find("://") != std::string::npos) continue;
      const auto path = (source_dir / page).parent_path() / target;
      EXPECT_TRUE(std::filesystem::exists(path)) << page << " links to " << target;
    }
  }
}

}  // namespace
}  // namespace rapport::tests
