package dev.holdfast.kinds.terminal;

import org.jspecify.annotations.Nullable;

/** What can be signalled to what runs in a terminal. */
public enum TerminalSignal {
  SIGINT(2),
  SIGQUIT(3),
  SIGKILL(9),
  SIGTERM(15),
  SIGTSTP(20),
  /** The end of input: no signal, but a character. */
  EOF(0);

  final int number;

  TerminalSignal(int number) {
    this.number = number;
  }

  /** The signal of that name, or null. */
  public static @Nullable TerminalSignal named(String name) {
    for (TerminalSignal signal : values()) {
      if (signal.name().equals(name)) {
        return signal;
      }
    }
    return null;
  }
}
