package dev.holdfast.kinds.terminal.screen;

import java.util.ArrayList;
import java.util.List;

/**
 * The flags that say how keys are told to a program, as it has pushed them. Belongs to its screen.
 *
 * <p>Source: the keyboard protocol of kitty.
 */
final class Keyboard {

  private static final int MOST = 16;

  private final List<Integer> flags = new ArrayList<>();

  void push(int pushed) {
    if (flags.size() == MOST) {
      flags.removeFirst();
    }
    flags.add(pushed);
  }

  void pop(int count) {
    for (int i = count; i > 0 && !flags.isEmpty(); i--) {
      flags.removeLast();
    }
  }

  /** Changes those pushed last: 2 adds flags, 3 takes them away, anything else sets them. */
  void change(int changed, int how) {
    int before = flags.isEmpty() ? 0 : flags.removeLast();
    flags.add(
        switch (how) {
          case 2 -> before | changed;
          case 3 -> before & ~changed;
          default -> changed;
        });
  }

  void clear() {
    flags.clear();
  }

  /** All that are pushed, the last ones last. */
  List<Integer> pushed() {
    return flags;
  }
}
