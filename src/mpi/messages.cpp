#include "messages.hpp"

#include <utility>

namespace rapport::mpi {
namespace {

constexpr int table_tag = 2;
constexpr std::size_t numbers_at_once = std::size_t{1} << 26;

// In pieces: calls use(begin, count) for consecutive parts of a column.
template <class Use>
void for_pieces(std::size_t size, const Use& use) {
  for (std::size_t begin = 0; begin < size; begin += numbers_at_once) {
    use(begin, static_cast<int>(std::min(numbers_at_once, size - begin)));
  }
}

void send_table(const boost::mpi::communicator& processes, int to, const NumberTable& table) {
  for (const auto& column : table) {
    processes.send(to, table_tag, std::uint64_t{column.size()});
    for_pieces(column.size(), [&](std::size_t begin, int count) {
      processes.send(to, table_tag, column.data() + begin, count);
    });
  }
}

// Receives columns and adds each to the one that is there.
void append_table(const boost::mpi::communicator& processes, int from, NumberTable& table) {
  for (auto& column : table) {
    std::uint64_t coming = 0;
    processes.recv(from, table_tag, coming);
    const std::size_t before = column.size();
    column.resize(before + coming);
    for_pieces(coming, [&](std::size_t begin, int count) {
      processes.recv(from, table_tag, column.data() + before + begin, count);
    });
  }
}

}  // namespace

NumberTable distinct_rows_of_all(const boost::mpi::communicator& processes, NumberTable mine,
                                 const std::function<NumberTable(const NumberTable&)>& distinct) {
  const int rank = processes.rank();
  const int size = processes.size();
  // Below rank r are r + 1, r + 2, r + 4, ..., as far as r has no such bit.
  int step = 1;
  for (; step < size && rank % (2 * step) == 0; step *= 2) {
    if (rank + step >= size) continue;
    append_table(processes, rank + step, mine);
    mine = distinct(mine);
  }
  if (rank > 0) {
    send_table(processes, rank - step, mine);
    mine.assign(mine.size(), {});
    append_table(processes, rank - step, mine);
  }
  for (step /= 2; step > 0; step /= 2) {
    if (rank + step < size) send_table(processes, rank + step, mine);
  }
  return mine;
}

}  // namespace rapport::mpi
