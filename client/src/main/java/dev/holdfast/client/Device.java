package dev.holdfast.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A device: it registers at a gateway, comes back by itself, and does what it is told, each thing
 * once. Results are said until the gateway has them. Any thread; handlers are called on virtual
 * threads of their own.
 */
public final class Device implements AutoCloseable {

  /** Something that the device is to do. */
  public record Order(
      String commandId, String command, Map<?, ?> params, Instant deadline, Frame frame) {}

  /** Does it. */
  @FunctionalInterface
  public interface Handler {
    /**
     * @return the data of the result: anything that is JSON, or null
     * @throws Exception whose message is the error of the result
     */
    @Nullable Object obey(Order order) throws Exception;
  }

  private static final Backoff BACKOFF =
      new Backoff(
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          () -> ThreadLocalRandom.current().nextDouble());
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int UNAUTHORIZED = 4001;
  private static final String REGISTER = "register";
  private static final String RESULT = "r";

  /** The largest frame that gateways take, where this one does not say. */
  private static final int FRAME_BYTES = 64 * 1024;

  private final URI uri;
  private final String id;
  private final Map<String, Object> info = new LinkedHashMap<>();
  private final Map<String, Handler> handlers = new LinkedHashMap<>();
  private final Map<String, String> unconfirmed = new LinkedHashMap<>();
  private final CompletableFuture<Void> registered = new CompletableFuture<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("holdfast-device").factory());
  private @Nullable String token;
  private @Nullable String user;
  private @Nullable String lastCommandId;
  private volatile int frameBytes = FRAME_BYTES;
  private @Nullable Link link;
  private @Nullable ScheduledFuture<?> beat;
  private int attempts;
  private boolean closed;

  /**
   * @param gateway any of its addresses; only its host, port and scheme count
   */
  public Device(URI gateway, String id) {
    this.uri = Client.of(gateway).uri.resolve("/ws/device");
    this.id = id;
  }

  /** The token to be admitted with: the device's own, or its user's. */
  public Device token(@Nullable String with) {
    token = with;
    return this;
  }

  /** Whose device to be, at a gateway in development mode. */
  public Device user(@Nullable String name) {
    user = name;
    return this;
  }

  /** What it says of itself: {@code name}, {@code type}, {@code platform} and so on. */
  public Device info(String name, String value) {
    info.put(name, value);
    return this;
  }

  /** What it can do; before it starts. */
  public Device can(String command, Handler handler) {
    handlers.put(command, handler);
    return this;
  }

  /**
   * Connects; the future is done when the gateway knows it, and fails where it does not at once.
   */
  public CompletableFuture<Void> start() {
    loop.execute(this::open);
    return registered;
  }

  /** Done when it does not come back any more: says why. */
  public CompletableFuture<String> ended() {
    return ended;
  }

  /**
   * Says something by itself; nothing is kept for later while it has no connection.
   *
   * @throws IllegalArgumentException where it is larger than a frame may be
   */
  public void event(String name, Object data) {
    String frame = Json.text(Map.of("type", "event", "name", name, "data", data));
    if (bytes(frame) > frameBytes) {
      throw new IllegalArgumentException(tooLarge(frame));
    }
    loop.execute(() -> say(frame));
  }

  private static int bytes(String frame) {
    return frame.getBytes(StandardCharsets.UTF_8).length;
  }

  private String tooLarge(String frame) {
    return "has " + bytes(frame) + " bytes, and a frame no more than " + frameBytes;
  }

  private void open() {
    if (!closed) {
      link = new Link(loop, new Events());
      link.open(http, uri, CONNECT_TIMEOUT);
    }
  }

  private void say(Map<String, ?> frame) {
    say(Json.text(frame));
  }

  private void say(String frame) {
    Link now = link;
    if (now != null) {
      now.send(frame);
    }
  }

  /** On the device's thread. */
  private final class Events implements Link.Events {

    @Override
    public void opened(Link by) {
      if (token != null || user != null) {
        Map<String, Object> hello = new LinkedHashMap<>();
        hello.put("type", "connect");
        hello.put(
            token == null ? "user_id" : "token", String.valueOf(token == null ? user : token));
        say(hello);
      }
      Map<String, Object> said = new LinkedHashMap<>(info);
      said.put("capabilities", List.copyOf(handlers.keySet()));
      Map<String, Object> register = new LinkedHashMap<>();
      register.put("type", "register");
      register.put("id", REGISTER);
      register.put("device_id", id);
      register.put("device_info", said);
      if (lastCommandId != null) {
        register.put("last_command_id", lastCommandId);
      }
      say(register);
    }

    @Override
    public void received(Link by, String text) {
      Frame frame = Frame.of(text);
      switch (frame.type()) {
        case "registered" -> {
          attempts = 0;
          // What it got before this process, or before that gateway, is not to be given again.
          String last = frame.text("last_command_id");
          lastCommandId = last == null ? lastCommandId : last;
          unconfirmed.values().forEach(Device.this::say);
          registered.complete(null);
        }
        case "connected" -> connected(frame);
        case "heartbeat_probe" -> say(Map.of("type", "heartbeat"));
        case "command" -> ordered(frame);
        case "ack" -> confirmed(frame);
        case "error" -> refused(frame);
        default -> {
          // Not for a device.
        }
      }
    }

    @Override
    public void ended(Link by, int code, String reason, @Nullable Throwable cause) {
      link = null;
      if (beat != null) {
        beat.cancel(false);
      }
      Advice advice = code < 0 ? Advice.afterHandshake(cause) : Advice.afterClose(code);
      // One that was never known, or is not let in any more, does not come back.
      if (closed || !advice.again() || code == UNAUTHORIZED || !known()) {
        end(reason);
        return;
      }
      Duration pause = BACKOFF.before(attempts++);
      Duration wait = pause.compareTo(advice.atLeast()) < 0 ? advice.atLeast() : pause;
      loop.schedule(Device.this::open, wait.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Whether the gateway has known it. */
  private boolean known() {
    return registered.isDone() && !registered.isCompletedExceptionally();
  }

  private void connected(Frame frame) {
    if (frame.fields().get("limits") instanceof Map<?, ?> limits
        && limits.get("max_frame_bytes") instanceof Integer most) {
      frameBytes = most;
    }
    beats(frame.number("heartbeat_interval_ms", 0));
  }

  private void end(String reason) {
    registered.completeExceptionally(new CommandException("unavailable", reason, -1));
    ended.complete(reason);
  }

  private void beats(long intervalMillis) {
    if (beat != null) {
      beat.cancel(false);
    }
    if (intervalMillis > 0) {
      beat =
          loop.scheduleAtFixedRate(
              () -> beat(intervalMillis), intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void beat(long intervalMillis) {
    Link now = link;
    if (now != null
        && System.nanoTime() - now.heardNanos()
            > TimeUnit.MILLISECONDS.toNanos(intervalMillis) * 3) {
      now.abort("nothing was heard for three heartbeats");
    } else {
      say(Map.of("type", "heartbeat"));
    }
  }

  private void ordered(Frame frame) {
    String commandId = frame.text("command_id");
    String command = frame.text("command");
    String deadline = frame.text("deadline");
    if (commandId == null || command == null || deadline == null) {
      return;
    }
    lastCommandId = commandId;
    Map<?, ?> params = frame.fields().get("params") instanceof Map<?, ?> map ? map : Map.of();
    Order order = new Order(commandId, command, params, Instant.parse(deadline), frame);
    Handler handler = handlers.get(command);
    Thread.ofVirtual().name("device-" + commandId).start(() -> obey(order, handler));
  }

  private void obey(Order order, @Nullable Handler handler) {
    String result;
    try {
      if (handler == null) {
        throw new IllegalStateException("this device does not know '" + order.command() + "'");
      }
      result = result(order, true, "data", handler.obey(order));
    } catch (Exception e) {
      result = result(order, false, "error", String.valueOf(e.getMessage()));
    }
    if (bytes(result) > frameBytes) {
      result = result(order, false, "error", "the result " + tooLarge(result));
    }
    said(order, result);
  }

  private static String result(Order order, boolean success, String what, @Nullable Object value) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("type", "result");
    result.put("id", RESULT + order.commandId());
    result.put("command_id", order.commandId());
    result.put("success", success);
    if (value != null) {
      result.put(what, value);
    }
    return Json.text(result);
  }

  private void said(Order order, String result) {
    if (!loop.isShutdown()) {
      loop.execute(() -> {
        unconfirmed.put(order.commandId(), result);
        say(result);
      });
    }
  }

  private void confirmed(Frame frame) {
    String named = frame.text("id");
    if (named != null && named.startsWith(RESULT)) {
      unconfirmed.remove(named.substring(RESULT.length()));
    }
  }

  private void refused(Frame frame) {
    String message = String.valueOf(frame.text("message"));
    if (!registered.isDone()) {
      registered.completeExceptionally(
          new CommandException(String.valueOf(frame.text("code")), message, -1));
    } else if (REGISTER.equals(frame.text("id")) && link != null) {
      // It is none on this connection: later there may be room again.
      link.abort(message);
    } else {
      // The command has ended without it.
      confirmed(frame);
    }
  }

  /** Disconnects for good. */
  @Override
  public void close() {
    loop.execute(() -> {
      closed = true;
      if (link != null) {
        link.close();
      }
      end("closed");
    });
    loop.shutdown();
    http.shutdownNow();
  }
}
