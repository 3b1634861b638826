package dev.holdfast.client;

import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to do after a connection has ended, by how it ended: PROTOCOL.md's table of close codes.
 *
 * @param again whether to connect again
 * @param atLeast before that
 */
record Advice(boolean again, Duration atLeast) {

  private static final Advice STOP = new Advice(false, Duration.ZERO);
  private static final Advice RETRY = new Advice(true, Duration.ZERO);

  /** After a close frame, or -1 where none came. */
  static Advice afterClose(int code) {
    return switch (code) {
      case 1002, 1007, 1009, 4000, 4003, 4004, 4009 -> STOP;
      case 4013 -> new Advice(true, Duration.ofSeconds(5));
      default -> RETRY;
    };
  }

  /** After a handshake that did not come to be. */
  static Advice afterHandshake(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof WebSocketHandshakeException refused) {
        HttpResponse<?> response = refused.getResponse();
        int status = response.statusCode();
        return status == 429 || status >= 500
            ? new Advice(true, retryAfter(response))
            : new Advice(false, Duration.ZERO);
      }
    }
    return RETRY;
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("retry-after")
        .filter(seconds -> seconds.matches("[0-9]{1,6}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .orElse(Duration.ZERO);
  }
}
