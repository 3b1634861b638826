package dev.holdfast.server.metrics;

import dev.holdfast.kinds.tool.ClientFigures;
import dev.holdfast.session.SessionInfo;
import dev.holdfast.session.SessionName;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures of each client: of its session, and of its calls of tools. Stateless; any thread. */
public final class ClientFiguresJson {

  private static final long NANOS_A_MICRO = 1_000;
  private static final double MILLIS_A_SECOND = 1_000;

  private ClientFiguresJson() {}

  /**
   * The figures of one client.
   *
   * @param session null where it has none, or none any more
   * @param calls null where it has called nothing lately
   */
  public static Map<String, Object> of(
      SessionName name, @Nullable SessionInfo session, @Nullable ClientFigures calls) {
    Map<String, Object> client = new LinkedHashMap<>();
    client.put("session_id", name.sessionId());
    client.put("user_id", name.userId());
    if (session != null) {
      client.put("connected", session.connected());
      client.put("messages", messages(session.figures()));
      client.put("latency", latency(session.figures()));
    }
    if (calls != null) {
      client.put("calls", calls(calls));
    }
    return client;
  }

  private static Map<String, Object> messages(SessionInfo.Figures figures) {
    Map<String, Object> messages = new LinkedHashMap<>();
    messages.put("received", figures.frames());
    messages.put("received_bytes", figures.frameBytes());
    messages.put("refused", figures.refused());
    messages.put("delivered", figures.events());
    messages.put("delivered_bytes", figures.eventBytes());
    return messages;
  }

  private static Map<String, Object> latency(SessionInfo.Figures figures) {
    Map<String, Object> latency = new LinkedHashMap<>();
    latency.put("commands", figures.commands());
    latency.put(
        "mean_us", figures.commandNanos() / Math.max(1, figures.commands()) / NANOS_A_MICRO);
    latency.put("slowest_us", figures.slowestNanos() / NANOS_A_MICRO);
    return latency;
  }

  private static Map<String, Object> calls(ClientFigures figures) {
    Map<String, Object> calls = new LinkedHashMap<>();
    calls.put("requested", figures.requested());
    calls.put("succeeded", figures.succeeded());
    calls.put("failed", figures.failed());
    calls.put("repeated", figures.repeated());
    calls.put("joined", figures.joined());
    calls.put("cached", figures.cached());
    long ended = Math.max(1, figures.succeeded() + figures.failed());
    calls.put("mean_ms", figures.seconds() * MILLIS_A_SECOND / ended);
    calls.put("slowest_ms", figures.slowestSeconds() * MILLIS_A_SECOND);
    return calls;
  }
}
