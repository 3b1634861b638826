package dev.holdfast.client;

import dev.holdfast.client.Calls.Call;
import dev.holdfast.wire.ClientFrame.Begin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of a gateway, which comes back by itself.
 *
 * <p>It keeps one connection. When that is lost it connects again, with growing pauses, takes its
 * session up, goes on in every feed after the last event that it was given, and sends the commands
 * again that have no answer yet; each of them is obeyed once. Any thread; subscribers, listeners
 * and what depends on futures are called on the client's own thread, which they should not block.
 */
public final class Client implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Client.class.getName());

  /** Commands that change nothing, or nothing twice. */
  private static final Set<String> REPEATABLE =
      Set.of("ping", "history", "presence", "get_stats", "detach", "subscribe", "unsubscribe");

  private static final int LONGEST_FRAME = 64 * 1024;

  private final ClientBuilder settings;
  private final HttpClient http;
  private final ScheduledThreadPoolExecutor loop;
  private final Calls calls = new Calls();
  private final Map<String, FeedFlow> flows = new LinkedHashMap<>();

  /** Feeds that are read from admission on and have no subscriber, with their places. */
  private final Map<String, String> unclaimed = new HashMap<>();

  private final CompletableFuture<Client> first = new CompletableFuture<>();
  private @Nullable Link link;
  private @Nullable String sessionId;
  private @Nullable String usedToken;
  private @Nullable Frame refusal;
  private String helloId = "";
  private boolean admitted;
  private boolean ended;
  private int attempts;
  private long commandCount;
  private long advisedMillis;
  private volatile long frameLimit = LONGEST_FRAME;
  private volatile long silenceMillis;
  private volatile @Nullable Thread thread;

  Client(ClientBuilder settings) {
    this.settings = settings;
    this.http =
        settings.http == null
            ? HttpClient.newBuilder().connectTimeout(settings.connectTimeout).build()
            : settings.http;
    this.loop = new ScheduledThreadPoolExecutor(1, this::newThread);
    loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * A client of the gateway there.
   *
   * @param uri such as {@code ws://127.0.0.1:8079/ws}; {@code http} is taken for {@code ws}, and no
   *     path for {@code /ws}
   */
  public static ClientBuilder of(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).replaceFirst("^http", "ws");
    if ((!scheme.equals("ws") && !scheme.equals("wss")) || uri.getHost() == null) {
      throw new IllegalArgumentException("not a WebSocket URL: " + uri);
    }
    String path =
        uri.getRawPath() == null || uri.getRawPath().length() < 2 ? "/ws" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return new ClientBuilder(URI.create(scheme + "://" + uri.getRawAuthority() + path + query));
  }

  /** Whether a text is one JSON value. */
  public static boolean isJson(String text) {
    return Json.isOne(text);
  }

  private Thread newThread(Runnable work) {
    Thread made = new Thread(work, "holdfast-client");
    made.setDaemon(true);
    thread = made;
    return made;
  }

  CompletableFuture<Client> start() {
    run(this::connect);
    return first;
  }

  /** Runs on the client's thread: now where this is it, else soon; never once it has ended. */
  void run(Runnable task) {
    if (Thread.currentThread().equals(thread)) {
      task.run();
    } else {
      later(task);
    }
  }

  /**
   * Runs on the client's thread, after what it does now. What the socket tells comes this way: the
   * JDK may tell it on the thread that asked for more, which is then this one, and it would
   * overtake what was told before.
   */
  private void later(Runnable task) {
    try {
      loop.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.TRACE, "the client has ended", e);
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a subscriber or listener failed", e);
    }
  }

  // Commands.

  /**
   * Gives a command.
   *
   * @param fields the fields besides {@code type} and {@code id}: String, Boolean, Number, List,
   *     Map, null, or {@link dev.holdfast.wire.RawJson}
   * @return the answer; fails with {@link CommandException}
   */
  public CompletableFuture<Frame> command(String type, Map<String, ?> fields) {
    CompletableFuture<Frame> answer = new CompletableFuture<>();
    run(() -> give(type, fields, answer));
    if (loop.isShutdown()) {
      answer.completeExceptionally(closed());
    }
    return answer;
  }

  private static CommandException closed() {
    return new CommandException(CommandException.CLOSED, "the client is closed", -1);
  }

  private String give(String type, Map<String, ?> fields, CompletableFuture<Frame> answer) {
    String id = Long.toString(++commandCount, Character.MAX_RADIX);
    Map<String, @Nullable Object> frame = new LinkedHashMap<>();
    frame.put("type", type);
    frame.put("id", id);
    frame.putAll(fields);
    String text;
    try {
      text = Json.text(frame);
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
      return id;
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (ended) {
      answer.completeExceptionally(closed());
    } else if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      answer.completeExceptionally(
          new CommandException("bad_request", "half a surrogate pair is not Unicode", -1));
    } else if (bytes > frameLimit) {
      answer.completeExceptionally(
          new CommandException(
              "too_large", "the frame has " + bytes + " bytes; most are " + frameLimit, -1));
    } else if (!calls.add(new Call(id, text, fate(type, fields), answer))) {
      answer.completeExceptionally(
          new CommandException("over_capacity", "too many commands wait for an answer", -1));
    }
    sendCalls();
    return id;
  }

  private static Calls.Fate fate(String type, Map<String, ?> fields) {
    if (type.equals("attach")) {
      return Calls.Fate.DROPPED;
    }
    return REPEATABLE.contains(type) || fields.containsKey("idempotency_key")
        ? Calls.Fate.REPEATED
        : Calls.Fate.ONCE;
  }

  private void sendCalls() {
    Link over = link;
    Call call;
    while (admitted && over != null && (call = calls.next()) != null) {
      over.send(call.text());
    }
  }

  /** Says something to everyone in a channel. */
  public CompletableFuture<Frame> message(String channel, @Nullable Object content) {
    return command("message", fields("channel", channel, "content", content));
  }

  /** Says something to every other connection. */
  public CompletableFuture<Frame> broadcast(@Nullable Object content) {
    return command("broadcast", fields("content", content));
  }

  /** Says something to one user. */
  public CompletableFuture<Frame> direct(String to, @Nullable Object content) {
    return command("direct", fields("to", to, "content", content));
  }

  /**
   * Publishes an event.
   *
   * @param event its type, with a colon in it
   * @param key so that it is published once however often it is said; null for none
   */
  public CompletableFuture<Frame> publish(
      String channel, String event, @Nullable Object data, @Nullable String key) {
    Map<String, @Nullable Object> fields = fields("channel", channel, "event", event);
    fields.put("data", data);
    if (key != null) {
      fields.put("idempotency_key", key);
    }
    return command("publish", fields);
  }

  private static Map<String, @Nullable Object> fields(String name, @Nullable Object value) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(name, value);
    return fields;
  }

  private static Map<String, @Nullable Object> fields(
      String name, @Nullable Object value, String other, @Nullable Object otherValue) {
    Map<String, @Nullable Object> fields = fields(name, value);
    fields.put(other, otherValue);
    return fields;
  }

  // Feeds.

  /** What comes in a channel from now on. */
  public Flow.Publisher<Delivery> channel(String name) {
    return feed("channel:" + name, new Begin.Now());
  }

  /**
   * A feed, read once somebody subscribes; it takes one subscriber at a time. It ends with the
   * client, or fails with a {@link CommandException} where it may not be read.
   */
  public Flow.Publisher<Delivery> feed(String feed, Begin from) {
    return subscriber -> {
      java.util.Objects.requireNonNull(subscriber);
      FeedFlow flow = new FeedFlow(this, feed, from, subscriber);
      if (loop.isShutdown()) {
        flow.refuse(closed());
        return;
      }
      run(() -> {
        if (ended) {
          flow.refuse(closed());
        } else if (flows.putIfAbsent(feed, flow) != null) {
          flow.refuse(new IllegalStateException(feed + " has a subscriber already"));
        } else {
          unclaimed.remove(feed);
          if (!(from instanceof Begin.Now)) {
            // It may be read already, as a run is by whoever starts it; only anew it begins there.
            detach(feed);
          }
          flow.begin();
        }
      });
    };
  }

  /** Asks for a feed; returns the id of the command. */
  String attach(String feed, Begin from) {
    Object wire =
        switch (from) {
          case Begin.Start() -> "start";
          case Begin.Now() -> "now";
          case Begin.After(String position) -> Map.of("after", position);
        };
    CompletableFuture<Frame> answer = new CompletableFuture<>();
    String id = give("attach", fields("feed", feed, "from", wire), answer);
    answer.whenComplete((frame, failure) -> run(() -> attached(feed, id, frame, failure)));
    return id;
  }

  private void attached(
      String feed, String id, @Nullable Frame frame, @Nullable Throwable failure) {
    FeedFlow flow = flows.get(feed);
    if (flow == null || !flow.askedBy(id)) {
      return;
    }
    if (frame != null) {
      flow.attached(frame);
    } else if (failure != null) {
      flow.fail(failure);
    }
  }

  void detach(String feed) {
    give("detach", fields("feed", feed), new CompletableFuture<>());
  }

  /** The gateway left something out, which it never should: another connection may do better. */
  void hole(String feed, long after, long found) {
    LOG.log(System.Logger.Level.WARNING, "{0}: event {1} came after {2}", feed, found, after);
    if (link != null) {
      link.abort("a hole in " + feed);
    }
  }

  /** Its subscriber is gone. */
  void forget(FeedFlow flow) {
    if (flows.remove(flow.feed(), flow)) {
      detach(flow.feed());
    }
  }

  // The connection.

  private void connect() {
    if (ended) {
      return;
    }
    refusal = null;
    advisedMillis = 0;
    Link opening = new Link(this::later, new Ears());
    link = opening;
    opening.open(http, settings.uri, settings.connectTimeout);
  }

  private void hello(Link over) {
    helloId = "hello-" + ++commandCount;
    Map<String, @Nullable Object> hello = fields("type", "connect", "id", helloId);
    usedToken = settings.token.get();
    if (usedToken != null) {
      hello.put("token", usedToken);
    }
    if (settings.user != null) {
      hello.put("user_id", settings.user);
    }
    if (sessionId != null) {
      hello.put("session_id", sessionId);
      Map<String, String> positions = new LinkedHashMap<>(unclaimed);
      flows.forEach((feed, flow) -> {
        String position = flow.resumePosition();
        if (position != null) {
          positions.put(feed, position);
        }
      });
      hello.put("positions", positions);
    }
    over.send(Json.text(hello));
  }

  private void admitted(Frame frame) {
    boolean resumed = frame.flag("resumed");
    sessionId = frame.text("session_id");
    attempts = 0;
    admitted = true;
    if (frame.fields().get("limits") instanceof Map<?, ?> limits
        && limits.get("max_frame_bytes") instanceof Number most) {
      frameLimit = most.longValue();
    }
    // Three heartbeats missed: a connection that is dead without anybody having said so.
    silenceMillis = 3 * frame.number("heartbeat_interval_ms", 25_000);
    watchSilence();
    unclaimed.clear();
    Map<String, FeedFlow> left = new LinkedHashMap<>(flows);
    if (frame.fields().get("feeds") instanceof List<?> feeds) {
      for (Object feed : feeds) {
        if (feed instanceof Map<?, ?> place) {
          placed(place, resumed, left);
        }
      }
    }
    Calls.Resumption commands = calls.resume(resumed);
    Link over = link;
    if (over != null) {
      commands.again().forEach(call -> over.send(call.text()));
    }
    left.values().forEach(FeedFlow::reattach);
    sendCalls();
    commands.lost().forEach(Client::lost);
    settings.listener.connected(frame);
    first.complete(this);
  }

  private static void lost(Call call) {
    call.answer()
        .completeExceptionally(
            new CommandException(
                CommandException.UNKNOWN_OUTCOME,
                "the session was lost before the answer came; it may have been obeyed",
                -1));
  }

  private void placed(Map<?, ?> place, boolean resumed, Map<String, FeedFlow> left) {
    String feed = String.valueOf(place.get("feed"));
    String position = String.valueOf(place.get("position"));
    FeedFlow flow = flows.get(feed);
    if (flow == null) {
      unclaimed.put(feed, position);
    } else if (!resumed || flow.resumePosition() == null) {
      // Attached, but not from where the subscriber is: it is asked for anew.
      detach(feed);
    } else {
      left.remove(feed);
      flow.resumed(position, Boolean.TRUE.equals(place.get("recovered")));
    }
  }

  private void watchSilence() {
    Link watched = link;
    if (watched == null || silenceMillis <= 0) {
      return;
    }
    loop.schedule(
        () -> {
          if (!watched.equals(link)) {
            return;
          }
          long silent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - watched.heardNanos());
          if (silent >= silenceMillis) {
            watched.abort("nothing came for " + silent + " ms");
          } else {
            watchSilence();
          }
        },
        Math.max(100, silenceMillis / 4),
        TimeUnit.MILLISECONDS);
  }

  private void received(Frame frame) {
    String type = frame.type();
    if (type.equals("connected")) {
      // A URL with a token is greeted unasked; what counts is the answer to what was asked.
      if (helloId.equals(frame.text("id"))) {
        admitted(frame);
      }
      return;
    }
    Call call = calls.answered(frame.text("id"));
    if (call != null) {
      if (type.equals("error")) {
        call.answer().completeExceptionally(CommandException.of(frame));
      } else {
        call.answer().complete(frame);
      }
      sendCalls();
      return;
    }
    String feed = frame.text("feed");
    FeedFlow flow = feed == null ? null : flows.get(feed);
    if (flow != null) {
      toFlow(flow, frame);
    } else if (feed != null) {
      unclaimed(feed, frame);
    } else {
      aside(frame);
    }
  }

  private static void toFlow(FeedFlow flow, Frame frame) {
    if (frame.fields().containsKey("offset")) {
      flow.event(frame);
      return;
    }
    switch (frame.type()) {
      case "gap" -> flow.gap(frame);
      case "snapshot" -> flow.snapshot(frame);
      case "detached" -> {
        if (frame.text("id") == null) {
          flow.fail(new CommandException("forbidden", "it may no longer be read", -1));
        }
      }
      default -> {}
    }
  }

  private void unclaimed(String feed, Frame frame) {
    String position = unclaimed.get(feed);
    if (position != null && frame.fields().containsKey("offset")) {
      String now = Places.of(Places.epoch(position), frame.number("offset", 0));
      unclaimed.put(feed, now);
      settings.listener.event(new Delivery.Event(feed, now, frame));
    } else if (frame.type().equals("detached")) {
      unclaimed.remove(feed);
    }
  }

  private void aside(Frame frame) {
    switch (frame.type()) {
      case "token_expiring" -> {
        String token = settings.token.get();
        if (token != null && !token.equals(usedToken)) {
          usedToken = token;
          command("refresh", Map.of("token", token));
        }
      }
      case "reconnect" -> advisedMillis = frame.number("reconnect_after_ms", 0);
      case "error" -> {
        // Whatever else it means: where the connection ends now, this is why.
        refusal = frame;
        settings.listener.frame(frame);
      }
      default -> settings.listener.frame(frame);
    }
  }

  private void lost(int code, String reason, @Nullable Throwable cause) {
    boolean was = admitted;
    admitted = false;
    link = null;
    if (ended) {
      return;
    }
    Advice advice = code < 0 ? Advice.afterHandshake(cause) : Advice.afterClose(code);
    boolean hopeless =
        !advice.again()
            || (!first.isDone() && !settings.patient)
            || (code == 4001 && java.util.Objects.equals(usedToken, settings.token.get()));
    if (hopeless) {
      end(reason, code, cause);
      return;
    }
    // A connection that was good is tried again soon; what fails again and again, less and less.
    Duration wait = was ? settings.backoff.before(0) : settings.backoff.before(attempts);
    attempts++;
    wait =
        Duration.ofMillis(
            Math.max(Math.max(wait.toMillis(), advisedMillis), advice.atLeast().toMillis()));
    settings.listener.disconnected(reason, wait);
    loop.schedule(() -> guarded(this::connect), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void end(String reason, int code, @Nullable Throwable cause) {
    if (ended) {
      return;
    }
    ended = true;
    Frame said = refusal;
    RuntimeException why =
        said == null
            ? new CommandException(
                CommandException.CLOSED, reason + (code < 0 ? "" : " (" + code + ")"), -1)
            : CommandException.of(said);
    calls.fail(CommandException.CLOSED, "the client has ended: " + reason);
    List.copyOf(flows.values()).forEach(flow -> flow.fail(why));
    settings.listener.closed(reason);
    first.completeExceptionally(
        said != null || cause == null ? why : new IOException(reason, cause));
    release();
  }

  private void release() {
    loop.shutdown();
    if (settings.http == null) {
      http.shutdown();
    }
  }

  /** The session, for a look at the gateway's lists; null before admission. */
  public @Nullable String sessionId() {
    return sessionId;
  }

  /** Cuts the connection as a network would, for tests and trials; the client comes back. */
  public void cut() {
    run(() -> {
      if (link != null) {
        link.abort("cut");
      }
    });
  }

  /** Closes the connection and ends every feed; commands without an answer fail. */
  @Override
  public void close() {
    run(() -> {
      if (!ended) {
        ended = true;
        if (link != null) {
          link.close();
          link = null;
        }
        calls.fail(CommandException.CLOSED, "the client is closed");
        List.copyOf(flows.values()).forEach(FeedFlow::complete);
        flows.clear();
        settings.listener.closed("closed");
        first.completeExceptionally(closed());
        release();
      }
    });
  }

  private final class Ears implements Link.Events {
    @Override
    public void opened(Link from) {
      hello(from);
    }

    @Override
    public void received(Link from, String text) {
      if (from.equals(link)) {
        Client.this.received(Frame.of(text));
      }
    }

    @Override
    public void ended(Link from, int code, String reason, @Nullable Throwable cause) {
      if (from.equals(link)) {
        lost(code, reason, cause);
      }
    }
  }
}
