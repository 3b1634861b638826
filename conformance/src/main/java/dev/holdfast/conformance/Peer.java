package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that trusts nothing: it checks on every frame that the events of a feed come one after
 * the other, so that every case is a gap test. One thread besides its own reader.
 */
final class Peer implements AutoCloseable {

  private final Wire wire;
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Wire.End> end = new CompletableFuture<>();
  private final Map<String, Long> offsets = new HashMap<>();
  private volatile boolean answersPings = true;
  private volatile @Nullable Consumer<String> tally;
  private volatile long endedNanos;
  private int nothings;

  private Peer(Wire wire) {
    this.wire = wire;
  }

  /**
   * Connects.
   *
   * @param headers of the handshake, besides the usual ones
   * @throws Wire.Refused where the answer is not 101
   */
  static Peer open(URI uri, Map<String, String> headers) throws IOException {
    Wire wire = Wire.open(uri, headers);
    Peer peer = new Peer(wire);
    Thread.ofVirtual().name("peer").start(peer::read);
    return peer;
  }

  private void read() {
    Wire.End over;
    try {
      over =
          wire.read(
              this::heard,
              payload -> {
                if (answersPings) {
                  wire.send(Wire.PONG, payload);
                }
              });
    } catch (IOException | RuntimeException e) {
      over = new Wire.End(-1, String.valueOf(e.getMessage()));
    }
    endedNanos = System.nanoTime();
    end.complete(over);
  }

  private void heard(String text) {
    Consumer<String> counter = tally;
    if (counter == null) {
      frames.add(Frame.of(text));
    } else {
      counter.accept(text);
    }
  }

  /** Gives every frame to the counter from now on, unparsed and unchecked: for great numbers. */
  Peer tally(Consumer<String> counter) {
    tally = counter;
    return this;
  }

  /** Leaves pings unanswered from now on. */
  Peer ignorePings() {
    answersPings = false;
    return this;
  }

  /** Reads no more than that from now on; 0 for nothing at all, -1 for as fast as it comes. */
  Peer slow(int bytesPerSecond) {
    wire.pace(bytesPerSecond);
    return this;
  }

  Wire wire() {
    return wire;
  }

  /** Says a frame; single quotes stand for double ones. */
  @SuppressWarnings("AnnotateFormatMethod") // most frames are no format
  Peer say(String frame, Object... arguments) throws IOException {
    String text = arguments.length == 0 ? frame : frame.formatted(arguments);
    return sayRaw(text.replace('\'', '"'));
  }

  Peer sayRaw(String text) throws IOException {
    wire.text(text);
    return this;
  }

  /** The next frame. */
  Frame next() throws InterruptedException {
    Frame frame = frames.poll(Check.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (frame == null) {
      throw new AssertionError("no frame within " + Check.PATIENCE_SECONDS + " s; " + end);
    }
    check(frame);
    return frame;
  }

  /** The next frame, if one comes soon; null else. */
  @Nullable Frame soon(int millis) throws InterruptedException {
    Frame frame = frames.poll(millis, TimeUnit.MILLISECONDS);
    if (frame != null) {
      check(frame);
    }
    return frame;
  }

  /** The next frame, which is of that type. */
  Frame next(String type) throws InterruptedException {
    Frame frame = next();
    if (!frame.type().equals(type)) {
      throw new AssertionError(type + " expected: " + frame);
    }
    return frame;
  }

  /** The next frame, which is an error of that code. */
  Frame error(String code) throws InterruptedException {
    Frame frame = next("error");
    Check.equal("code", code, frame.text("code"));
    Check.that("message", frame.text("message") != null, frame);
    return frame;
  }

  /** Says a ping, and expects its pong as the very next frame: nothing else has come. */
  void nothing() throws IOException, InterruptedException {
    String mark = "nothing-" + ++nothings;
    say("{'type':'ping','timestamp':'%s'}", mark);
    Check.equal("pong", mark, next("pong").text("timestamp"));
  }

  /** How the connection ended: it ends within the patience of a case. */
  Wire.End ended() throws InterruptedException {
    try {
      return end.get(Check.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError("not closed within " + Check.PATIENCE_SECONDS + " s", e);
    }
  }

  /** When it ended, by {@link System#nanoTime()}. */
  long endedNanos() {
    return endedNanos;
  }

  boolean open() {
    return !end.isDone();
  }

  /** The connection was closed with that code. */
  Wire.End closed(int code) throws InterruptedException {
    Wire.End over = ended();
    Check.equal("close code", code, over.code());
    return over;
  }

  /** The last offset seen in a feed; 0 for none. */
  long offset(String feed) {
    return offsets.getOrDefault(feed, 0L);
  }

  /** Frames that have come and were not asked for yet. */
  int waiting() {
    return frames.size();
  }

  private void check(Frame frame) {
    placed(frame.fields());
    if (frame.fields().get("feeds") instanceof List<?> feeds) {
      for (Object feed : feeds) {
        if (feed instanceof Map<?, ?> place) {
          placed(place);
        }
      }
    }
    String feed = frame.text("feed");
    if (feed != null
        && frame.fields().get("snapshot") instanceof Map<?, ?> snapshot
        && snapshot.get("position") instanceof String position) {
      offsets.put(feed, Long.parseLong(position.substring(position.indexOf(':') + 1)));
    }
    if (feed != null && frame.type().equals("snapshot")) {
      String position = String.valueOf(frame.text("position"));
      offsets.put(feed, Long.parseLong(position.substring(position.indexOf(':') + 1)));
    } else if (feed != null && frame.type().equals("gap")) {
      follows(feed, frame.number("from", -1), 1);
      offsets.put(feed, frame.number("to", -1));
    } else if (feed != null && frame.fields().containsKey("offset")) {
      follows(feed, frame.number("offset", -1), frame.number("span", 1));
    }
  }

  private void follows(String feed, long offset, long span) {
    Long before = offsets.put(feed, offset);
    if (before != null && before + span != offset) {
      throw new AssertionError(feed + ": " + offset + " after " + before);
    }
  }

  private void placed(Map<?, ?> place) {
    if (place.get("position") instanceof String position
        && place.get("feed") instanceof String feed
        && place.containsKey("recovered")) {
      offsets.put(feed, Long.parseLong(position.substring(position.indexOf(':') + 1)));
    }
  }

  /** Cuts the connection, as a cable would. */
  void cut() {
    wire.cut();
  }

  @Override
  public void close() {
    wire.cut();
  }
}
