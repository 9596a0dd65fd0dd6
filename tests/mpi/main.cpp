// All ranks run the same tests in the same order. The first one talks; the others say what failed.

#include <rapport/mpi/team.hpp>

#include <gtest/gtest.h>

#include <iostream>

namespace {

class Failures : public testing::EmptyTestEventListener {
 public:
  explicit Failures(int rank) : rank_(rank) {}
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    std::cout << "rank " << rank_ << ": " << (result.file_name() ? result.file_name() : "?") << ':'
              << result.line_number() << ": " << result.summary() << std::endl;
  }

 private:
  int rank_;
};

}  // namespace

int main(int argc, char** argv) {
  const rapport::mpi::Session session(argc, argv);
  testing::InitGoogleTest(&argc, argv);
  const rapport::mpi::Team team;
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  if (team.rank() != 0) {
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new Failures(team.rank()));
  }
  return team.sum(RUN_ALL_TESTS() == 0 ? 0 : 1) == 0 ? 0 : 1;
}
