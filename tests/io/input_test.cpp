#include <rapport/io/input.hpp>

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>

namespace rapport::io {
namespace {

std::string scratch(const char* name) { return testing::TempDir() + "/rapport_input_" + name; }

TEST(Input, GivesTheBytesOfAFileAsTheyAre) {
  const std::string path = scratch("file");
  for (const std::string& bytes :
       {std::string(), std::string("a\0b\r\n\xFF", 6), std::string(3'000'000, 'x')}) {
    std::ofstream(path, std::ios::binary) << bytes;
    const Input input = Input::file(path);
    EXPECT_TRUE(input.bytes() == bytes);
    EXPECT_EQ(input.name(), path);
  }
  std::filesystem::remove(path);
}

TEST(Input, OutlivesTheNameOfItsFile) {
  const std::string path = scratch("unlinked");
  std::ofstream(path) << "still here";
  Input copy = Input::text("");
  {
    const Input input = Input::file(path);
    copy = input;
  }
  std::filesystem::remove(path);
  EXPECT_EQ(copy.bytes(), "still here");
}

TEST(Input, ReadsPipesToTheirEnd) {
  const std::string path = scratch("pipe");
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string bytes(300'000, 'p');  // more than a pipe holds at once
  std::thread writer([&] { std::ofstream(path) << bytes; });
  EXPECT_TRUE(Input::file(path).bytes() == bytes);
  writer.join();
  std::filesystem::remove(path);
}

TEST(Input, ReadsStreamsFromWhereTheyAre) {
  std::istringstream in("first rest");
  std::string first;
  in >> first;
  EXPECT_EQ(Input::stream(in).bytes(), " rest");
}

TEST(Input, NamesTheFileThatItCannotRead) {
  const auto error_of = [](const std::string& path) {
    try {
      static_cast<void>(Input::file(path));
    } catch (const std::system_error& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
      return error.code();
    }
    return std::error_code();
  };
  EXPECT_EQ(error_of("/no/such/file.csv"), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error_of("/"), std::errc::is_a_directory);
  std::istringstream broken;
  broken.setstate(std::ios::badbit);
  EXPECT_THROW(static_cast<void>(Input::stream(broken, "the pipe")), std::runtime_error);
}

}  // namespace
}  // namespace rapport::io
