// Changes of tier per customer-year by a chain on a grid, without random numbers: reference values
// for tests/relationship/tier_trial_test.cpp. Build: g++ -O3 tier_changes.cpp
//
// Scores are 60 + sd x, x the stationary Gaussian chain x' = rho x + sqrt(1 - rho^2) e, one step a
// day. The chance that x and x' lie on two sides of the mean is acos(rho) / pi (W. F. Sheppard,
// 1899), so that rho = cos(pi 42.5 / 365.2425) makes 42.5 changes a year with one threshold.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

using Vector = std::vector<double>;

int main() {
  const double pi = std::acos(-1.0), year = 365.2425, rho = std::cos(pi * 42.5 / year);
  const int nodes = 401, days = 365, stay = 30;
  const double step = 12.0 / (nodes - 1);
  Vector x(nodes), stationary(nodes);
  for (int i = 0; i < nodes; ++i) x[i] = -6 + i * step, stationary[i] = std::exp(-x[i] * x[i] / 2);
  const auto normalise = [](Vector& v) {
    double sum = 0;
    for (double p : v) sum += p;
    for (double& p : v) p /= sum;
  };
  normalise(stationary);
  std::vector<Vector> next(nodes, Vector(nodes));
  for (int i = 0; i < nodes; ++i) {
    for (int j = 0; j < nodes; ++j) {
      const double z = x[j] - rho * x[i];
      next[i][j] = std::exp(-z * z / (2 * (1 - rho * rho)));
    }
    normalise(next[i]);
  }
  const auto a_day = [&](Vector& v) {
    Vector w(nodes, 0.0);
    for (int i = 0; i < nodes; ++i) {
      for (int j = 0; j < nodes; ++j) w[j] += v[i] * next[i][j];
    }
    v = w;
  };
  // The share of a node's cell on one side of a threshold.
  const auto above = [&](int i, double threshold) {
    return std::clamp((x[i] - threshold) / step + 0.5, 0.0, 1.0);
  };
  std::printf("rho %.6f\n", rho);
  for (const double sd : {4.30, 4.36, 4.40}) {
    Vector far(nodes);
    std::vector<Vector> near(stay + 1, Vector(nodes, 0.0));  // by days since it was entered
    for (int i = 0; i < nodes; ++i) {
      near[0][i] = stationary[i] * above(i, 0);
      far[i] = stationary[i] - near[0][i];
    }
    double changes = 0;
    for (int day = 0; day < days; ++day) {
      a_day(far);
      for (Vector& v : near) a_day(v);
      for (int i = 0; i < nodes; ++i) near[stay][i] += near[stay - 1][i];
      for (int k = stay - 1; k > 0; --k) near[k] = near[k - 1];
      for (int i = 0; i < nodes; ++i) {
        const double left = near[stay][i] * (1 - above(i, -8 / sd));
        const double entered = far[i] * above(i, 0);
        near[stay][i] -= left;
        far[i] += left - entered;
        near[0][i] = entered;
        changes += left + entered;
      }
    }
    std::printf("sd %.2f: %.4f changes a year\n", sd, changes / days * year);
  }
}
