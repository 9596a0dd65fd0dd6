#include "covariates_of.hpp"
#include "distinct_rows.hpp"

#include <rapport/clv/bg_bb.hpp>
#include <rapport/clv/bg_nbd.hpp>
#include <rapport/clv/covariates.hpp>
#include <rapport/clv/gamma_gamma.hpp>
#include <rapport/clv/ggompertz_nbd.hpp>
#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/clv/pareto_nbd.hpp>

namespace rapport::clv {

Covariates::Covariates(Columns columns) : columns_(std::move(columns)) {
  constexpr std::string_view place = "Covariates";
  core::check_same_size(columns_.names.size(), columns_.values.size(), place, "names");
  for (std::size_t j = 0; j < size(); ++j) {
    const auto& name = columns_.names[j];
    const auto end = columns_.names.begin() + static_cast<std::ptrdiff_t>(j);
    if (name.empty()) throw std::invalid_argument("Covariates: a covariate has no name");
    if (std::find(columns_.names.begin(), end, name) != end) {
      throw std::invalid_argument("Covariates: two covariates are named " + name);
    }
    core::check_same_size(columns_.values[j].size(), rows(), place, name);
    for (std::size_t row = 0; row < rows(); ++row) {
      if (!std::isfinite(value(row, j))) {
        throw_bad_row(place, name, row, value(row, j), "finite");
      }
    }
  }
}

Tenures::Tenures(const TenureColumns& columns) : columns_(columns) {
  (void)Retention(columns);  // the one rule
}

std::string_view to_text(Process process) noexcept {
  switch (process) {
    case Process::purchase: return "purchase";
    case Process::dropout: return "dropout";
    case Process::spend: break;
  }
  return "spend";
}

void check_coefficients(std::string_view place, const Coefficients& coefficients) {
  core::check_same_size(coefficients.names.size(), coefficients.values.size(), place, "names");
  for (std::size_t j = 0; j < coefficients.values.size(); ++j) {
    if (!std::isfinite(coefficients.values[j])) {
      core::throw_domain_error(place, "the coefficient of " + coefficients.names[j],
                               coefficients.values[j], "finite");
    }
  }
}

void check_sets(std::string_view place, const CovariateSets& covariates,
                std::span<const Process> processes, std::size_t rows) {
  for (const Process process : {Process::purchase, Process::dropout, Process::spend}) {
    const Covariates& x = covariates.of(process);
    if (x.size() == 0) continue;
    if (std::find(processes.begin(), processes.end(), process) == processes.end()) {
      throw std::invalid_argument(std::string(place) + ": the model has no covariates of " +
                                  std::string(to_text(process)));
    }
    core::check_same_size(x.rows(), rows, place,
                          std::string("covariates of ").append(to_text(process)));
  }
}

void check_same_names(std::string_view place, const Coefficients& coefficients,
                      const Covariates& covariates) {
  if (coefficients.names != covariates.names()) {
    throw std::invalid_argument(std::string(place) +
                                ": the covariates have other names than the coefficients");
  }
}

std::vector<DistinctRow> distinct_covariate_rows(std::vector<std::vector<double>> keys,
                                                 const std::vector<double>& weights) {
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  std::vector<DistinctRow> result;
  for (std::size_t i = 0; i < order.size();) {
    const std::size_t first = order[i];
    double weight = 0;
    for (; i < order.size() && keys[order[i]] == keys[first]; ++i) weight += weights[order[i]];
    if (weight > 0) result.push_back({first, weight});
  }
  return result;
}

template class WithCovariates<BgBb>;
template CovariateFit<BgBb> fit_with_covariates(const Opportunities&, const CovariateSets&,
                                                const CovariateOptions&);
template double log_likelihood(const WithCovariates<BgBb>&, const Opportunities&,
                               const CovariateSets&);

template class WithCovariates<GgompertzNbd>;
template CovariateFit<GgompertzNbd> fit_with_covariates(const Histories&, const CovariateSets&,
                                                        const CovariateOptions&);
template double log_likelihood(const WithCovariates<GgompertzNbd>&, const Histories&,
                               const CovariateSets&);

template class WithCovariates<Sbg>;
template CovariateFit<Sbg> fit_with_covariates(const Tenures&, const CovariateSets&,
                                               const CovariateOptions&);
template double log_likelihood(const WithCovariates<Sbg>&, const Tenures&, const CovariateSets&);

template class WithCovariates<ParetoNbd>;
template CovariateFit<ParetoNbd> fit_with_covariates(const Histories&, const CovariateSets&,
                                                     const CovariateOptions&);
template double log_likelihood(const WithCovariates<ParetoNbd>&, const Histories&,
                               const CovariateSets&);

template class WithCovariates<BgNbd>;
template CovariateFit<BgNbd> fit_with_covariates(const Histories&, const CovariateSets&,
                                                 const CovariateOptions&);
template double log_likelihood(const WithCovariates<BgNbd>&, const Histories&,
                               const CovariateSets&);

template class WithCovariates<MbgNbd>;
template CovariateFit<MbgNbd> fit_with_covariates(const Histories&, const CovariateSets&,
                                                  const CovariateOptions&);
template double log_likelihood(const WithCovariates<MbgNbd>&, const Histories&,
                               const CovariateSets&);

template class WithCovariates<GammaGamma>;
template CovariateFit<GammaGamma> fit_with_covariates(const Spends&, const CovariateSets&,
                                                      const CovariateOptions&);
template double log_likelihood(const WithCovariates<GammaGamma>&, const Spends&,
                               const CovariateSets&);

}  // namespace rapport::clv
