#ifndef RAPPORT_RECORD_CLUSTERS_HPP
#define RAPPORT_RECORD_CLUSTERS_HPP

/// \file
/// Which source records are one customer. Rows stay where their source record is, so linking moves
/// nothing, and what is separated again is what it was before, bit for bit.

#include <rapport/record/stamp.hpp>
#include <rapport/record/transaction.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::record {

/// A statement that two source records are one customer.
struct Link {
  SourceId a, b;

  friend constexpr bool operator==(const Link&, const Link&) = default;
};

/// The customers that follow from links: each is a source record or several, and is numbered by
/// the order of its first one. An immutable value; make another to link or to separate.
class Clusters {
 public:
  Clusters() = default;

  /// Without links every source record is a customer of its own. O(sources + links).
  /// \throws std::invalid_argument for a link to a source record beyond `sources`.
  explicit Clusters(std::uint32_t sources, std::span<const Link> links = {});

  [[nodiscard]] std::uint32_t customers() const noexcept {
    return static_cast<std::uint32_t>(offsets_.size() - 1);
  }
  [[nodiscard]] std::uint32_t source_count() const noexcept {
    return static_cast<std::uint32_t>(members_.size());
  }
  /// \pre customer.value < customers(). Ascending, at least one.
  [[nodiscard]] std::span<const SourceId> sources(CustomerId customer) const noexcept {
    return {members_.data() + offsets_[customer.value],
            offsets_[customer.value + 1] - offsets_[customer.value]};
  }
  /// \pre source.value < source_count().
  [[nodiscard]] CustomerId customer(SourceId source) const noexcept {
    return customers_[source.value];
  }

  friend bool operator==(const Clusters&, const Clusters&) = default;

 private:
  std::vector<std::uint32_t> offsets_ = {0};
  std::vector<SourceId> members_;
  std::vector<CustomerId> customers_;  // row = source
};

/// The probability that two source records are one, from the weights of agreement and disagreement
/// of their fields: each is the base-2 logarithm of how much likelier the comparison is if they
/// are one than if they are not, the prior odds among them.
///
/// I. P. Fellegi, A. B. Sunter (1969), A Theory for Record Linkage, JASA 64, 1183-1210,
/// doi:10.1080/01621459.1969.10501049.
/// \throws std::domain_error for a weight that is NaN.
[[nodiscard]] double match_probability(std::span<const double> weights);

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_CLUSTERS_HPP
