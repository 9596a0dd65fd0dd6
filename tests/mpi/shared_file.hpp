#ifndef RAPPORT_TESTS_MPI_SHARED_FILE_HPP
#define RAPPORT_TESTS_MPI_SHARED_FILE_HPP

/// \file
/// A file that one process writes and all read.

#include <rapport/mpi/team.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace rapport::tests {

/// Lives from the constructor to the destructor, both of which all processes reach together.
class SharedFile {
 public:
  SharedFile(const mpi::Team& team, const std::string& name, const std::string& text)
      : team_(team), path_(RAPPORT_TEST_FOLDER) {
    path_.append("/").append(std::to_string(team.size())).append("_").append(name);
    team.together([&] {
      if (team.rank() == 0) std::ofstream(path_, std::ios::binary) << text;
    });
  }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile() {
    static_cast<void>(team_.sum(0));  // all have done with it
    std::error_code ignored;
    if (team_.rank() == 0) std::filesystem::remove(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const mpi::Team& team_;
  std::string path_;
};

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_MPI_SHARED_FILE_HPP
