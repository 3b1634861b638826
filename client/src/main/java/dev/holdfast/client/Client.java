package dev.holdfast.client;

import dev.holdfast.client.Calls.Call;
import dev.holdfast.wire.ClientFrame.Begin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
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

  /** The most that a gateway takes of whoever it does not know yet. */
  private static final int HELLO_BYTES = 16 * 1024;

  private final ClientBuilder settings;
  private final HttpClient http;
  private final ScheduledThreadPoolExecutor loop;
  private final Calls calls = new Calls();
  private final Feeds feeds;
  private final Attaching attaching;
  private final CompletableFuture<Client> first = new CompletableFuture<>();
  private @Nullable Link link;
  private @Nullable String sessionId;
  private @Nullable String usedToken;
  private @Nullable Frame refusal;
  private String helloId = "";
  private boolean admitted;
  private boolean ended;
  private int attempts;
  private long advisedMillis;
  private volatile @Nullable Thread thread;

  Client(ClientBuilder settings) {
    this.settings = settings;
    this.feeds = new Feeds(this::detach, settings.listener);
    this.attaching = new Attaching(this, feeds);
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
    run(() -> {
      calls.give(type, fields, answer);
      sendCalls();
    });
    if (loop.isShutdown()) {
      answer.completeExceptionally(Calls.closed());
    }
    return answer;
  }

  /** Gives a command that is given again where it came too fast, as long as it is wanted. */
  String give(
      String type, Map<String, ?> fields, BooleanSupplier wanted, CompletableFuture<Frame> answer) {
    String id = calls.give(type, fields, wanted, answer);
    sendCalls();
    return id;
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
    return command("message", Json.fields("channel", channel, "content", content));
  }

  /** Says something to every other connection. */
  public CompletableFuture<Frame> broadcast(@Nullable Object content) {
    return command("broadcast", Json.fields("content", content));
  }

  /** Says something to one user. */
  public CompletableFuture<Frame> direct(String to, @Nullable Object content) {
    return command("direct", Json.fields("to", to, "content", content));
  }

  /**
   * Publishes an event.
   *
   * @param event its type, with a colon in it
   * @param key so that it is published once however often it is said; null for none
   */
  public CompletableFuture<Frame> publish(
      String channel, String event, @Nullable Object data, @Nullable String key) {
    Map<String, @Nullable Object> fields = Json.fields("channel", channel, "event", event);
    fields.put("data", data);
    if (key != null) {
      fields.put("idempotency_key", key);
    }
    return command("publish", fields);
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
        flow.refuse(Calls.closed());
        return;
      }
      run(() -> {
        if (ended) {
          flow.refuse(Calls.closed());
        } else if (!feeds.add(flow)) {
          flow.refuse(new IllegalStateException(feed + " has a subscriber already"));
        } else {
          if (!(from instanceof Begin.Now)) {
            // It may be read already, as a run is by whoever starts it; only anew it begins there.
            attaching.detach(feed);
          }
          flow.begin();
        }
      });
    };
  }

  /** Asks for a feed; returns the id of the command. */
  String attach(String feed, Begin from) {
    return attaching.attach(feed, from);
  }

  void detach(String feed) {
    attaching.detach(feed);
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
    if (feeds.remove(flow)) {
      attaching.detach(flow.feed());
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
    helloId = "hello-" + calls.nextId();
    Map<String, @Nullable Object> hello = Json.fields("type", "connect", "id", helloId);
    usedToken = settings.token.get();
    if (usedToken != null) {
      hello.put("token", usedToken);
    }
    if (settings.user != null) {
      hello.put("user_id", settings.user);
    }
    if (sessionId != null) {
      hello.put("session_id", sessionId);
      long room = Math.min(HELLO_BYTES, calls.frameLimit()) - Json.text(hello).length() - 20;
      hello.put("positions", feeds.positions(room));
    }
    over.send(Json.text(hello));
  }

  private void admitted(Frame frame) {
    Link over = link;
    boolean resumed = frame.flag("resumed");
    sessionId = frame.text("session_id");
    attempts = 0;
    admitted = true;
    if (frame.fields().get("limits") instanceof Map<?, ?> limits
        && limits.get("max_frame_bytes") instanceof Number most) {
      calls.frameLimit(most.longValue());
    }
    // Three heartbeats missed: a connection that is dead without anybody having said so.
    long silenceMillis = 3 * frame.number("heartbeat_interval_ms", 25_000);
    if (over != null && silenceMillis > 0) {
      over.watch(loop, silenceMillis);
    }
    // Before anything else is given: what waits is sent by this session alone, and has its answer.
    Calls.Resumption commands = calls.resume(resumed);
    if (over != null) {
      commands.again().forEach(call -> over.send(call.text()));
    }
    List<FeedFlow> left = feeds.placed(frame.fields().get("feeds"), resumed);
    left.forEach(FeedFlow::reattach);
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
      if (!type.equals("error")) {
        calls.taken();
        call.answer().complete(frame);
      } else if (call.again() == null || !"rate_limited".equals(frame.text("code"))) {
        call.answer().completeExceptionally(CommandException.of(frame));
      } else {
        tooFast(call, frame);
      }
      sendCalls();
      return;
    }
    String feed = frame.text("feed");
    if (feed == null) {
      aside(frame);
    } else {
      feeds.received(feed, frame);
    }
  }

  private void tooFast(Call call, Frame refusal) {
    int before = calls.hold();
    Link over = link;
    if (before >= 0 && over != null) {
      long pause = settings.backoff.before(before).toMillis();
      loop.schedule(
          () ->
              guarded(() -> {
                if (over.equals(link)) {
                  calls.release();
                  sendCalls();
                }
              }),
          Math.max(pause, refusal.number("retry_after_ms", 0)),
          TimeUnit.MILLISECONDS);
    }
    if (!calls.putBack(call)) {
      call.answer().completeExceptionally(CommandException.of(refusal));
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
    calls.end("the client has ended: " + reason);
    feeds.fail(why);
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
        calls.end("the client is closed");
        feeds.complete();
        settings.listener.closed("closed");
        first.completeExceptionally(Calls.closed());
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
