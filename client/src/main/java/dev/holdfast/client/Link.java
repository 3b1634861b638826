package dev.holdfast.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: sends texts in their order, one at a time as the JDK wants it, and tells what
 * comes. Everything but the callbacks of the WebSocket happens on the client's thread.
 */
final class Link implements WebSocket.Listener {

  /** What a link tells, on the client's thread. */
  interface Events {
    void opened(Link link);

    void received(Link link, String text);

    /** Once, last; {@code code} -1 where no close frame came. */
    void ended(Link link, int code, String reason, @Nullable Throwable cause);
  }

  /** Frames that may be on their way from the socket's thread to the client's. */
  private static final int WINDOW = 64;

  private final Executor loop;
  private final Events events;
  private final Deque<String> outbox = new ArrayDeque<>();
  private final StringBuilder text = new StringBuilder();
  private @Nullable WebSocket socket;
  private boolean sending;
  private boolean ended;
  private volatile long heardNanos = System.nanoTime();

  Link(Executor loop, Events events) {
    this.loop = loop;
    this.events = events;
  }

  void open(HttpClient http, URI uri, Duration timeout) {
    http.newWebSocketBuilder()
        .connectTimeout(timeout)
        .buildAsync(uri, this)
        .whenComplete((opened, failure) -> loop.execute(() -> built(uri, opened, failure)));
  }

  private void built(URI uri, @Nullable WebSocket opened, @Nullable Throwable failure) {
    if (opened == null) {
      Throwable cause = failure;
      while (cause instanceof CompletionException && cause.getCause() != null) {
        cause = cause.getCause();
      }
      end(-1, why(uri, cause), cause);
    } else if (ended) {
      opened.abort();
    } else {
      socket = opened;
      heardNanos = System.nanoTime();
      opened.request(WINDOW);
      events.opened(this);
    }
  }

  private static String why(URI uri, @Nullable Throwable cause) {
    return switch (cause) {
      case null -> "no connection";
      case WebSocketHandshakeException refused ->
          "the handshake was refused: HTTP " + refused.getResponse().statusCode();
      default -> Unreachable.why(uri, cause);
    };
  }

  /** When something came last, by {@link System#nanoTime()}. Any thread. */
  long heardNanos() {
    return heardNanos;
  }

  /** Takes itself for dead once nothing has come for so long. */
  void watch(ScheduledExecutorService timer, long silenceMillis) {
    long silent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNanos);
    if (ended) {
      return;
    }
    if (silent >= silenceMillis) {
      abort("nothing came for " + silent + " ms");
    } else {
      timer.schedule(
          () -> loop.execute(() -> watch(timer, silenceMillis)),
          Math.max(100, silenceMillis / 4),
          TimeUnit.MILLISECONDS);
    }
  }

  void send(String frame) {
    outbox.add(frame);
    sendNext();
  }

  private void sendNext() {
    if (sending || socket == null || ended) {
      return;
    }
    String next = outbox.poll();
    if (next != null) {
      sending = true;
      socket
          .sendText(next, true)
          .whenComplete((done, failure) -> loop.execute(() -> sent(failure)));
    }
  }

  private void sent(@Nullable Throwable failure) {
    sending = false;
    if (failure == null) {
      sendNext();
    } else {
      abort("sending failed: " + failure.getMessage());
    }
  }

  /** Ends it in order. */
  void close() {
    WebSocket open = socket;
    if (open != null && !ended) {
      ended = true;
      outbox.clear();
      open.sendClose(WebSocket.NORMAL_CLOSURE, "")
          .orTimeout(1, TimeUnit.SECONDS)
          .whenComplete((done, failure) -> open.abort());
    }
    ended = true;
  }

  /** Ends it at once. */
  void abort(String why) {
    if (socket != null) {
      socket.abort();
    }
    end(-1, why, null);
  }

  private void end(int code, String reason, @Nullable Throwable cause) {
    if (!ended) {
      ended = true;
      outbox.clear();
      events.ended(this, code, reason, cause);
    }
  }

  @Override
  public void onOpen(WebSocket opened) {
    // Nothing is asked for until the client has the link.
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    heardNanos = System.nanoTime();
    text.append(data);
    if (last) {
      String whole = text.toString();
      text.setLength(0);
      loop.execute(() -> {
        if (!ended) {
          events.received(this, whole);
          from.request(1);
        }
      });
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    // Answered by the JDK once this returns.
    heardNanos = System.nanoTime();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    loop.execute(() -> end(code, reason, null));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    loop.execute(() -> end(-1, String.valueOf(error.getMessage()), error));
  }
}
