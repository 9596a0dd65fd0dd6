#ifndef RAPPORT_SRC_MPI_SELECTION_HPP
#define RAPPORT_SRC_MPI_SELECTION_HPP

/// \file
/// Quantiles of values that many processes hold.

#include <rapport/core/parallel.hpp>
#include <rapport/fold/cuts.hpp>

#include <boost/mpi/communicator.hpp>

#include <span>

namespace rapport::mpi {

/// fold::quantile_cuts of the values of all processes. \throws as that, on all of them.
[[nodiscard]] fold::Cuts shared_quantile_cuts(const boost::mpi::communicator& processes,
                                              std::span<const double> values, int bins,
                                              const core::Threads& threads);

}  // namespace rapport::mpi

#endif  // RAPPORT_SRC_MPI_SELECTION_HPP
