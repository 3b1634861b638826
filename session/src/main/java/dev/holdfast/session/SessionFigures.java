package dev.holdfast.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** What is counted of one session, exactly. Its connection's loop counts; any thread reads. */
final class SessionFigures {

  private static final VarHandle AT = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int FRAMES_IN = 0;
  private static final int BYTES_IN = 1;
  private static final int COMMAND_NANOS = 2;
  private static final int SLOWEST_NANOS = 3;
  private static final int EVENTS_OUT = 4;
  private static final int BYTES_OUT = 5;
  private static final int REFUSED = 6;
  private static final int COMMANDS = 7;

  private final long[] counts = new long[COMMANDS + 1];

  private void add(int what, long more) {
    AT.setOpaque(counts, what, counts[what] + more);
  }

  private long get(int what) {
    return (long) AT.getOpaque(counts, what);
  }

  void received(int bytes) {
    add(FRAMES_IN, 1);
    add(BYTES_IN, bytes);
  }

  void obeyed(long nanos) {
    add(COMMANDS, 1);
    add(COMMAND_NANOS, nanos);
    if (nanos > counts[SLOWEST_NANOS]) {
      AT.setOpaque(counts, SLOWEST_NANOS, nanos);
    }
  }

  void refused() {
    add(REFUSED, 1);
  }

  void delivered(int events, long bytes) {
    add(EVENTS_OUT, events);
    add(BYTES_OUT, bytes);
  }

  SessionInfo.Figures sums() {
    return new SessionInfo.Figures(
        get(FRAMES_IN),
        get(BYTES_IN),
        get(COMMANDS),
        get(COMMAND_NANOS),
        get(SLOWEST_NANOS),
        get(REFUSED),
        get(EVENTS_OUT),
        get(BYTES_OUT));
  }
}
