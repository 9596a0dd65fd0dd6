#include <rapport/record/ledger.hpp>

#include "cluster.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace rapport::record {
namespace {

constexpr std::size_t rows_per_block = 1 << 16;

// The day of a row as folds cut days: one that has begun is not left again where clocks are put
// back over its midnight.
core::Day day_of(const LedgerRules& rules, std::uint32_t time) {
  const core::Instant at = rules.epoch + std::chrono::seconds{time};
  const core::Day day = rules.zone.day_of(at);
  const core::Day next = day + std::chrono::days{1};
  return rules.zone.begin_of(next) <= at ? next : day;
}

}  // namespace

/// Joins parts, makes one numbering of their names, clusters the rows and gathers the columns.
class LedgerBuilder {
 public:
  LedgerBuilder(std::vector<TransactionColumns> parts, const core::Threads& threads,
                core::Refusals refusals, const core::Watch& watch)
      : parts_(std::move(parts)), threads_(threads), watch_(watch) {
    ledger_.refusals_ = std::move(refusals);
    check_rules(parts_);
    for (const TransactionColumns& part : parts_) rows_ += part.size();
    if (!parts_.empty()) ledger_.rules_ = parts_.front().rules();
  }

  [[nodiscard]] Ledger build() {
    watch_.report({"checking amounts", 0, rows_});
    for (const TransactionColumns& part : parts_) sizes_.include(part.amounts_, threads_);

    watch_.report({"ordering keys", 0, rows_});
    key_ranks_ = number_text_keys(parts_, text_names_);
    text_keys_ = !key_ranks_.empty();
    join_details();

    watch_.report({"clustering rows", 0, rows_});
    cluster();
    watch_.report({"clustering rows", rows_, rows_});
    return std::move(ledger_);
  }

 private:
  using Numbering = std::vector<std::uint32_t>;

  // The optional columns of all parts as one, in the order of arrival.
  void join_details() {
    detailed_ = std::any_of(parts_.begin(), parts_.end(), [](const auto& part) {
      return !part.kinds_.empty() || !part.channels_.empty() || !part.categories_.empty();
    });
    if (!detailed_) return;
    if (rows_ > std::numeric_limits<std::uint32_t>::max()) {
      throw std::length_error("build_ledger: more than 2^32 - 1 rows with kinds or names");
    }
    std::vector<Names*> channels, categories;
    for (TransactionColumns& part : parts_) {
      channels.push_back(&part.channel_names_);
      categories.push_back(&part.category_names_);
    }
    const auto channel_ranks = join_names(channels, ledger_.channel_names_);
    const auto category_ranks = join_names(categories, ledger_.category_names_);
    details_.reserve(rows_);
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      TransactionColumns& part = parts_[p];
      const auto number = [](const auto& column, const Numbering& ranks, std::size_t row) {
        return row < column.size() && column[row] != 0 ? ranks[column[row] - 1] + 1 : 0;
      };
      for (std::size_t row = 0; row < part.size(); ++row) {
        const auto implied =
            part.amounts_[row] < 0 ? TransactionKind::refund : TransactionKind::sale;
        details_.push_back({part.kinds_.empty() ? implied : part.kinds_[row],
                            number(part.channels_, channel_ranks[p], row),
                            number(part.categories_, category_ranks[p], row)});
      }
      part.kinds_ = {};
      part.channels_ = {};
      part.categories_ = {};
    }
  }

  void cluster() {
    constexpr std::uint64_t most_of_small = std::numeric_limits<std::int32_t>::max();
    std::vector<detail::ArrivedRows> arrived;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      arrived.push_back({parts_[p].times_, parts_[p].amounts_, parts_[p].keys_.integers_,
                         parts_[p].keys_.numbers_,
                         text_keys_ ? std::span<const std::uint32_t>(key_ranks_[p])
                                    : std::span<const std::uint32_t>(),
                         sizes_.largest() <= most_of_small});
    }
    if (parts_.empty()) return;
    TransactionColumns& first = parts_.front();
    detail::Clustered clustered = detail::cluster(
        arrived, details_, {first.keys_.integers_, first.times_, first.amounts_}, threads_);
    parts_.clear();
    ledger_.offsets_ = std::move(clustered.offsets);
    ledger_.times_ = std::move(clustered.times);
    ledger_.amounts_ = std::move(clustered.amounts);
    gather_details(clustered.arrival);
    ledger_.customers_ = std::make_shared<const Customers>(
        text_keys_ ? Customers(std::move(text_names_)) : Customers(std::move(clustered.keys)));
  }

  void gather_details(std::span<const std::uint32_t> arrival) {
    if (!detailed_) return;
    const bool kinds = std::any_of(arrival.begin(), arrival.end(),
                                   [&](std::uint32_t row) {
                                     return details_[row].kind == TransactionKind::goods_return;
                                   }) ||
                       has_refund_of_nothing(arrival);
    if (kinds) ledger_.kinds_.reserve(arrival.size());
    if (ledger_.channel_names_.size() > 0) ledger_.channels_.reserve(arrival.size());
    if (ledger_.category_names_.size() > 0) ledger_.categories_.reserve(arrival.size());
    for (const std::uint32_t row : arrival) {
      if (kinds) ledger_.kinds_.push_back(details_[row].kind);
      if (ledger_.channel_names_.size() > 0) ledger_.channels_.push_back(details_[row].channel);
      if (ledger_.category_names_.size() > 0) {
        ledger_.categories_.push_back(details_[row].category);
      }
    }
    details_ = {};
  }

  // A refund of amount zero is the one refund whose sign does not give it away.
  [[nodiscard]] bool has_refund_of_nothing(std::span<const std::uint32_t> arrival) const {
    for (std::size_t i = 0; i < arrival.size(); ++i) {
      if (ledger_.amounts_[i] == 0 && details_[arrival[i]].kind == TransactionKind::refund) {
        return true;
      }
    }
    return false;
  }

  std::vector<TransactionColumns> parts_;
  const core::Threads& threads_;
  const core::Watch& watch_;
  std::uint64_t rows_ = 0;
  AmountSizes sizes_;
  bool text_keys_ = false, detailed_ = false;
  Names text_names_;
  std::vector<Numbering> key_ranks_;
  std::vector<detail::Details> details_;
  Ledger ledger_;
};

Ledger build_ledger(std::vector<TransactionColumns> parts, const core::Threads& threads,
                    core::Refusals refusals, const core::Watch& watch) {
  return LedgerBuilder(std::move(parts), threads, std::move(refusals), watch).build();
}

LedgerView Ledger::view() const noexcept {
  return {offsets_, times_, amounts_, kinds_, channels_, categories_, rules_};
}

std::optional<core::Day> Ledger::first_day() const {
  if (times_.empty()) return std::nullopt;
  std::uint32_t first = std::numeric_limits<std::uint32_t>::max();
  for (std::size_t c = 0; c + 1 < offsets_.size(); ++c)
    first = std::min(first, times_[offsets_[c]]);
  return day_of(rules_, first);
}

std::optional<core::Day> Ledger::last_day() const {
  if (times_.empty()) return std::nullopt;
  std::uint32_t last = 0;
  for (std::size_t c = 1; c < offsets_.size(); ++c) last = std::max(last, times_[offsets_[c] - 1]);
  return day_of(rules_, last);
}

void check(const LedgerView& view, const core::Threads& threads) {
  const auto fail = [](const std::string& what) {
    throw std::invalid_argument("LedgerView: " + what);
  };
  if (view.offsets.empty() && view.times.empty()) return;
  const auto same_size = [&](std::size_t size, const char* name) {
    if (size != view.times.size()) {
      fail(std::string(name) + " has " + std::to_string(size) + " rows, but times has " +
           std::to_string(view.times.size()));
    }
  };
  same_size(view.amounts.size(), "amounts");
  if (!view.kinds.empty()) same_size(view.kinds.size(), "kinds");
  if (!view.channels.empty()) same_size(view.channels.size(), "channels");
  if (!view.categories.empty()) same_size(view.categories.size(), "categories");
  if (view.offsets.empty() || view.offsets.front() != 0 || view.offsets.back() != view.rows()) {
    fail("offsets must begin with 0 and end with the number of rows");
  }
  core::for_blocks(threads, view.customers(), rows_per_block, [&](auto begin, auto end) {
    for (auto c = begin; c < end; ++c) {
      if (view.offsets[c] > view.offsets[c + 1] || view.offsets[c + 1] > view.rows()) {
        fail("offsets of customer " + std::to_string(c) + " are not ascending");
      }
      for (auto row = view.offsets[c]; row < view.offsets[c + 1]; ++row) {
        if (row > view.offsets[c] && view.times[row] < view.times[row - 1]) {
          fail("row " + std::to_string(row) + " is earlier than the row before it");
        }
        const bool sale = view.kind(row) == TransactionKind::sale;
        if (sale ? view.amounts[row] < 0 : view.amounts[row] > 0) {
          fail("row " + std::to_string(row) + ": a " + std::string(core::to_text(view.kind(row))) +
               " of amount " + std::to_string(view.amounts[row]));
        }
      }
    }
  });
  AmountSizes().include(view.amounts, threads);
}

}  // namespace rapport::record
