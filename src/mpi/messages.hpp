#ifndef RAPPORT_SRC_MPI_MESSAGES_HPP
#define RAPPORT_SRC_MPI_MESSAGES_HPP

/// \file
/// Columns of any length between processes: MPI counts in `int`.

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/nonblocking.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace rapport::mpi {

/// Sends a column to one process and receives one from another, in pieces.
template <class T>
[[nodiscard]] std::vector<T> pass_on(const boost::mpi::communicator& processes, int to, int from,
                                     const std::vector<T>& column) {
  constexpr int tag = 1;
  constexpr std::size_t piece = std::size_t{1} << 26;
  const std::uint64_t size = column.size();
  auto sent = processes.isend(to, tag, size);
  std::uint64_t coming = 0;
  processes.recv(from, tag, coming);
  sent.wait();
  std::vector<T> result(coming);
  for (std::size_t begin = 0; begin < std::max(column.size(), result.size()); begin += piece) {
    const auto part_of = [&](const std::vector<T>& whole) {
      return static_cast<int>(std::min(piece, whole.size() - std::min(begin, whole.size())));
    };
    std::vector<boost::mpi::request> requests;
    if (const int count = part_of(column); count > 0) {
      requests.push_back(processes.isend(to, tag, column.data() + begin, count));
    }
    if (const int count = part_of(result); count > 0) {
      requests.push_back(processes.irecv(from, tag, result.data() + begin, count));
    }
    boost::mpi::wait_all(requests.begin(), requests.end());
  }
  return result;
}

/// The columns of all processes, one after the other: round the ring, each hands on what came last.
template <class T>
[[nodiscard]] std::vector<T> all_of(const boost::mpi::communicator& processes,
                                    const std::vector<T>& mine) {
  const int size = processes.size();
  const int rank = processes.rank();
  std::vector<std::vector<T>> columns(static_cast<std::size_t>(size));
  columns[static_cast<std::size_t>(rank)] = mine;
  for (int step = 1; step < size; ++step) {
    const auto last = static_cast<std::size_t>((rank - step + 1 + size) % size);
    const auto next = static_cast<std::size_t>((rank - step + size) % size);
    columns[next] = pass_on(processes, (rank + 1) % size, (rank - 1 + size) % size, columns[last]);
  }
  std::vector<T> result;
  result.reserve(std::transform_reduce(columns.begin(), columns.end(), std::size_t{0},
                                       std::plus<>(),
                                       [](const auto& column) { return column.size(); }));
  for (auto& column : columns) {
    result.insert(result.end(), column.begin(), column.end());
    column = {};
  }
  return result;
}

}  // namespace rapport::mpi

#endif  // RAPPORT_SRC_MPI_MESSAGES_HPP
