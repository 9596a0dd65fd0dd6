#include <rapport/core/checked.hpp>

#include <stdexcept>
#include <string>

namespace rapport::core {

void throw_overflow(std::string_view place) {
  throw std::overflow_error(std::string(place).append(": the sum leaves 64 bits"));
}

}  // namespace rapport::core
