#include <rapport/mpi/transactions.hpp>

#include <rapport/io/csv.hpp>
#include <rapport/io/detail/tokenizer.hpp>
#include <rapport/io/input.hpp>

#include <boost/mpi/collectives/all_gather.hpp>
#include <boost/serialization/array.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace boost::serialization {

template <class Archive>
void serialize(Archive& archive, rapport::core::Refusal& refusal, unsigned /*version*/) {
  archive& refusal.reason& refusal.row& refusal.line& refusal.column& refusal.field& refusal.text;
}

}  // namespace boost::serialization

namespace rapport::mpi {
namespace {

namespace bmpi = boost::mpi;

constexpr std::size_t blocks_a_piece = 16;

// A CSV cut into runs of whole rows.
class RowCutter {
 public:
  RowCutter(std::string_view text, const io::Dialect& dialect)
      : text_(text), rows_(text, dialect, 1) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) rows_.seek(byte_order_mark.size());
    io::detail::Row header;
    static_cast<void>(rows_.next(header));
    begin_ = rows_.position();
  }

  /// Where the line after the header begins.
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::string_view header() const { return text_.substr(0, begin_); }
  [[nodiscard]] std::string_view text(std::size_t begin, std::size_t end) const {
    return text_.substr(begin, end - begin);
  }

  /// Where a share of the rows would begin if all of it were the same everywhere.
  [[nodiscard]] std::size_t share(int rank, int size) const {
    const std::size_t bytes = text_.size() - begin_;
    return begin_ + bytes / static_cast<std::size_t>(size) * static_cast<std::size_t>(rank) +
           bytes % static_cast<std::size_t>(size) * static_cast<std::size_t>(rank) /
               static_cast<std::size_t>(size);
  }

  /// The first line that begins at `at` or after it, inside quotes or not.
  [[nodiscard]] std::size_t line_at(std::size_t at) const {
    while (at > begin_ && at < text_.size() && !begins_line(at)) ++at;
    return at;
  }

  /// The first row that begins at `at` or after it, if one begins at `from`.
  [[nodiscard]] std::size_t row_at(std::size_t from, std::size_t at) {
    if (from >= at) return from;
    const std::size_t line = line_at(at);
    if (text(from, line).find('"') == std::string_view::npos) return line;
    rows_.seek(from);
    io::detail::Row row;
    while (rows_.position() < at && rows_.next(row)) {
    }
    return rows_.position();
  }

  /// Line ends in [begin, end).
  [[nodiscard]] std::uint64_t lines(std::size_t begin, std::size_t end) const {
    std::uint64_t count = 0;
    for (std::size_t at = begin; at < end; ++at) count += begins_line(at + 1) ? 1U : 0U;
    return count;
  }

 private:
  [[nodiscard]] bool begins_line(std::size_t at) const {
    return text_[at - 1] == '\n' ||
           (text_[at - 1] == '\r' && (at == text_.size() || text_[at] != '\n'));
  }

  std::string_view text_;
  io::detail::Tokenizer rows_;
  std::size_t begin_ = 0;
};

struct Bytes {
  std::size_t begin, end;
};

// The rows of this process. One that began inside quotes begins again where the one before it
// ended, until all agree.
Bytes my_rows(const Team& team, RowCutter& cutter) {
  const int rank = team.rank();
  const std::size_t until = cutter.share(rank + 1, team.size());
  std::size_t begin = cutter.line_at(cutter.share(rank, team.size()));
  for (;;) {
    const std::size_t end = cutter.row_at(begin, until);
    std::vector<std::uint64_t> begins, ends;
    bmpi::all_gather(team.processes(), std::uint64_t{begin}, begins);
    bmpi::all_gather(team.processes(), std::uint64_t{end}, ends);
    if (std::equal(begins.begin() + 1, begins.end(), ends.begin())) return {begin, end};
    if (rank > 0) begin = ends[static_cast<std::size_t>(rank) - 1];
  }
}

struct Piece {
  Bytes bytes;
  std::uint64_t rows;
  core::Refusals refusals;
};

// What was refused of the whole input, on all processes.
core::Refusals refusals_of_all(const Team& team, const RowCutter& cutter, const Bytes& mine,
                               const std::vector<Piece>& pieces) {
  std::uint64_t refused = 0, rows = 0;
  for (const Piece& piece : pieces) {
    refused += piece.refusals.total();
    rows += piece.rows;
  }
  if (team.sum(refused) == 0) return {};
  std::uint64_t rows_before = team.sum_before(rows);
  std::uint64_t lines_before = team.sum_before(cutter.lines(mine.begin, mine.end));
  core::Refusals report;
  for (const Piece& piece : pieces) {
    report.append(piece.refusals, rows_before, lines_before);
    rows_before += piece.rows;
    lines_before += cutter.lines(piece.bytes.begin, piece.bytes.end);
  }
  std::array<std::uint64_t, core::reason_count> counts{};
  std::vector<core::Refusal> first;
  for (std::size_t i = 0; i < core::reason_count; ++i) {
    const auto reason = static_cast<core::Reason>(i);
    counts[i] = report.count(reason);
    first.insert(first.end(), report.first(reason).begin(), report.first(reason).end());
  }
  std::vector<std::array<std::uint64_t, core::reason_count>> all_counts;
  std::vector<std::vector<core::Refusal>> all_first;
  bmpi::all_gather(team.processes(), counts, all_counts);
  bmpi::all_gather(team.processes(), first, all_first);
  core::Refusals all;
  for (std::size_t rank = 0; rank < all_counts.size(); ++rank) {
    std::array<std::vector<core::Refusal>, core::reason_count> by_reason;
    for (core::Refusal& refusal : all_first[rank]) {
      by_reason[static_cast<std::size_t>(refusal.reason)].push_back(std::move(refusal));
    }
    all.append(core::Refusals(all_counts[rank], std::move(by_reason)));
  }
  return all;
}

[[noreturn]] void throw_first(const core::Refusals& refusals) {
  const core::Refusal* first = nullptr;
  for (std::size_t i = 0; i < core::reason_count; ++i) {
    for (const core::Refusal& refusal : refusals.first(static_cast<core::Reason>(i))) {
      if (!first || refusal.row < first->row) first = &refusal;
    }
  }
  throw core::RowRefused(*first);
}

}  // namespace

Part read_transactions(const Team& team, const std::string& path,
                       const io::TransactionsOptions& options) {
  std::optional<io::Input> input;
  io::TransactionsOptions how = options;
  how.watch = {};
  how.strict = false;
  team.together([&] {
    input = io::Input::file(path);
    how.dialect.delimiter = io::CsvReader(*input, options.dialect).delimiter();
    if (options.block_bytes == 0) {
      throw std::invalid_argument("read_transactions: block_bytes must not be 0");
    }
  });

  RowCutter cutter(input->bytes(), how.dialect);
  const Bytes mine = my_rows(team, cutter);
  std::vector<Piece> pieces;
  std::vector<record::Ledger> ledgers;
  team.together([&] {
    std::string text;
    for (Bytes piece{mine.begin, mine.begin}; ledgers.empty() || piece.end < mine.end;) {
      options.watch.report({"reading transactions", piece.end - mine.begin, mine.end - mine.begin});
      piece.begin = piece.end;
      piece.end = std::min(
          mine.end,
          cutter.row_at(piece.begin,
                        std::min(mine.end, piece.begin + options.block_bytes * blocks_a_piece)));
      text.assign(cutter.header()).append(cutter.text(piece.begin, piece.end));
      ledgers.push_back(io::read_transactions(io::Input::text(text, path), how));
      pieces.push_back({piece, ledgers.back().rows_read(), ledgers.back().refusals()});
    }
  });
  core::Refusals refusals = refusals_of_all(team, cutter, mine, pieces);
  team.together([&] {
    if (options.strict && refusals.total() > 0) throw_first(refusals);
  });

  Part part = deal(team, std::move(ledgers), options.threads);
  part.rows_read += refusals.total();
  part.refusals = std::move(refusals);
  return part;
}

}  // namespace rapport::mpi
