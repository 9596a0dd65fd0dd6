#ifndef RAPPORT_MATH_QUADRATURE_HPP
#define RAPPORT_MATH_QUADRATURE_HPP

/// \file
/// Quadrature rules as nodes and weights: the integrands of the models are positive and smooth, so
/// that a rule chosen once, and shared by many integrands, beats a search for the error of each.

#include <array>
#include <cstddef>
#include <vector>

namespace rapport::math {

/// A place where an integrand is taken, and what it counts there.
struct Node {
  double at, weight;
};

/// The Gauss-Legendre rule of N points on [0, 1], ascending, for N = 8 or 16. The error shrinks as
/// rho^(-2N), where rho is the sum of the half-axes of the largest ellipse with foci at the ends
/// of the interval, scaled to [-1, 1], in which the integrand is analytic.
/// Values: scripts/reference/gauss_legendre.py.
template <std::size_t N>
  requires(N == 8 || N == 16)
inline constexpr std::array<Node, N> gauss_legendre{};

template <>
inline constexpr std::array<Node, 8> gauss_legendre<8>{{
    {0.019855071751231884158, 0.050614268145188129576},
    {0.1016667612931866302, 0.11119051722668723527},
    {0.23723379504183550709, 0.15685332293894364367},
    {0.40828267875217509753, 0.18134189168918099148},
    {0.59171732124782490247, 0.18134189168918099148},
    {0.76276620495816449291, 0.15685332293894364367},
    {0.8983332387068133698, 0.11119051722668723527},
    {0.98014492824876811584, 0.050614268145188129576},
}};

template <>
inline constexpr std::array<Node, 16> gauss_legendre<16>{{
    {0.0052995325041750337019, 0.013576229705877047426},
    {0.027712488463383711961, 0.031126761969323946431},
    {0.06718439880608412806, 0.047579255841246392405},
    {0.12229779582249848305, 0.062314485627766936026},
    {0.19106187779867812578, 0.074797994408288366041},
    {0.27099161117138630683, 0.084578259697501269095},
    {0.35919822461037054338, 0.091301707522461794433},
    {0.45249374508118127991, 0.094725305227534248143},
    {0.54750625491881872009, 0.094725305227534248143},
    {0.64080177538962945662, 0.091301707522461794433},
    {0.72900838882861369317, 0.084578259697501269095},
    {0.80893812220132187422, 0.074797994408288366041},
    {0.87770220417750151695, 0.062314485627766936026},
    {0.93281560119391587194, 0.047579255841246392405},
    {0.97228751153661628804, 0.031126761969323946431},
    {0.9947004674958249663, 0.013576229705877047426},
}};

/// The integral of f over [low, high] by the rule of N points.
template <std::size_t N, class F>
[[nodiscard]] double integrate(double low, double high, const F& f) {
  double sum = 0;
  for (const auto& [at, weight] : gauss_legendre<N>) sum += weight * f(low + (high - low) * at);
  return (high - low) * sum;
}

/// A rule for expectations over p ~ Beta(a, b): the sum of weight * g(at) is E[g(p)], for every
/// g(p) = G(scale * p) whose G is smooth on the scale of its argument, as exp(-scale p) and
/// (1 + scale p)^-1 are, and that falls with p. Weights are positive and add up to 1, so that a
/// positive g loses no digit; the error is some 1e-15 of E|g|, for any a, b > 0, tiny or huge.
///
/// It is the trapezoidal rule in ln(p / (1 - p)), which converges exponentially there, with the
/// parts where p or 1 - p is lost to rounding summed in closed form. Some 100 nodes, more where a
/// or b is large. \pre a, b > 0 and scale >= 0 are finite.
[[nodiscard]] std::vector<Node> beta_rule(double a, double b, double scale);

}  // namespace rapport::math

#endif  // RAPPORT_MATH_QUADRATURE_HPP
