// A job in which one rank gets into trouble while the others count on it, halfway through a fit.
//
//   trouble killed   its process is killed
//   trouble throws   it throws where the others know nothing of it

#include <rapport/clv/mbg_nbd.hpp>
#include <rapport/mpi/team.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace {

using rapport::mpi::Session;
using rapport::mpi::Team;

void fit(const Team& team, std::string_view trouble) {
  std::vector<double> frequency, recency, age;
  for (int i = 0; i < 9'000; ++i) {
    frequency.push_back(i % 5);
    recency.push_back(i % 5 == 0 ? 0 : 1 + i % 90);
    age.push_back(100 + i % 50);
  }
  const auto patterns = team.patterns(rapport::clv::Histories(
      {.frequency = frequency, .recency = recency, .age = age}, rapport::weeks));
  const auto at_third_iteration = [&](const rapport::core::Progress& progress) {
    if (team.rank() != 1 || progress.done < 3) return;
    if (trouble == "killed") std::raise(SIGKILL);
    throw std::runtime_error("one rank is in trouble");
  };
  static_cast<void>(rapport::clv::fit<rapport::clv::MbgNbd>(
      patterns, {.threads = team.shared(rapport::core::Threads(1)),
                 .watch = {.on_progress = at_third_iteration}}));
}

}  // namespace

int main(int argc, char** argv) {
  const Session session(argc, argv);
  const Team team;
  try {
    fit(team, argc > 1 ? argv[1] : "");
    std::cerr << "trouble: none\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "trouble: " << error.what() << '\n';
    Session::abort(3);
  }
}
