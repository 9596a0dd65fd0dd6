#ifndef RAPPORT_REPORT_RELATIONSHIP_CARD_HPP
#define RAPPORT_REPORT_RELATIONSHIP_CARD_HPP

/// \file
/// One customer on one page: how near they are and why, what changed, what is owed to them and by
/// them, what went wrong, what each side gained, and what is worth asking.
///
///     const report::CardMaker card_of(view, index, {.changes = &changes});
///     std::cout << to_text(card_of(customer));

#include <rapport/core/estimate.hpp>
#include <rapport/core/money.hpp>
#include <rapport/core/time.hpp>
#include <rapport/economics/profit.hpp>
#include <rapport/record/timeline.hpp>
#include <rapport/record/view.hpp>
#include <rapport/relationship/change.hpp>
#include <rapport/relationship/consent.hpp>
#include <rapport/relationship/habits.hpp>
#include <rapport/relationship/index.hpp>
#include <rapport/relationship/promises.hpp>
#include <rapport/relationship/tiers.hpp>
#include <rapport/relationship/two_way.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rapport::report {

/// A page about one customer, in plain values: texts, days in the store's zone, numbers.
struct RelationshipCard {
  std::string customer;              ///< key of the first source record
  std::vector<std::string> sources;  ///< keys of all of them
  core::AsOf as_of;
  std::string definition;   ///< name and version: "supermarket 1"
  std::string fingerprint;  ///< of the definition
  core::Currency currency;

  // How near, and why.
  relationship::Micro score = relationship::unknown_score;
  relationship::IndexTable::Bounds bounds = {};  ///< where the score lies once all is known
  relationship::Micro coverage = 0;
  std::string distance = "unknown";     ///< the tier's name
  std::optional<core::Day> since = {};  ///< in that tier since; nothing where no history was given
  struct Reason {
    std::string indicator;
    relationship::Dimension dimension = {};
    double value = 0;  ///< in its own unit; NaN if unknown
    double weight = 0;
    relationship::Micro contribution = 0;  ///< all of them add up to the score
  };
  std::vector<Reason> reasons;
  std::uint32_t dimensions = 0;  ///< that the definition covers, of nine

  // What changed.
  struct Changed {
    core::Day since;
    relationship::Change change;  ///< its parts add up to the change exactly
  };
  std::optional<Changed> changed;

  // What was promised.
  struct OpenPromise {
    record::Side by = {};
    std::string kind;
    record::Department department = {};
    core::Day due;
    bool broken = false;  ///< due and not kept; else still to be kept
  };
  std::vector<OpenPromise> open_promises;  ///< earliest due first
  core::Estimate firm_reliability, customer_reliability;

  // What went wrong.
  struct OpenComplaint {
    std::string category;
    core::Day failed;
    core::Day reported;
    std::int64_t silent_days = 0;
    std::string answer;  ///< what was done, by the three kinds of justice
  };
  std::vector<OpenComplaint> open_complaints;  ///< earliest report first

  // Whether and how to speak to them.
  struct Channel {
    std::string channel;
    relationship::Permission permission = {};
  };
  std::vector<Channel> channels;          ///< on which contacts took place or words were given
  std::optional<core::Day> last_contact;  ///< by the firm
  /// The first day on which the firm may contact the customer again; nothing if no channel is
  /// allowed.
  std::optional<core::Day> next_contact;
  relationship::Habit<std::string> usual_channel;
  relationship::Habit<relationship::HourBand> usual_hours;

  // What is known of them.
  struct Topic {
    std::string topic;
    std::string value;
    std::int64_t age_days = 0;
    double worth = 0;  ///< freshness times confidence
  };
  std::vector<Topic> to_refresh;  ///< known, but worth less than asked for; the worst first
  struct ToAsk {
    std::string indicator;
    double gain = 0;  ///< how much narrower the bounds would be
  };
  std::optional<ToAsk> next_question;

  // What each side gained within the window, side by side.
  relationship::TwoWay gains;
  relationship::Balance balance = relationship::Balance::unknown;

  // The whole in numbers: both add up to `events`.
  std::uint64_t events = 0;
  std::array<std::uint64_t, record::kind_count> by_kind = {};
  std::array<std::uint64_t, 4> by_department = {};
};

/// What a card is made with. Spans and pointers are lent: they must outlive the maker.
struct CardOptions {
  relationship::TierPolicy tiers = relationship::usual_tiers();
  /// Where customers stand after a history of scores, row = customer; empty: by this score alone.
  std::span<const relationship::TierState> tier_states = {};
  const relationship::ChangeExplainer* changes = nullptr;  ///< from an earlier result to this index
  std::optional<core::Day> changes_since = {};             ///< the as-of day of that earlier result
  std::string contact_purpose = {};  ///< for which consent is asked; empty: for any
  bool silence_is_consent = false;   ///< a channel on which no word was given may be used
  int contact_pause_days = 7;        ///< between two contacts by the firm, >= 0
  double refresh_below = 0.5;        ///< worth at which knowledge is to be renewed, in [0, 1]
  economics::TimeCost time_cost = {};
  int gains_window_days = 365;        ///< for what each side gained, >= 1
  std::string delivery = "delivery";  ///< the kind of promise that is a delivery
};

/// Makes the cards of one index. Cheap: O(records of the customer), well under a millisecond.
class CardMaker {
 public:
  /// `view` and `index` are lent. \throws std::invalid_argument if the index or the tier states are
  /// not of the view's customers; std::domain_error for options outside their domain.
  CardMaker(const record::StoreView& view, const relationship::IndexTable& index,
            const CardOptions& options = {});

  /// How many customers there are. In the order of their numbers they are in that of their keys.
  [[nodiscard]] std::uint32_t customers() const noexcept { return view_->customers(); }

  /// \pre customer.value < customers(). Safe to call from several threads.
  [[nodiscard]] RelationshipCard operator()(record::CustomerId customer) const;

 private:
  const record::StoreView* view_;
  const relationship::IndexTable* index_;
  CardOptions options_;
  std::optional<record::Name> purpose_;
  relationship::TwoWayGains gains_;
  std::uint32_t dimensions_;
};

/// The page for a terminal, lines of at most about 100 characters. Texts from the data stand
/// between marks of isolation (U+2068, U+2069), so that right-to-left names leave the figures
/// beside them in their place; what could steer a terminal is taken out of them.
[[nodiscard]] std::string to_text(const RelationshipCard& card);

}  // namespace rapport::report

#endif  // RAPPORT_REPORT_RELATIONSHIP_CARD_HPP
