#ifndef RAPPORT_TESTS_STRUCTURE_SOURCE_TREE_HPP
#define RAPPORT_TESTS_STRUCTURE_SOURCE_TREE_HPP

/// \file
/// The files of the repository, as the tests of its structure read them.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::tests {

inline const std::filesystem::path source_dir = RAPPORT_SOURCE_DIR;

/// The whole text of a file, named from the top of the repository.
inline std::string text_of(const std::string& file) {
  std::ifstream in(source_dir / file);
  if (!in) throw std::runtime_error("no such file: " + file);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(source_dir / file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The files below `folder` that end in one of `endings`, named from the top of the repository, in
/// ascending order.
inline std::vector<std::string> files_below(const std::string& folder,
                                            const std::vector<std::string_view>& endings) {
  std::vector<std::string> files;
  if (!std::filesystem::exists(source_dir / folder)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_dir / folder)) {
    const std::string ending = entry.path().extension().string();
    if (entry.is_regular_file() && std::ranges::count(endings, ending) > 0) {
      files.push_back(entry.path().lexically_relative(source_dir).generic_string());
    }
  }
  std::ranges::sort(files);
  return files;
}

/// What one line includes; `name` is empty if the line includes nothing.
struct Include {
  std::string name;
  bool quoted = false;
};

inline Include include_of(std::string_view line) {
  constexpr std::string_view word = "#include ";
  if (!line.starts_with(word) || line.size() < word.size() + 2) return {};
  const bool quoted = line[word.size()] == '"';
  line.remove_prefix(word.size() + 1);
  return {std::string(line.substr(0, line.find_first_of("\">"))), quoted};
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_STRUCTURE_SOURCE_TREE_HPP
