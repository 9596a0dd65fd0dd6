#ifndef RAPPORT_IO_SCORECARD_HPP
#define RAPPORT_IO_SCORECARD_HPP

/// \file
/// Scorecards as CSV.

#include <rapport/io/csv_writer.hpp>
#include <rapport/score/scorecard.hpp>

#include <ostream>
#include <string>

namespace rapport::io {

/// Writes one row a customer, in the order of the scorecard:
///
///     customer_id, recency_days, length_days, frequency, monetary, r, f, m, segment, p_alive,
///     churn_risk, expected_purchases, expected_spend, past_value, residual_value, clv
///
/// with `_low` and `_high` after each estimate: all but past_value from p_alive on. Doubles read
/// back as they were; what does not exist is `nan`. The same scorecard gives the same bytes.
/// \throws std::system_error if the file cannot be written; it is then as it was before.
void write_csv(const std::string& path, const Scorecard& scorecard,
               const WriterOptions& options = {});

/// The same to a stream, which is flushed.
void write_csv(std::ostream& out, const Scorecard& scorecard, const WriterOptions& options = {});

}  // namespace rapport::io

#endif  // RAPPORT_IO_SCORECARD_HPP
