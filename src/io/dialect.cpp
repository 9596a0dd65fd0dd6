#include <rapport/io/dialect.hpp>

#include <stdexcept>
#include <string>
#include <string_view>

namespace rapport::io {
namespace {

void check_one_of(char mark, std::string_view allowed, const char* name, const char* requirement) {
  if (allowed.find(mark) != std::string_view::npos) return;
  throw std::invalid_argument(std::string("Dialect: ") + name + " is '" + mark + "', but must be " +
                              requirement);
}

void check_positive(std::size_t limit, const char* name) {
  if (limit == 0) throw std::invalid_argument(std::string("Dialect: ") + name + " must not be 0");
}

}  // namespace

void check(const Dialect& dialect) {
  using namespace std::string_view_literals;
  check_one_of(dialect.delimiter, "\0,;\t"sv, "delimiter", "automatic, ',', ';' or TAB");
  check_one_of(dialect.decimal_mark, ".,"sv, "decimal_mark", "'.' or ','");
  check_one_of(dialect.group_mark, "\0,. '"sv, "group_mark",
               "none, ',', '.', a space or an apostrophe");
  if (dialect.group_mark == dialect.decimal_mark) {
    throw std::invalid_argument("Dialect: group_mark and decimal_mark must differ");
  }
  check_positive(dialect.max_field_bytes, "max_field_bytes");
  check_positive(dialect.max_row_bytes, "max_row_bytes");
  check_positive(dialect.max_columns, "max_columns");
}

}  // namespace rapport::io
