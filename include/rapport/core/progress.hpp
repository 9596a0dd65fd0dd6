#ifndef RAPPORT_CORE_PROGRESS_HPP
#define RAPPORT_CORE_PROGRESS_HPP

/// \file
/// How a long call tells the host how far it is, and how the host stops it.

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

namespace rapport::core {

/// How far a call is: `done` of `total` units (rows, bytes, iterations); total is 0 if unknown.
struct Progress {
  std::string_view stage;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// Thrown by a call whose host asked it to stop. Nothing was changed.
class Cancelled : public std::runtime_error {
 public:
  explicit Cancelled(std::string_view stage)
      : std::runtime_error("cancelled while " + std::string(stage)) {}
};

/// What a long call reports to and listens to. The default does neither.
struct Watch {
  /// Called from the thread that made the call, now and then; never from two threads at once.
  std::function<void(const Progress&)> on_progress = {};
  std::stop_token stop = {};

  /// \throws Cancelled if the host asked to stop.
  void report(const Progress& progress) const {
    if (stop.stop_requested()) throw Cancelled(progress.stage);
    if (on_progress) on_progress(progress);
  }
};

}  // namespace rapport::core

#endif  // RAPPORT_CORE_PROGRESS_HPP
