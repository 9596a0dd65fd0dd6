#include <rapport/mpi/scorecard.hpp>

#include <rapport/io/scorecard.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>

namespace rapport::mpi {
namespace {

// A file open for writing. What cannot be done is a std::system_error that names it.
class OutputFile {
 public:
  OutputFile(std::string path, int flags) : path_(std::move(path)) {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | flags, 0666);
    if (file_ < 0) fail();
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { ::close(file_); }

  void write(std::string_view bytes, std::uint64_t offset) const {
    while (!bytes.empty()) {
      const ::ssize_t size =
          ::pwrite(file_, bytes.data(), bytes.size(), static_cast<::off_t>(offset));
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) fail();
      bytes.remove_prefix(static_cast<std::size_t>(size));
      offset += static_cast<std::uint64_t>(size);
    }
    if (::fsync(file_) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw std::system_error(errno, std::system_category(), "cannot write \"" + path_ + '"');
  }

  std::string path_;
  int file_ = -1;
};

// The file that a path leads to: of a symbolic link, its target is replaced.
std::string place_of_file(const std::string& path) {
  namespace fs = std::filesystem;
  if (fs::exists(path) && !fs::is_regular_file(path)) {
    throw std::invalid_argument("cannot write \"" + path +
                                "\" from several processes: it is no ordinary file");
  }
  return fs::is_symlink(path) && fs::exists(path) ? fs::canonical(path).string() : path;
}

std::string text_of_rows(const Scorecard& scorecard, const io::WriterOptions& options,
                         bool with_header) {
  std::ostringstream out;
  io::write_csv(out, scorecard, options);
  std::string text = std::move(out).str();
  if (!with_header) text.erase(0, text.find('\n') + 1);
  return text;
}

}  // namespace

Scorecard score(const Team& team, const record::Ledger& part, const ScoreOptions& options) {
  // What is wrong with options is so without a ledger, too.
  team.together([&] { static_cast<void>(rapport::score(record::Ledger(), options)); });
  return score_part(part, options, team);
}

void write_csv(const Team& team, const std::string& path, const Scorecard& scorecard,
               const io::WriterOptions& options) {
  const bool first = team.rank() == 0;
  std::string place;
  team.together([&] { place = place_of_file(path); });
  try {
    std::string text;
    team.together([&] {
      text = text_of_rows(scorecard, options, first);
      if (first) static_cast<void>(OutputFile(place + ".tmp", O_CREAT | O_TRUNC));
    });
    const std::uint64_t offset = team.sum_before(text.size());
    team.together([&] { OutputFile(place + ".tmp", 0).write(text, offset); });
    team.together([&] {
      if (first) std::filesystem::rename(place + ".tmp", place);
    });
  } catch (const std::exception&) {  // on all of them
    std::error_code ignored;
    if (first) std::filesystem::remove(place + ".tmp", ignored);
    static_cast<void>(team.sum(0));  // nobody goes on before it is gone
    throw;
  }
}

}  // namespace rapport::mpi
