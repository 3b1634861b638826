package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Members;
import org.jspecify.annotations.Nullable;

/**
 * The right to upload one thing, once, for one command and while that has not ended. Guarded by
 * itself; any thread.
 */
final class Upload {

  private enum State {
    OPEN,
    TAKEN,
    DONE,
    OVER
  }

  final String token;
  final String user;
  final String deviceId;
  final String commandId;
  final boolean picture;
  private final long mostBytes;
  private State state = State.OPEN;
  private @Nullable Media media;

  Upload(
      String token,
      String user,
      String deviceId,
      String commandId,
      boolean picture,
      long mostBytes) {
    this.token = token;
    this.user = user;
    this.deviceId = deviceId;
    this.commandId = commandId;
    this.picture = picture;
    this.mostBytes = mostBytes;
  }

  /** What the device is told: one JSON object. */
  String json() {
    return new Members()
        .text("url", "/api/uploads/" + token)
        .text("method", "PUT")
        .number("max_bytes", mostBytes)
        .object();
  }

  /** Whether it is the first to use it; nobody else is from now on. */
  synchronized boolean take() {
    boolean first = state == State.OPEN;
    if (first) {
      state = State.TAKEN;
    }
    return first;
  }

  /** It came to nothing: it may be tried again, if the command has not ended. */
  synchronized void failed() {
    if (state == State.TAKEN) {
      state = State.OPEN;
    }
  }

  /** It is stored; false where the command has ended meanwhile. */
  synchronized boolean done(Media stored) {
    if (state != State.TAKEN) {
      return false;
    }
    state = State.DONE;
    media = stored;
    return true;
  }

  /** Whether the command has ended. */
  synchronized boolean over() {
    return state == State.OVER;
  }

  /** The command has ended; what was uploaded for it, or null. */
  synchronized @Nullable Media end() {
    state = State.OVER;
    return media;
  }
}
