package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One channel: what is typed goes in, what is said comes out as lines. Any thread. */
final class Talk implements Flow.Subscriber<Delivery> {

  /** Messages under way at once; a long pipe waits for the gateway. */
  private static final int UNDER_WAY = 200;

  private static final long LONGEST_WAIT_NANOS = 5_000_000_000L;

  private final Client client;
  private final String channel;
  private final boolean json;
  private final Consumer<String> show;
  private final Semaphore room = new Semaphore(UNDER_WAY);
  private final AtomicBoolean failed = new AtomicBoolean();
  private final Object shown = new Object();
  private long saidOffset;
  private long shownOffset;

  Talk(Client client, String channel, boolean json, Consumer<String> show) {
    this.client = client;
    this.channel = channel;
    this.json = json;
    this.show = show;
  }

  /** Does what a line says; false when that is to leave. */
  boolean obey(String line) {
    String[] words = line.strip().split("\\s+", 3);
    switch (words[0]) {
      case "" -> {}
      case "/quit" -> {
        return false;
      }
      case "/who" -> who();
      case "/history" -> history(words.length > 1 ? number(words[1]) : 20);
      case "/msg" -> {
        if (words.length < 3) {
          show.accept("* /msg USER TEXT");
        } else {
          said(client.direct(words[1], words[2]));
        }
      }
      default -> {
        if (words[0].startsWith("/") && !words[0].startsWith("//")) {
          show.accept("* unknown: " + words[0] + " (//text sends a message that begins with /)");
        } else {
          said(client.message(channel, line.startsWith("//") ? line.substring(1) : line));
        }
      }
    }
    return true;
  }

  private static int number(String text) {
    return text.matches("[1-9][0-9]{0,2}") ? Integer.parseInt(text) : 20;
  }

  private void said(CompletableFuture<Frame> answer) {
    room.acquireUninterruptibly();
    answer.whenComplete((ack, failure) -> {
      String position = ack == null ? null : ack.text("position");
      if (position != null) {
        synchronized (shown) {
          saidOffset = Math.max(saidOffset, offset(position));
        }
      }
      if (failure != null) {
        failed.set(true);
        show.accept("* not sent: " + ClientCommand.why(failure));
      }
      room.release();
    });
  }

  private static long offset(String position) {
    return Long.parseLong(position.substring(position.lastIndexOf(':') + 1));
  }

  /** Waits until everything that was said is answered, and shown. */
  void finish() throws InterruptedException {
    client.command("ping", Map.of()).join();
    room.acquire(UNDER_WAY);
    room.release(UNDER_WAY);
    synchronized (shown) {
      long until = System.nanoTime() + LONGEST_WAIT_NANOS;
      while (shownOffset < saidOffset && !failed.get() && System.nanoTime() < until) {
        shown.wait(100);
      }
    }
  }

  boolean failed() {
    return failed.get();
  }

  private void who() {
    client
        .command("presence", Map.of("channel", channel))
        .whenComplete((frame, failure) -> {
          if (failure != null) {
            show.accept("* " + ClientCommand.why(failure));
            return;
          }
          List<String> names = new ArrayList<>();
          if (frame.fields().get("members") instanceof List<?> members) {
            for (Object member : members) {
              if (member instanceof Map<?, ?> user) {
                names.add(String.valueOf(user.get("user_id")));
              }
            }
          }
          show.accept("* here: " + String.join(", ", names));
        });
  }

  /** Shows the last messages, and waits for them. */
  void history(int count) {
    Map<String, Object> ask = Map.of("feed", "channel:" + channel, "limit", count, "reverse", true);
    Frame page;
    try {
      page = client.command("history", ask).join();
    } catch (java.util.concurrent.CompletionException e) {
      // There is none yet, or it may not be read, which subscribing will tell.
      return;
    }
    if (page.fields().get("events") instanceof List<?> events) {
      for (Object event : events.reversed()) {
        if (event instanceof Map<?, ?> fields) {
          show.accept(line(fields));
        }
      }
    }
  }

  static String line(Frame frame) {
    return line(frame.fields());
  }

  /** An event as a line for a terminal, on which what others say has no control. */
  private static String line(Map<?, ?> event) {
    return plain(text(event)).replace('\n', ' ');
  }

  /** A text without what a terminal would take for commands; lines and tabs stay. */
  static String plain(String text) {
    return text.codePoints()
        .map(c -> c != '\t' && c != '\n' && Character.isISOControl(c) ? 0xfffd : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static String text(Map<?, ?> event) {
    String type = String.valueOf(event.get("type"));
    String from = String.valueOf(event.get("from"));
    String said = Frame.shown(event.get("content"));
    return switch (type) {
      case "message" -> from + ": " + said;
      case "direct" -> from + " to you alone: " + said;
      case "broadcast" -> from + " to all: " + said;
      case "error" -> "* " + event.get("code") + ": " + event.get("message");
      default -> "* " + type + " " + Frame.shown(event.get("data"));
    };
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Delivery delivery) {
    switch (delivery) {
      case Delivery.Event event -> show.accept(json ? event.frame().json() : line(event.frame()));
      case Delivery.Gap gap -> show.accept("* something was missed (" + gap.reason() + ")");
      case Delivery.Snapshot snapshot -> show.accept("* " + snapshot.frame().json());
    }
    synchronized (shown) {
      shownOffset = offset(delivery.position());
      shown.notifyAll();
    }
  }

  @Override
  public void onError(@Nullable Throwable why) {
    failed.set(true);
    show.accept("* " + (why == null ? "ended" : ClientCommand.why(why)));
  }

  @Override
  public void onComplete() {
    // The client was closed, by whoever did it.
  }
}
