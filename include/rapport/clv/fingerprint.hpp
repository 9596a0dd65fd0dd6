#ifndef RAPPORT_CLV_FINGERPRINT_HPP
#define RAPPORT_CLV_FINGERPRINT_HPP

/// \file
/// Which data a fit was made of: one short text for one base, whatever the order of its rows.
///
/// A fit in a file outlives its data; its fingerprint says whether the base at hand is the one it
/// was made of.

#include <rapport/clv/amounts.hpp>
#include <rapport/clv/durations.hpp>
#include <rapport/clv/histories.hpp>
#include <rapport/clv/opportunities.hpp>
#include <rapport/clv/retention.hpp>
#include <rapport/clv/spends.hpp>

#include <span>
#include <string>
#include <string_view>

namespace rapport::clv {

/// The fingerprint of a table of numbers: a UUID (RFC 9562, version 5) of its kind, its shape and
/// the bits of every number, the same on every machine. -0 counts as 0. Tables that differ in
/// anything have different ones, but for a chance of 2^-122 a pair. Some 0.2 microseconds a number.
/// \pre Columns are of one size.
[[nodiscard]] std::string fingerprint(std::string_view kind,
                                      std::span<const std::span<const double>> columns);

/// That of a base: its period, its distinct histories and how many customers have each.
[[nodiscard]] std::string fingerprint(const Patterns& patterns);
[[nodiscard]] std::string fingerprint(const OpportunityPatterns& patterns);
/// That of what was seen of contracts.
[[nodiscard]] std::string fingerprint(const Retention& retention);
[[nodiscard]] std::string fingerprint(const Durations& durations);
/// That of the informative rows of what customers spend.
[[nodiscard]] std::string fingerprint(const SpendPatterns& patterns);
[[nodiscard]] std::string fingerprint(const AmountPatterns& patterns);

}  // namespace rapport::clv

#endif  // RAPPORT_CLV_FINGERPRINT_HPP
