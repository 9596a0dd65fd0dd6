#include "power_integral.hpp"

#include <rapport/math/detail/elementary.hpp>
#include <rapport/math/detail/wide.hpp>
#include <rapport/math/quadrature.hpp>

namespace rapport::clv {
namespace {

template <std::size_t N>
[[gnu::always_inline]] inline void place_by_rule(PanelNodes& nodes, double width, double height,
                                                 const FallingIntegrand& integrand) noexcept {
  const auto [rate, power, share] = integrand;
  const double rest = 1 - share;
  for (std::size_t i = 0; i < N; ++i) {
    const double v = width * math::gauss_legendre<N>[i].at;
    const double log_g = math::log_moderate(rest + share * math::exp_moderate(v));
    nodes.v[i] = v;
    nodes.log_g[i] = log_g;
    nodes.weight[i] = width * height * math::gauss_legendre<N>[i].weight *
                      math::exp_moderate(-rate * v - power * log_g);
  }
  nodes.size = N;
}

template <std::size_t N>
[[gnu::always_inline]] inline void integrate_each(PowerIntegrals& p) noexcept {
  constexpr std::size_t most = PowerIntegrals::most;
  double sum[most] = {};
  for (const auto& [at, weight] : math::gauss_legendre<N>) {
    for (std::size_t i = 0; i < most; ++i) {
      const double v = p.length[i] * at;
      const double log_g =
          math::log_moderate((1 - p.share[i]) + p.share[i] * math::exp_moderate(v));
      sum[i] += weight * math::exp_moderate(-p.rate[i] * v - p.power[i] * log_g);
    }
  }
  for (std::size_t i = 0; i < most; ++i) p.result[i] = p.length[i] * sum[i];
}

}  // namespace

RAPPORT_WIDE void integrate(PowerIntegrals& integrals, std::size_t size) noexcept {
  switch (size) {
    case 6: return integrate_each<6>(integrals);
    case 8: return integrate_each<8>(integrals);
    case 10: return integrate_each<10>(integrals);
    case 12: return integrate_each<12>(integrals);
    default: return integrate_each<16>(integrals);
  }
}

RAPPORT_WIDE void place_nodes(PanelNodes& nodes, std::size_t size, double width, double height,
                              const FallingIntegrand& integrand) noexcept {
  switch (size) {
    case 6: return place_by_rule<6>(nodes, width, height, integrand);
    case 8: return place_by_rule<8>(nodes, width, height, integrand);
    case 10: return place_by_rule<10>(nodes, width, height, integrand);
    case 12: return place_by_rule<12>(nodes, width, height, integrand);
    case 16: return place_by_rule<16>(nodes, width, height, integrand);
    default: return place_by_rule<24>(nodes, width, height, integrand);
  }
}

}  // namespace rapport::clv
