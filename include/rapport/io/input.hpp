#ifndef RAPPORT_IO_INPUT_HPP
#define RAPPORT_IO_INPUT_HPP

/// \file
/// Bytes to read from: a file, a stream, or the host's own memory.

#include <istream>
#include <memory>
#include <string>
#include <string_view>

namespace rapport::io {

/// A whole input as one run of bytes. Cheap to copy; copies share the bytes.
class Input {
 public:
  /// A file. Ordinary ones are mapped into memory, so that reading them costs no copy: they must
  /// not be cut short by someone else meanwhile. Pipes and devices ("/dev/stdin") are read to
  /// their end.
  /// \throws std::system_error that names the path and what the system said.
  [[nodiscard]] static Input file(const std::string& path);

  /// What is left of a stream, read to its end.
  /// \throws std::runtime_error if the stream fails.
  [[nodiscard]] static Input stream(std::istream& in, std::string name = "the stream");

  /// Text that outlives the input: nothing is copied.
  [[nodiscard]] static Input text(std::string_view text, std::string name = "the text");

  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  /// For messages: the path, or what the host calls it.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  Input(std::string name, std::string_view bytes, std::shared_ptr<const void> owner)
      : name_(std::move(name)), bytes_(bytes), owner_(std::move(owner)) {}

  std::string name_;
  std::string_view bytes_;
  std::shared_ptr<const void> owner_;
};

}  // namespace rapport::io

#endif  // RAPPORT_IO_INPUT_HPP
