#ifndef RAPPORT_SRC_CLV_PARETO_PARAMETERS_HPP
#define RAPPORT_SRC_CLV_PARETO_PARAMETERS_HPP

/// \file
/// How the derivatives of Pareto/NBD, and of Pareto/NBD with dependence, number the parameters.

#include <cstddef>

namespace rapport::clv {

enum ParetoParameter : std::size_t { R, Alpha, S, Beta, Dependence };

}  // namespace rapport::clv

#endif
