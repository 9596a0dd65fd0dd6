#ifndef RAPPORT_REPORT_SUMMARY_HPP
#define RAPPORT_REPORT_SUMMARY_HPP

/// \file
/// A scorecard on one page of text, for people at a terminal.

#include <rapport/record/ledger.hpp>
#include <rapport/score/scorecard.hpp>

#include <cstddef>
#include <string>

namespace rapport::report {

/// What a summary shows.
struct SummaryOptions {
  std::size_t top = 10;  ///< how many of the customers with the highest residual value
};

/// What was read and refused, what the models found and how sure they are, the segments, what the
/// base is worth and what of it is at risk, and the customers with the highest residual value.
/// Lines of at most 100 characters, unless a name is longer; UTF-8; ends with a line end.
[[nodiscard]] std::string summary(const record::Ledger& ledger, const Scorecard& scorecard,
                                  const SummaryOptions& options = {});

/// The same without the rows that were read: for columns that a host lends.
[[nodiscard]] std::string summary(const Scorecard& scorecard, const SummaryOptions& options = {});

}  // namespace rapport::report

#endif  // RAPPORT_REPORT_SUMMARY_HPP
