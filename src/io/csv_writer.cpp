#include <rapport/io/csv_writer.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace rapport::io {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 16;

[[noreturn]] void throw_system(const std::string& what, int error) {
  throw std::system_error(error, std::system_category(), what);
}

// Where the bytes go.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  virtual void write(std::string_view bytes) = 0;
  virtual void finish() = 0;
};

class StreamSink : public Sink {
 public:
  explicit StreamSink(std::ostream& out) : out_(out) {}
  void write(std::string_view bytes) override {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    check();
  }
  void finish() override {
    out_.flush();
    check();
  }

 private:
  void check() {
    if (!out_) throw_system("cannot write to the stream", EIO);
  }
  std::ostream& out_;
};

class FileSink : public Sink {
 public:
  explicit FileSink(const std::string& path) : path_(path) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (fs::is_symlink(path_, error)) {
      const auto target = fs::canonical(path_, error);
      if (!error) path_ = target;
    }
    const auto status = fs::status(path_, error);
    direct_ = fs::exists(status) && !fs::is_regular_file(status);
    written_ = direct_ ? path_ : path_ + ".tmp";
    // No link is followed at the passing name: nobody else can choose what gets overwritten.
    const int flags = O_WRONLY | O_CLOEXEC | (direct_ ? 0 : O_CREAT | O_TRUNC | O_NOFOLLOW);
    file_ = ::open(written_.c_str(), flags, 0666);
    if (file_ < 0) throw_system("cannot write \"" + written_ + '"', errno);
  }
  ~FileSink() override {
    if (file_ < 0) return;
    ::close(file_);
    if (!direct_) ::unlink(written_.c_str());
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ::ssize_t size = ::write(file_, bytes.data(), bytes.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) fail();
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  void finish() override {
    if (direct_) return;
    if (::fsync(file_) != 0) fail();
    if (::rename(written_.c_str(), path_.c_str()) != 0) fail();
    ::close(file_);
    file_ = -1;
    // The name itself is on disk once the folder is. Some file systems cannot sync one: no harm.
    const auto folder = std::filesystem::path(path_).parent_path();
    const int directory =
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    ::fsync(directory);
    ::close(directory);
  }

 private:
  [[noreturn]] void fail() const { throw_system("cannot write \"" + path_ + '"', errno); }

  std::string path_, written_;
  bool direct_ = false;
  int file_ = -1;
};

// Takes one of the prefixes off the front, as often as it stands there.
bool skip(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// A line that begins, after blanks, with what begins a formula.
bool begins_formula(std::string_view line) {
  while (skip(line, " ") || skip(line, "\xC2\xA0") || skip(line, "\t")) {
  }
  if (line.empty()) return false;
  if (std::string_view("=+-@").find(line.front()) != std::string_view::npos) return true;
  // U+FF1D, U+FF0B, U+FF0D, U+FF20
  for (const std::string_view wide :
       {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"}) {
    if (line.substr(0, wide.size()) == wide) return true;
  }
  return false;
}

bool is_dangerous(std::string_view text) {
  if (text.empty()) return false;
  constexpr std::string_view line_ends = "\r\n";
  if (text.front() == '\t' || line_ends.find(text.front()) != std::string_view::npos) return true;
  for (;;) {
    if (begins_formula(text)) return true;
    const auto end = text.find_first_of(line_ends);
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

bool is_dangerous_after_apostrophes(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('\''), text.size()));
  return is_dangerous(text);
}

}  // namespace

struct CsvWriter::State {
  State(std::unique_ptr<Sink> to, const WriterOptions& how) : sink(std::move(to)), options(how) {
    buffer.reserve(buffer_bytes + 1024);
  }

  void begin_field() {
    if (!first_field) buffer += options.delimiter;
    first_field = false;
  }
  void flush() {
    sink->write(buffer);
    buffer.clear();
  }

  std::unique_ptr<Sink> sink;
  WriterOptions options;
  std::string buffer;
  bool first_field = true;
  bool blank_row = true;  // nothing but an empty field so far
};

namespace {

const WriterOptions& checked(const WriterOptions& options) {
  if (std::string_view(",;\t").find(options.delimiter) == std::string_view::npos) {
    throw std::invalid_argument("CsvWriter: the delimiter must be ',', ';' or TAB");
  }
  return options;
}

}  // namespace

CsvWriter::CsvWriter(const std::string& path, const WriterOptions& options) {
  checked(options);
  state_ = std::make_unique<State>(std::make_unique<FileSink>(path), options);
}
CsvWriter::CsvWriter(std::ostream& out, const WriterOptions& options)
    : state_(std::make_unique<State>(std::make_unique<StreamSink>(out), checked(options))) {}
CsvWriter::CsvWriter(CsvWriter&&) noexcept = default;
CsvWriter& CsvWriter::operator=(CsvWriter&&) noexcept = default;
CsvWriter::~CsvWriter() = default;

void CsvWriter::field(std::string_view plain) {
  state_->begin_field();
  state_->buffer += plain;
  state_->blank_row = state_->blank_row && plain.empty();
}

void CsvWriter::text(std::string_view text) {
  std::string made;
  if (state_->options.guard_text && is_dangerous_after_apostrophes(text)) {
    made.append("'").append(text);
    text = made;
  }
  // A leading byte order mark would be taken for the file's own.
  const bool plain = text.find_first_of("\",;\t\r\n") == std::string_view::npos &&
                     text.substr(0, 1) != " " && (text.empty() || text.back() != ' ') &&
                     text.substr(0, 3) != "\xEF\xBB\xBF";
  if (plain) {
    field(text);
    return;
  }
  state_->begin_field();
  state_->blank_row = false;
  state_->buffer += '"';
  for (const char c : text) {
    if (c == '"') state_->buffer += '"';
    state_->buffer += c;
  }
  state_->buffer += '"';
}

void CsvWriter::number(double value) {
  if (std::isnan(value)) {
    field("nan");
    return;
  }
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  field({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void CsvWriter::number(std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  field({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void CsvWriter::amount(std::int64_t minor, const core::Currency& currency) {
  field(core::decimal_text(minor, currency.decimals()));
}

void CsvWriter::empty() { field({}); }

void CsvWriter::end_row() {
  State& state = *state_;
  // A row of one empty field would be a blank line, which readers skip.
  if (state.blank_row && !state.first_field &&
      (state.buffer.empty() || state.buffer.back() == '\n')) {
    state.buffer += "\"\"";
  }
  state.buffer += '\n';
  state.first_field = true;
  state.blank_row = true;
  if (state.buffer.size() >= buffer_bytes) state.flush();
}

void CsvWriter::finish() {
  state_->flush();
  state_->sink->finish();
}

std::string guarded(std::string_view text) {
  std::string cell(is_dangerous_after_apostrophes(text) ? "'" : "");
  return cell.append(text);
}

std::string unguarded(std::string_view cell) {
  if (!cell.empty() && cell.front() == '\'' && is_dangerous_after_apostrophes(cell)) {
    cell.remove_prefix(1);
  }
  return std::string(cell);
}

}  // namespace rapport::io
