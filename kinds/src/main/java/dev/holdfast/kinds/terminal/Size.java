package dev.holdfast.kinds.terminal;

/**
 * How large a screen is. Immutable; any thread.
 *
 * @param rows 1 to 500
 * @param cols 1 to 500
 */
public record Size(int rows, int cols) {

  /** The most of either. */
  public static final int MOST = 500;

  /** What a screen is where nobody says. */
  public static final Size USUAL = new Size(24, 80);

  /** Whether there can be such a screen. */
  public boolean valid() {
    return rows >= 1 && rows <= MOST && cols >= 1 && cols <= MOST;
  }
}
