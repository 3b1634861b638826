package dev.holdfast.session;

import dev.holdfast.wire.ServerFrame;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How sessions and connections are limited and timed. Immutable; any thread.
 *
 * @param helloTimeout how long a connection without a token may take to say {@code connect}
 * @param toolHelloTimeout how long one may take to say {@code hello} in the tools' dialect
 * @param heartbeatInterval between two pings
 * @param pongTimeout how long a pong may take
 * @param maxIdleTimeout the longest idle time a client may ask for
 * @param resumeWindow how long a session waits for its client to come back
 * @param maxSessions sessions, connected or waiting
 * @param maxConnections connections in all
 * @param maxConnectionsPerUser of one user
 * @param maxConnectionsPerIp of one address
 * @param connectsPerSecond handshakes of one address, sustained; a burst of twice that is admitted
 * @param commandsPerSecond frames of one connection, sustained; 0 for no limit
 * @param maxAttachments feeds that one session reads
 * @param historyPage events in a page of history at most
 * @param rememberedAnswers commands whose answers a session keeps
 * @param tokenWarning how long before its end a token's holder is told
 * @param anonymous who a connection without a token is; null where it is nobody
 */
public record Settings(
    Duration helloTimeout,
    Duration toolHelloTimeout,
    Duration heartbeatInterval,
    Duration pongTimeout,
    Duration maxIdleTimeout,
    Duration resumeWindow,
    int maxSessions,
    int maxConnections,
    int maxConnectionsPerUser,
    int maxConnectionsPerIp,
    int connectsPerSecond,
    int commandsPerSecond,
    int maxFrameBytes,
    int maxAttachments,
    int historyPage,
    int rememberedAnswers,
    Duration tokenWarning,
    ServerFrame.Timeouts timeouts,
    @Nullable Principal anonymous) {

  /** The defaults, with nobody admitted without a token. */
  public static final Settings DEFAULTS =
      new Settings(
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(25),
          Duration.ofSeconds(10),
          Duration.ofHours(1),
          Duration.ofMinutes(2),
          100_000,
          50_000,
          50_000,
          50_000,
          10_000,
          0,
          64 * 1024,
          1_000,
          1_000,
          256,
          Duration.ofSeconds(60),
          new ServerFrame.Timeouts(120_000, 180_000, 240_000, 300_000),
          null);
}
