#ifndef RAPPORT_RFM_CLUMPINESS_HPP
#define RAPPORT_RFM_CLUMPINESS_HPP

/// \file
/// Clumpiness: do purchases come evenly, or in bursts? The fourth letter of RFMC.
///
/// Y. Zhang, E. T. Bradlow, D. S. Small (2013), New Measures of Clumpiness for Incidence Data,
/// Journal of Applied Statistics 40(11), 2533-2548, doi:10.1080/02664763.2013.818627; (2015),
/// Predicting Customer Value Using Clumpiness: From RFM to RFMC, Marketing Science 34(2), 195-208,
/// doi:10.1287/mksc.2014.0873. With n events on days t_1 < ... < t_n of a window of N days, the
/// n + 1 gaps x_1 = t_1, x_i = t_i - t_(i-1), x_(n+1) = N + 1 - t_n, each divided by N + 1, give
/// C = 1 + sum x_i log x_i / log(n + 1).

#include <cstdint>
#include <span>

namespace rapport::rfm {

/// C in [0, 1]: 0 for events as even as can be, near 1 for one burst. `days` are the distinct days
/// of the events, counted from 1 within the window, ascending. NaN without any event. O(n).
/// \throws std::domain_error unless window_days > 0; std::invalid_argument unless the days ascend
/// strictly within 1 to window_days.
[[nodiscard]] double clumpiness(std::span<const std::int32_t> days, std::int32_t window_days);

}  // namespace rapport::rfm

#endif  // RAPPORT_RFM_CLUMPINESS_HPP
