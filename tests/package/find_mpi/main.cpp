#include <rapport/mpi/team.hpp>

#include <iostream>

int main(int argc, char** argv) {
  const rapport::mpi::Session session(argc, argv);
  const rapport::mpi::Team team;
  if (team.rank() == 0) std::cout << "a team of " << team.sum(1) << '\n';
  return 0;
}
