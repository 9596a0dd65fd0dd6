#ifndef RAPPORT_MATH_SUMMATION_HPP
#define RAPPORT_MATH_SUMMATION_HPP

/// \file
/// Long sums of smooth positive terms, in few of them.
///
/// A sum over N whole numbers is an integral with respect to counting them, so it has a Gauss rule
/// of its own: nodes are zeros of the discrete Chebyshev polynomials (DLMF 18.19, Hahn polynomials
/// with both parameters 0), and sixteen nodes are exact for every polynomial of degree 31. Terms
/// must make sense between the whole numbers, as ratios of gamma functions do.

#include <rapport/math/quadrature.hpp>  // Node

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace rapport::math {

/// Gauss's rule of 16 points for sums: the sum of weight * f(at) is that of f(k) over whole k in
/// [0, terms), exactly so for polynomials of degree up to 31. Ascending.
/// \pre terms >= 64 is whole and finite.
[[nodiscard]] std::array<Node, 16> gauss_sum(double terms) noexcept;

/// Adds up positive terms given by their logarithms, of any size.
class LogSum {
 public:
  /// Adds weight * exp(log_term).
  void add(double log_term, double weight = 1) noexcept {
    if (log_term > scale_ + 600) {
      sum_ *= std::exp(scale_ - log_term);
      scale_ = log_term;
    }
    sum_ += weight * std::exp(log_term - scale_);
  }

  /// ln of the sum; -infinity if nothing was added.
  [[nodiscard]] double log() const noexcept { return scale_ + std::log(sum_); }

 private:
  double scale_ = std::numeric_limits<double>::lowest();
  double sum_ = 0;
};

/// ln of the sum of exp(log_term(k)) over whole k in [0, terms), where `terms` may be infinite if
/// the sum converges. Every term is finite; log_term(k) is a concave or convex function of ln(k +
/// c) for some c >= 0, or a sum of a few such, as the logs of powers, of exponentials and of ratios
/// of gamma functions of k are.
///
/// The first 64 terms are taken one by one, the rest in panels that quadruple the reach, or less
/// where terms change by more than e^8 over one: a logarithmic number of terms in all. Relative
/// error of the sum some 1e-14 beyond that of the terms; if it is infinite and falls like a power
/// near -1 only, what lies beyond 1e300 is taken to be geometric in the panels.
template <class LogTerm>
[[nodiscard]] double log_sum_smooth(const LogTerm& log_term, double terms) {
  constexpr double single = 64;
  LogSum sum;
  double done = 0;
  for (; done < std::min(single, terms); ++done) sum.add(log_term(done));
  double before = 0;
  while (done < terms) {
    double size = std::min(terms - done, 3 * done);
    const auto steep = [&] {
      const double ends[] = {log_term(done), log_term(done + std::floor(size / 2)),
                             log_term(done + size - 1)};
      const auto [least, most] = std::minmax({ends[0], ends[1], ends[2]});
      return most - least > 8;
    };
    while (size > single && steep()) size = std::max(single, std::floor(size / 2));
    LogSum panel;
    if (size <= single) {
      for (double k = 0; k < size; ++k) panel.add(log_term(done + k));
    } else {
      for (const auto& [at, weight] : gauss_sum(size)) panel.add(log_term(done + at), weight);
    }
    const double now = panel.log();
    sum.add(now);
    // Terms that fall go on falling, so later panels are no larger.
    const double ratio = std::exp(now - before);
    const bool falling = log_term(done + size - 1) < log_term(done);
    done += size;
    if (falling && ratio < 1 && terms > done) {
      const double log_rest = now + std::log(ratio / (1 - ratio));
      const bool negligible = log_rest < sum.log() - 41;  // e^-41 is 2e-18
      if (negligible) break;
      if (done > 1e300) {
        sum.add(log_rest);
        break;
      }
    }
    if (!(done < 1e305)) break;
    before = now;
  }
  return sum.log();
}

}  // namespace rapport::math

#endif  // RAPPORT_MATH_SUMMATION_HPP
