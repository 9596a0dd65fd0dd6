#include <rapport/fold/day_cut.hpp>

#include <limits>

namespace rapport::fold {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;
constexpr std::uint64_t end_of_times = std::uint64_t{1} << 32;

}  // namespace

DayCut::DayCut(const core::Zone& zone, core::Instant epoch) {
  const auto add = [&](std::int64_t last, std::chrono::seconds offset) {
    const core::Instant local = epoch + offset;
    const auto midnight = std::chrono::floor<std::chrono::days>(local);
    DayNumber least = std::numeric_limits<DayNumber>::min();
    if (!pieces_.empty()) least = pieces_.back().day(pieces_.back().last);
    pieces_.push_back({static_cast<std::uint32_t>(last),
                       static_cast<std::uint32_t>((local - midnight).count()), day_number(midnight),
                       least});
  };
  std::chrono::seconds offset = zone.offset_at(epoch);
  for (const core::Zone::Change& change : zone.changes()) {
    const std::int64_t since = (change.since - epoch).count();
    if (since <= 0) continue;
    if (since >= static_cast<std::int64_t>(end_of_times)) break;
    if (change.offset == offset) continue;
    add(since - 1, offset);
    offset = change.offset;
  }
  add(end_of_times - 1, offset);

  // A slot leads to the piece that holds at its first time.
  at_slot_.resize(end_of_times >> slot_bits);
  for (std::size_t i = 1; i < pieces_.size(); ++i) {
    const auto slot_from = [this](std::size_t piece) {
      const std::uint64_t slot_end = std::uint64_t{pieces_[piece - 1].last} >> slot_bits;
      return at_slot_.begin() + static_cast<std::ptrdiff_t>(slot_end + 1);
    };
    const auto end = i + 1 < pieces_.size() ? slot_from(i + 1) : at_slot_.end();
    std::fill(slot_from(i), end, static_cast<std::uint32_t>(i));
  }
}

std::uint64_t DayCut::begin_of(DayNumber wanted) const noexcept {
  std::int64_t first = 0;
  for (const Piece& piece : pieces_) {
    if (piece.day(piece.last) >= wanted) {
      const std::int64_t midnight =
          (std::int64_t{wanted} - piece.base_day) * seconds_a_day - piece.shift;
      return static_cast<std::uint64_t>(std::max(first, midnight));
    }
    first = std::int64_t{piece.last} + 1;
  }
  return end_of_times;
}

}  // namespace rapport::fold
