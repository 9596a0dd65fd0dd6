#include <rapport/io/input.hpp>

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace rapport::io {
namespace {

[[noreturn]] void throw_unreadable(const std::string& path, std::error_code error) {
  throw std::system_error(error, "cannot read \"" + path + '"');
}

// All that is left of a stream; nothing if it fails.
std::shared_ptr<const std::string> read_all(std::istream& in) {
  auto text = std::make_shared<std::string>();
  constexpr std::size_t step = std::size_t{1} << 20;
  while (in) {
    const std::size_t size = text->size();
    text->resize(size + step);
    in.read(text->data() + size, static_cast<std::streamsize>(step));
    text->resize(size + static_cast<std::size_t>(in.gcount()));
  }
  return in.eof() && !in.bad() ? text : nullptr;
}

}  // namespace

Input Input::file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw_unreadable(path,
                     error ? error : std::make_error_code(std::errc::no_such_file_or_directory));
  }
  if (std::filesystem::is_directory(status)) {
    throw_unreadable(path, std::make_error_code(std::errc::is_a_directory));
  }
  // Files of the kernel say size 0 and have contents all the same: those are read, too.
  if (std::filesystem::is_regular_file(status) && std::filesystem::file_size(path, error) > 0 &&
      !error) {
    namespace ipc = boost::interprocess;
    try {
      const ipc::file_mapping mapping(path.c_str(), ipc::read_only);
      auto region = std::make_shared<ipc::mapped_region>(mapping, ipc::read_only);
      const std::string_view bytes(static_cast<const char*>(region->get_address()),
                                   region->get_size());
      return {path, bytes, std::move(region)};
    } catch (const ipc::interprocess_exception& failure) {
      throw_unreadable(path, {failure.get_native_error(), std::system_category()});
    }
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  const auto text = in ? read_all(in) : nullptr;
  if (!text) throw_unreadable(path, {errno != 0 ? errno : EIO, std::system_category()});
  return {path, *text, text};
}

Input Input::stream(std::istream& in, std::string name) {
  const auto text = read_all(in);
  if (!text) throw std::runtime_error("cannot read " + name + " to its end");
  return {std::move(name), *text, text};
}

Input Input::text(std::string_view text, std::string name) {
  return {std::move(name), text, nullptr};
}

}  // namespace rapport::io
