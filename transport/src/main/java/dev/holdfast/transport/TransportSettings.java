package dev.holdfast.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the network is served. Immutable; any thread.
 *
 * @param host the address to bind
 * @param port 0 for any that is free
 * @param loops event loops; 0 for one per processor
 * @param maxFrameBytes of a WebSocket message, after inflating
 * @param maxToolFrameBytes the same on the endpoints of tools
 * @param maxBodyBytes of an HTTP request
 * @param maxSockets open at once, before and after the upgrade
 * @param requestTimeout for a whole HTTP request to arrive
 * @param allowedOrigins of pages on other hosts, as browsers write them; {@code *} for all
 * @param trustedProxies address ranges ({@code 10.0.0.0/8}) whose X-Forwarded-For is believed
 * @param deflate whether permessage-deflate (RFC 7692) is offered
 * @param deflateFloor bytes below which a frame is not compressed
 * @param tls null for plain TCP
 */
public record TransportSettings(
    String host,
    int port,
    int loops,
    int maxFrameBytes,
    int maxToolFrameBytes,
    int maxBodyBytes,
    int maxSockets,
    Duration requestTimeout,
    List<String> allowedOrigins,
    List<String> trustedProxies,
    boolean deflate,
    int deflateFloor,
    @Nullable Tls tls) {

  /** Loopback, port 8079, plain TCP. */
  public static final TransportSettings DEFAULTS =
      new TransportSettings(
          "127.0.0.1",
          8079,
          0,
          64 * 1024,
          32 * 1024 * 1024,
          1024 * 1024,
          60_000,
          Duration.ofSeconds(10),
          List.of(),
          List.of(),
          false,
          1024,
          null);

  public TransportSettings {
    allowedOrigins = List.copyOf(allowedOrigins);
    trustedProxies = List.copyOf(trustedProxies);
  }

  /** The same on another port. */
  public TransportSettings onPort(int other) {
    return new TransportSettings(
        host,
        other,
        loops,
        maxFrameBytes,
        maxToolFrameBytes,
        maxBodyBytes,
        maxSockets,
        requestTimeout,
        allowedOrigins,
        trustedProxies,
        deflate,
        deflateFloor,
        tls);
  }

  /** PEM files: the certificate chain and its PKCS#8 key. */
  public record Tls(Path certificate, Path key) {}
}
