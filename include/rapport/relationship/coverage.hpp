#ifndef RAPPORT_RELATIONSHIP_COVERAGE_HPP
#define RAPPORT_RELATIONSHIP_COVERAGE_HPP

/// \file
/// Which of the wanted data are there for a customer, and which are missing.

#include <rapport/record/contact_point.hpp>
#include <rapport/record/interaction.hpp>
#include <rapport/record/knowledge_item.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/record/stored_transaction.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace rapport::relationship {

/// A contact point of that kind, which has not ceased to be good.
struct HasContact {
  record::ContactKind kind = record::ContactKind::email;
};
/// A current item of knowledge on that topic.
struct HasTopic {
  record::Name topic = {};
};
/// A sale to the customer: what was bought, or returned, is known.
struct HasPurchases {};
/// A sale whose date was told: one at the instant 0, 1970-01-01, counts as without a date.
struct HasPurchaseDates {};
/// An interaction over one of these channels, such as those of social networks.
struct HasChannel {
  std::vector<record::Name> any_of = {};
};

/// A piece of data that the business wants of each customer, under the name it goes by.
struct WantedItem {
  std::string name;
  std::variant<HasContact, HasTopic, HasPurchases, HasPurchaseDates, HasChannel> what;
};

/// What there is of one customer; kinds that the host does not keep stay empty.
struct CustomerData {
  std::span<const record::ContactPoint> contact_points = {};
  std::span<const record::KnowledgeItem> knowledge = {};
  std::span<const record::StoredTransaction> transactions = {};
  std::span<const record::Interaction> interactions = {};
};

/// How many of the wanted items are there.
struct Coverage {
  std::size_t covered = 0;
  std::size_t wanted = 0;
  std::vector<std::string> missing = {};  ///< names, in the order of the wanted items
};

/// Only records that can be seen count. O(records x wanted).
[[nodiscard]] Coverage coverage(const CustomerData& data, std::span<const WantedItem> wanted,
                                const record::Sight& sight);

/// "7 of 8; missing: job".
[[nodiscard]] std::string to_text(const Coverage& coverage);

}  // namespace rapport::relationship

#endif  // RAPPORT_RELATIONSHIP_COVERAGE_HPP
