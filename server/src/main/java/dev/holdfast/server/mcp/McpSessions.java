package dev.holdfast.server.mcp;

import dev.holdfast.session.Principal;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The sessions of MCP clients, each of one user. Any thread.
 *
 * <p>Source: MCP, streamable HTTP.
 */
final class McpSessions implements McpStreamableServerTransportProvider {

  private static final int MOST = 10_000;
  private static final long IDLE_NANOS = Duration.ofHours(1).toNanos();

  /** A session and whose it is. */
  private static final class Held {
    final McpStreamableServerSession session;
    final String user;
    volatile long usedNanos = System.nanoTime();

    Held(McpStreamableServerSession session, String user) {
      this.session = session;
      this.user = user;
    }
  }

  private final ConcurrentMap<String, Held> sessions = new ConcurrentHashMap<>();
  private volatile McpStreamableServerSession.@Nullable Factory factory;

  @Override
  public void setSessionFactory(McpStreamableServerSession.Factory sessionFactory) {
    factory = sessionFactory;
  }

  /** Begins one; null where there are too many. */
  McpStreamableServerSession.@Nullable McpStreamableServerSessionInit begin(
      McpSchema.InitializeRequest request, Principal who) {
    if (sessions.size() >= MOST) {
      sweep();
      if (sessions.size() >= MOST) {
        return null;
      }
    }
    var init = Objects.requireNonNull(factory).startSession(request);
    sessions.put(init.session().getId(), new Held(init.session(), who.userId()));
    return init;
  }

  /** The session of that id, for its own user; null for others. */
  @Nullable McpStreamableServerSession find(@Nullable String id, Principal who) {
    Held held = id == null ? null : sessions.get(id);
    if (held == null || !held.user.equals(who.userId())) {
      return null;
    }
    held.usedNanos = System.nanoTime();
    return held.session;
  }

  void end(McpStreamableServerSession session) {
    sessions.remove(session.getId());
    session.close();
  }

  /** Forgets those that nobody has used for long. */
  private void sweep() {
    long now = System.nanoTime();
    for (Held held : sessions.values()) {
      if (now - held.usedNanos > IDLE_NANOS) {
        end(held.session);
      }
    }
  }

  @Override
  public Mono<Void> notifyClients(String method, Object params) {
    return Flux.fromIterable(sessions.values())
        .filter(held -> held.session.hasListeningStream())
        .flatMap(held -> held.session.sendNotification(method, params).onErrorComplete())
        .then();
  }

  @Override
  public Mono<Void> notifyClient(String sessionId, String method, Object params) {
    Held held = sessions.get(sessionId);
    return held == null ? Mono.empty() : held.session.sendNotification(method, params);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(() -> sessions.values().forEach(held -> end(held.session)));
  }
}
