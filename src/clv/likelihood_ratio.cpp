#include <rapport/clv/likelihood_ratio.hpp>

#include <rapport/core/check.hpp>
#include <rapport/math/chi_squared.hpp>

#include "special_values.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>

namespace rapport::clv {
namespace {

// A parameter that stands on a boundary was searched all the same.
int searched_parameters(const FitReport& fit) {
  return static_cast<int>(fit.status == FitStatus::at_boundary ? fit.parameters.size()
                                                               : fit.free_parameters());
}

// Log-likelihoods of two fits that end in the same place differ by rounding and by what a search
// leaves undone.
double tolerance(const FitReport& fit) { return 1e-8 * (1 + std::abs(fit.log_likelihood)); }

}  // namespace

std::string_view to_text(LikelihoodRatioStatus status) noexcept {
  static constexpr auto names = std::to_array<std::string_view>(
      {"valid", "unusable_fit", "different_data", "not_nested", "not_maximal"});
  return names[static_cast<std::size_t>(status)];
}

double likelihood_ratio_tail(double statistic, int degrees, int on_boundary) noexcept {
  if (!(statistic >= 0) || degrees <= 0 || on_boundary < 0 || on_boundary > degrees) return nan;
  if (statistic == 0) return 1;
  // Each of the parameters on an edge adds a degree, or does not, with even chances.
  double tail = 0;
  double weight = std::ldexp(1.0, -on_boundary);
  for (int inside = 0; inside <= on_boundary; ++inside) {
    const int free = degrees - on_boundary + inside;
    if (free > 0) tail += weight * math::chi_squared_tail(statistic, free);
    weight *= static_cast<double>(on_boundary - inside) / (inside + 1);
  }
  return tail;
}

LikelihoodRatio likelihood_ratio(const FitReport& narrow, const FitReport& wide,
                                 const LikelihoodRatioOptions& options) {
  if (options.degrees && *options.degrees <= 0) {
    throw std::invalid_argument("likelihood_ratio: degrees is " + std::to_string(*options.degrees) +
                                ", but must be > 0");
  }
  LikelihoodRatio result;
  result.statistic = 2 * (wide.log_likelihood - narrow.log_likelihood);
  result.degrees =
      options.degrees.value_or(searched_parameters(wide) - searched_parameters(narrow));
  result.p_value = nan;
  const auto settle = [&](LikelihoodRatioStatus status, std::string message) {
    result.status = status;
    result.message = std::move(message);
    return result;
  };
  if (result.degrees <= 0) {
    return settle(LikelihoodRatioStatus::not_nested,
                  "the wide model has no more free parameters than the narrow one");
  }
  if (options.on_boundary < 0 || options.on_boundary > result.degrees) {
    throw std::invalid_argument("likelihood_ratio: on_boundary is " +
                                std::to_string(options.on_boundary) + ", but must be in [0, " +
                                std::to_string(result.degrees) + "]");
  }
  if (narrow.customers != wide.customers) {
    return settle(LikelihoodRatioStatus::different_data,
                  "the fits rest on " + core::to_text(narrow.customers) + " and " +
                      core::to_text(wide.customers) + " customers");
  }
  for (const auto* fit : {&narrow, &wide}) {
    if (!fit->usable()) {
      return settle(LikelihoodRatioStatus::unusable_fit, std::string("the ") +
                                                             (fit == &narrow ? "narrow" : "wide") +
                                                             " fit is not usable: " + fit->message);
    }
  }
  if (result.statistic < -tolerance(wide)) {
    return settle(LikelihoodRatioStatus::not_maximal,
                  "the narrow model explains the data better than the wide one: the wide fit is "
                  "not at its maximum, or the models are not nested");
  }
  result.p_value = likelihood_ratio_tail(result.statistic > 0 ? result.statistic : 0,
                                         result.degrees, options.on_boundary);
  return settle(LikelihoodRatioStatus::valid,
                "if the narrow model holds, a gain as large has probability " +
                    core::to_text(std::round(result.p_value * 1e4) / 1e4));
}

}  // namespace rapport::clv
