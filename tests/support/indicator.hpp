#ifndef RAPPORT_TESTS_SUPPORT_INDICATOR_HPP
#define RAPPORT_TESTS_SUPPORT_INDICATOR_HPP

/// \file
/// An indicator of a built-in aggregate on one line, so that definitions read as tables.

#include <rapport/relationship/definition.hpp>

#include <string>
#include <utility>

namespace rapport::tests {

[[nodiscard]] inline relationship::Indicator indicator(std::string id, std::string aggregate,
                                                       relationship::Transform transform,
                                                       relationship::Dimension dimension,
                                                       double weight) {
  return {.id = std::move(id),
          .aggregate = std::move(aggregate),
          .transform = std::move(transform),
          .dimension = dimension,
          .weight = weight};
}

}  // namespace rapport::tests

#endif  // RAPPORT_TESTS_SUPPORT_INDICATOR_HPP
