#ifndef RAPPORT_IO_RELATIONSHIP_CARD_HPP
#define RAPPORT_IO_RELATIONSHIP_CARD_HPP

/// \file
/// Relationship cards as JSON.

#include <rapport/core/parallel.hpp>
#include <rapport/core/progress.hpp>
#include <rapport/report/relationship_card.hpp>

#include <ostream>
#include <string>

namespace rapport::io {

/// The card as one JSON object on one line, without a newline. It names no path and no clock.
/// Scores and contributions are exact decimals of at most six places, so that the printed parts add
/// up to the printed sums; amounts are exact decimals in major units; what is unknown is null.
/// UTF-8; bytes of the data that are not become U+FFFD.
[[nodiscard]] std::string to_json(const report::RelationshipCard& card);

/// The cards of all customers as JSON lines, in the order of their keys; the stream is flushed. The
/// same bytes for any number of threads; memory of some thousand cards.
/// \throws std::system_error if the stream does not take them; core::Cancelled.
void write_cards(std::ostream& out, const report::CardMaker& card_of,
                 const core::Threads& threads = {}, const core::Watch& watch = {});

}  // namespace rapport::io

#endif  // RAPPORT_IO_RELATIONSHIP_CARD_HPP
