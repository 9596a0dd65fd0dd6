#include <rapport/core/check.hpp>

#include <array>
#include <charconv>

namespace rapport::core {

std::string to_text(double value) {
  if (std::isnan(value)) return "nan";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

void throw_domain_error(std::string_view place, std::string_view name, double value,
                        std::string_view requirement) {
  throw std::domain_error(std::string(place)
                              .append(": ")
                              .append(name)
                              .append(" is ")
                              .append(to_text(value))
                              .append(", but must be ")
                              .append(requirement));
}

void check_same_size(std::size_t size, std::size_t expected, std::string_view place,
                     std::string_view name) {
  if (size == expected) return;
  throw std::invalid_argument(std::string(place)
                                  .append(": ")
                                  .append(name)
                                  .append(" has ")
                                  .append(std::to_string(size))
                                  .append(" elements, but must have ")
                                  .append(std::to_string(expected)));
}

}  // namespace rapport::core
