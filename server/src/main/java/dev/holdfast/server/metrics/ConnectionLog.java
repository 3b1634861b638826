package dev.holdfast.server.metrics;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log says of connections: with the ids by which one is followed through it, as values of
 * their own, and with nothing that a client said but its command's id. Any thread.
 */
final class ConnectionLog {

  private static final Logger LOG = LoggerFactory.getLogger("dev.holdfast.connections");

  void admitted(String connectionId, String sessionId, String userId, boolean resumed) {
    if (LOG.isDebugEnabled()) {
      LOG.atDebug()
          .addKeyValue("connection", connectionId)
          .addKeyValue("session", sessionId)
          .addKeyValue("user", plain(userId))
          .addKeyValue("resumed", resumed)
          .log("admitted");
    }
  }

  void left(String connectionId) {
    if (LOG.isDebugEnabled()) {
      LOG.atDebug().addKeyValue("connection", connectionId).log("left");
    }
  }

  void failed(
      String errorId,
      String connectionId,
      String sessionId,
      @Nullable String commandId,
      RuntimeException why) {
    LOG.atError()
        .addKeyValue("error_id", errorId)
        .addKeyValue("connection", connectionId)
        .addKeyValue("session", sessionId)
        .addKeyValue("request", commandId == null ? "" : plain(commandId))
        .setCause(why)
        .log("a command failed");
  }

  /** On one line, whatever a client put into it. */
  private static String plain(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
