#ifndef RAPPORT_EXAMPLES_SUPPORT_PROGRESS_BAR_HPP
#define RAPPORT_EXAMPLES_SUPPORT_PROGRESS_BAR_HPP

/// \file
/// A progress bar on stderr, for people: nothing is drawn where stderr is not a terminal.

#include <rapport/core/progress.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace examples {

/// Draws `reading  [#####.....]  52 %` over one line, at most ten times a second, and only for
/// work that takes longer than a moment. The line is wiped when the last copy goes.
class ProgressBar {
 public:
  ProgressBar() : line_(std::make_shared<Line>()) {}

  void operator()(const rapport::core::Progress& progress) const { line_->draw(progress); }

  /// A watch that draws here; one that does nothing where nobody would see it.
  [[nodiscard]] static rapport::core::Watch watch(bool quiet) {
    if (quiet || ::isatty(STDERR_FILENO) == 0) return {};
    return {.on_progress = ProgressBar()};
  }

 private:
  using Clock = std::chrono::steady_clock;

  struct Line {
    Clock::time_point next = Clock::now() + std::chrono::milliseconds(300);
    bool drawn = false;

    Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() {
      if (drawn) std::fputs("\r\033[K", stderr);
    }

    void draw(const rapport::core::Progress& progress) {
      const auto now = Clock::now();
      if (now < next) return;
      next = now + std::chrono::milliseconds(100);
      drawn = true;
      constexpr std::uint64_t width = 30;
      std::string bar(width, '.');
      std::string share;
      if (progress.total > 0) {
        const auto filled = static_cast<std::size_t>(progress.done * width / progress.total);
        bar.replace(0, filled, filled, '#');
        share = std::to_string(100 * progress.done / progress.total) + " %";
      }
      std::fprintf(stderr, "\r\033[K%-20.*s [%s] %s", static_cast<int>(progress.stage.size()),
                   progress.stage.data(), bar.c_str(), share.c_str());
    }
  };

  std::shared_ptr<Line> line_;
};

}  // namespace examples

#endif  // RAPPORT_EXAMPLES_SUPPORT_PROGRESS_BAR_HPP
