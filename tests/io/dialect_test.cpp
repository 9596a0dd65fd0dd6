#include <rapport/io/dialect.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace rapport::io {
namespace {

TEST(Dialect, TakesTheMarksOfUsualFiles) {
  EXPECT_NO_THROW(check({}));
  EXPECT_NO_THROW(check({.delimiter = ';', .decimal_mark = ',', .group_mark = '.'}));
  EXPECT_NO_THROW(check({.delimiter = '\t', .group_mark = '\'', .digits = Digits::native}));
  // Then fields with decimals are in quotes: "1,5".
  EXPECT_NO_THROW(check({.delimiter = ',', .decimal_mark = ','}));
}

TEST(Dialect, RefusesMarksThatCannotBeToldApart) {
  for (const Dialect& dialect :
       {Dialect{.delimiter = '"'}, Dialect{.delimiter = '\n'}, Dialect{.delimiter = '.'},
        Dialect{.decimal_mark = '\0'}, Dialect{.decimal_mark = '-'}, Dialect{.group_mark = '.'},
        Dialect{.group_mark = '5'}, Dialect{.max_field_bytes = 0}, Dialect{.max_row_bytes = 0},
        Dialect{.max_columns = 0}}) {
    EXPECT_THROW(check(dialect), std::invalid_argument);
  }
}

}  // namespace
}  // namespace rapport::io
