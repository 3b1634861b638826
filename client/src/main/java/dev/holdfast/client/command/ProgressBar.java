package dev.holdfast.client.command;

import java.io.PrintWriter;

/** How far something is: a bar on a terminal, lines elsewhere. One thread at a time. */
final class ProgressBar {

  private static final int LENGTH = 24;

  private final PrintWriter err;
  private final boolean terminal;
  private boolean shown;

  ProgressBar(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Shows it in place of what was shown before. */
  void show(long percent, String message) {
    if (!terminal) {
      err.println("* " + percent + " % " + message);
      return;
    }
    int full = (int) (percent * LENGTH / 100);
    err.print(
        "\r\033[K[%s%s] %3d %% %s"
            .formatted("#".repeat(full), ".".repeat(LENGTH - full), percent, message));
    shown = true;
  }

  /** Takes it away. */
  void clear() {
    if (shown) {
      err.print("\r\033[K");
      err.flush();
      shown = false;
    }
  }
}
