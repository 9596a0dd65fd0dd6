#ifndef RAPPORT_RECORD_VIEW_HPP
#define RAPPORT_RECORD_VIEW_HPP

/// \file
/// A store as of a date: for each customer, the records that may be seen, in the order of time,
/// whichever source record they came from.

#include <rapport/core/time.hpp>
#include <rapport/record/clusters.hpp>
#include <rapport/record/stamp.hpp>
#include <rapport/record/store.hpp>
#include <rapport/record/table.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace rapport::record {

class CustomerView;

/// A store, the customers that its source records make up, and what may be seen of them. Refers to
/// the store and the clusters, which must outlive it.
class StoreView {
 public:
  /// With the customers that the store's own links make. Of transactions, those of `role` are
  /// seen: with Role::supplier, what the firm bought from them.
  StoreView(const Store& store, const PointInTime& point, Role role = Role::customer)
      : StoreView(store, store.clusters(), point, role) {}
  /// With customers of the caller's making.
  /// \throws std::invalid_argument if the clusters are of another number of source records.
  StoreView(const Store& store, const Clusters& clusters, const PointInTime& point,
            Role role = Role::customer);

  [[nodiscard]] const Store& store() const noexcept { return *store_; }
  [[nodiscard]] const Clusters& clusters() const noexcept { return *clusters_; }
  [[nodiscard]] const PointInTime& point() const noexcept { return point_; }
  [[nodiscard]] const Sight& sight() const noexcept { return sight_; }
  [[nodiscard]] Role role() const noexcept { return role_; }

  [[nodiscard]] std::uint32_t customers() const noexcept { return clusters_->customers(); }
  /// \pre customer.value < customers().
  [[nodiscard]] CustomerView customer(CustomerId customer) const noexcept;

 private:
  friend class CustomerView;

  const Store* store_;
  const Clusters* clusters_;
  PointInTime point_;
  Sight sight_;
  Role role_;
  std::uint64_t events_, known_;  // the sight in seconds from the epoch, at most 2^32
};

/// One customer's visible records. Cheap to copy; refers to the view it is of.
class CustomerView {
 public:
  /// The view that it is of.
  [[nodiscard]] const StoreView& whole() const noexcept { return *view_; }
  [[nodiscard]] std::span<const SourceId> sources() const noexcept { return sources_; }

  /// Calls `f(row)` for every visible record of a kind, ascending by instant, source record and
  /// key. O(rows x source records of the customer).
  template <Record Row, class F>
  void each(F f) const {
    const Table<Row>& table = view_->store_->template table<Row>();
    if (sources_.size() == 1) {
      const auto [begin, end] = table.run(sources_[0]);
      each_of_run(table, sources_[0], begin, end, f);
    } else {
      each_merged(table, f);
    }
  }

  /// Whether any record of the customer, of whichever kind, can be seen.
  [[nodiscard]] bool seen() const noexcept {
    bool seen = false;
    each_kind([&]<class Row>() { seen = seen || any<Row>(); });
    return seen;
  }

  /// The visible records of a kind in a vector, in the same order.
  template <Record Row>
  [[nodiscard]] std::vector<Row> rows() const {
    std::vector<Row> rows;
    each<Row>([&](const Row& row) { rows.push_back(row); });
    return rows;
  }

 private:
  friend class StoreView;

  CustomerView(const StoreView& view, std::span<const SourceId> sources) noexcept
      : view_(&view), sources_(sources) {}

  // Whether the row, which is not too late, was known and not taken back.
  template <class Row>
  [[nodiscard]] bool visible(const Table<Row>& table, std::uint64_t row) const noexcept {
    const auto known = table.known_seconds();
    if ((known.empty() ? table.seconds()[row] : known[row]) >= view_->known_) return false;
    const auto voided = table.voided_seconds();
    return voided.empty() || voided[row] == 0 || voided[row] > view_->known_;
  }

  template <class Row>
  [[nodiscard]] bool of_role(const Row& row) const noexcept {
    if constexpr (std::same_as<Row, StoredTransaction>) {
      return row.role == view_->role_;
    } else {
      return true;
    }
  }

  template <class Row>
  [[nodiscard]] bool any() const noexcept {
    const Table<Row>& table = view_->store_->template table<Row>();
    const auto seconds = table.seconds();
    for (const SourceId source : sources_) {
      for (auto [i, end] = table.run(source); i < end && seconds[i] < view_->events_; ++i) {
        if (visible(table, i) && of_role(table.row(source, i))) return true;
      }
    }
    return false;
  }

  // Flattened, so that columns which `f` does not look at are not read either.
  template <class Row, class F>
  [[gnu::flatten]] void each_of_run(const Table<Row>& table, SourceId source, std::uint64_t begin,
                                    std::uint64_t end, F& f) const {
    const auto seconds = table.seconds();
    for (std::uint64_t i = begin; i < end && seconds[i] < view_->events_; ++i) {
      if (!visible(table, i)) continue;
      const Row row = table.row(source, i);
      if (of_role(row)) f(row);
    }
  }

  template <class Row, class F>
  void each_merged(const Table<Row>& table, F& f) const {
    const auto seconds = table.seconds();
    std::vector<typename Table<Row>::Run> runs;
    runs.reserve(sources_.size());
    for (const SourceId source : sources_) runs.push_back(table.run(source));
    for (;;) {
      std::size_t next = runs.size();
      for (std::size_t i = 0; i < runs.size(); ++i) {
        if (runs[i].begin == runs[i].end) continue;
        if (next == runs.size() || seconds[runs[i].begin] < seconds[runs[next].begin]) next = i;
      }
      if (next == runs.size() || seconds[runs[next].begin] >= view_->events_) return;
      const std::uint64_t i = runs[next].begin++;
      if (!visible(table, i)) continue;
      const Row row = table.row(sources_[next], i);
      if (of_role(row)) f(row);
    }
  }

  const StoreView* view_;
  std::span<const SourceId> sources_;
};

inline CustomerView StoreView::customer(CustomerId customer) const noexcept {
  return {*this, clusters_->sources(customer)};
}

}  // namespace rapport::record

#endif  // RAPPORT_RECORD_VIEW_HPP
