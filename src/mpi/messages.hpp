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

/// A table of numbers, column by column.
using NumberTable = std::vector<std::vector<double>>;

/// The rows of all processes, equal ones as one, on all of them. Up a tree, each process adds what
/// comes from below to its own rows and makes them `distinct`; down again, all get the result. So
/// nobody handles more than a few times the rows that are distinct in the end.
[[nodiscard]] NumberTable distinct_rows_of_all(
    const boost::mpi::communicator& processes, NumberTable mine,
    const std::function<NumberTable(const NumberTable&)>& distinct);

}  // namespace rapport::mpi

#endif  // RAPPORT_SRC_MPI_MESSAGES_HPP
