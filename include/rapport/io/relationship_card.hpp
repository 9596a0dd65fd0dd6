#ifndef RAPPORT_IO_RELATIONSHIP_CARD_HPP
#define RAPPORT_IO_RELATIONSHIP_CARD_HPP

/// \file
/// Relationship cards as JSON.

#include <rapport/report/relationship_card.hpp>

#include <string>

namespace rapport::io {

/// The card as one JSON object on one line, without a newline. It names no path and no clock.
/// Scores and contributions are exact decimals of at most six places, so that the printed parts add
/// up to the printed sums; amounts are exact decimals in major units; what is unknown is null.
/// UTF-8; bytes of the data that are not become U+FFFD.
[[nodiscard]] std::string to_json(const report::RelationshipCard& card);

}  // namespace rapport::io

#endif  // RAPPORT_IO_RELATIONSHIP_CARD_HPP
