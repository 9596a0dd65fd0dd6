#include <rapport/relationship/coverage.hpp>

#include <rapport/relationship/knowledge.hpp>

#include <algorithm>

namespace rapport::relationship {
namespace {

// Whether one wanted item is there.
struct Finder {
  const CustomerData& data;
  const record::Sight& sight;

  bool operator()(const HasContact& wanted) const {
    return std::ranges::any_of(data.contact_points, [&](const record::ContactPoint& point) {
      return point.kind == wanted.kind && sight.sees(point.stamp) &&
             !(point.until && *point.until < sight.now);
    });
  }
  bool operator()(const HasTopic& wanted) const {
    return topic_knowledge(data.knowledge, wanted.topic, sight).known();
  }
  bool operator()(const HasPurchases&) const {
    return std::ranges::any_of(data.transactions,
                               [&](const auto& transaction) { return is_purchase(transaction); });
  }
  bool operator()(const HasPurchaseDates&) const {
    return std::ranges::any_of(data.transactions, [&](const auto& transaction) {
      return is_purchase(transaction) && transaction.stamp.at != core::Instant{};
    });
  }
  bool operator()(const HasChannel& wanted) const {
    return std::ranges::any_of(data.interactions, [&](const record::Interaction& interaction) {
      return sight.sees(interaction.stamp) &&
             std::ranges::count(wanted.any_of, interaction.channel) > 0;
    });
  }

  [[nodiscard]] bool is_purchase(const record::StoredTransaction& transaction) const {
    return transaction.kind == record::TransactionKind::sale &&
           transaction.role == record::Role::customer && sight.sees(transaction.stamp);
  }
};

}  // namespace

Coverage coverage(const CustomerData& data, std::span<const WantedItem> wanted,
                  const record::Sight& sight) {
  Coverage result{.wanted = wanted.size()};
  for (const WantedItem& item : wanted) {
    if (std::visit(Finder{data, sight}, item.what)) {
      ++result.covered;
    } else {
      result.missing.push_back(item.name);
    }
  }
  return result;
}

std::string to_text(const Coverage& coverage) {
  std::string text = std::to_string(coverage.covered) + " of " + std::to_string(coverage.wanted);
  const char* before = "; missing: ";
  for (const std::string& name : coverage.missing) {
    text += before + name;
    before = ", ";
  }
  return text;
}

}  // namespace rapport::relationship
