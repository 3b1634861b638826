package dev.holdfast.kinds.tool;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Retention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls that run, and those that have ended for as long as they can be asked for. Any thread.
 */
final class Calls {

  private static final HexFormat HEX = HexFormat.of();
  private static final long AT_ONCE_BYTES = 1 << 20;

  /** Kept of a call while it runs and after. */
  private static final Retention KEPT =
      new Retention(10_000, 16L * 1024 * 1024, Duration.ofDays(36_500));

  /** Names of sessions are chosen by clients: another user may have had the same one before. */
  private record RequestKey(String user, String session, String requestId) {}

  private final Engine engine;
  private final ToolSettings settings;
  private final InstantSource clock;
  private final LongSupplier random;
  private final EndedCalls ended;

  /** Those that were answered at once: so many that they would crowd out the others. */
  private final EndedCalls endedAtOnce;

  private final ConcurrentMap<String, Call> byId = new ConcurrentHashMap<>();
  private final ConcurrentMap<RequestKey, Call> byRequest = new ConcurrentHashMap<>();

  Calls(Engine engine, ToolSettings settings, InstantSource clock, LongSupplier random) {
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    long keptMillis = settings.keptFor().toMillis();
    this.ended = new EndedCalls(settings.keptBytes(), keptMillis);
    this.endedAtOnce = new EndedCalls(Math.min(AT_ONCE_BYTES, settings.keptBytes()), keptMillis);
  }

  /** Makes one, of an id that nobody can guess. */
  Call make(ToolRequest request, Clients.Counts client, Tool tool) throws ToolException {
    String id = HEX.toHexDigits(random.getAsLong());
    String given = request.requestId();
    Duration own = tool.timeout();
    Call call =
        new Call(
            id,
            request.user(),
            request.session(),
            given == null ? "r" + id : given,
            client,
            tool,
            (own == null ? settings.timeout() : own).toMillis(),
            () -> engine.own(new FeedId(Tools.KIND, id), KEPT));
    if (byRequest.putIfAbsent(key(call), call) != null) {
      throw ToolException.refused(
          ToolError.INVALID_REQUEST, "request_id: another call has it at this very moment");
    }
    byId.put(id, call);
    return call;
  }

  /** The call of that id; null for none. */
  @Nullable Call find(String id) {
    return byId.get(id);
  }

  /** The call that a user's session made with that request id; null for none. */
  @Nullable Call find(String user, String session, String requestId) {
    return byRequest.get(new RequestKey(user, session, requestId));
  }

  /** One has ended: it is kept for a while, and others may have to go for it. */
  void ended(Call call) {
    boolean atOnce = call.tool().gate().provider().answersAtOnce();
    (atOnce ? endedAtOnce : ended).add(call, clock.millis()).forEach(this::forget);
  }

  void forget(Call call) {
    byId.remove(call.id(), call);
    byRequest.remove(key(call), call);
    if (call.hasFeed()) {
      engine.remove(call.feedId());
    }
  }

  /** Forgets those that have been kept for long enough. */
  void sweep() {
    ended.gone(clock.millis()).forEach(this::forget);
    endedAtOnce.gone(clock.millis()).forEach(this::forget);
  }

  private static RequestKey key(Call call) {
    return new RequestKey(call.user(), call.session(), call.requestId());
  }
}
