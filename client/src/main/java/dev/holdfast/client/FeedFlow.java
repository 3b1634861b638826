package dev.holdfast.client;

import dev.holdfast.wire.ClientFrame.Begin;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * One feed on its way to its subscriber.
 *
 * <p>It holds a place, and as many deliveries as fit into its buffer. A subscriber that asks for
 * less than comes has the feed detached, and attached again from that place once it has caught up:
 * it delays no other feed of the connection. On the client's thread.
 */
final class FeedFlow implements Flow.Subscription {

  private enum State {
    /** Asked for, not there yet: what comes is of no attachment that counts. */
    ATTACHING,
    ATTACHED,
    /** Let go until the subscriber has taken what is buffered. */
    PAUSED,
    DONE
  }

  /** Deliveries that wait for the subscriber before the feed is let go. */
  static final int BUFFER = 1024;

  private final Client client;
  private final String feed;
  private final Begin from;
  private final Flow.Subscriber<? super Delivery> subscriber;
  private final Deque<Delivery> buffer = new ArrayDeque<>();
  private State state = State.ATTACHING;
  private @Nullable String position;
  private String attachId = "";
  private long demand;
  private boolean draining;

  FeedFlow(Client client, String feed, Begin from, Flow.Subscriber<? super Delivery> subscriber) {
    this.client = client;
    this.feed = feed;
    this.from = from;
    this.subscriber = subscriber;
  }

  String feed() {
    return feed;
  }

  /** The place to go on from after a reconnect; null while there is none to keep. */
  @Nullable String resumePosition() {
    return state == State.ATTACHED ? position : null;
  }

  void begin() {
    subscriber.onSubscribe(this);
    if (state != State.DONE) {
      attach();
    }
  }

  /** Says that it can't be: as a publisher has to, by way of a subscription. */
  void refuse(Throwable why) {
    state = State.DONE;
    subscriber.onSubscribe(this);
    subscriber.onError(why);
  }

  /** Asks for the feed from where it was left, or first from where it was wanted. */
  private void attach() {
    state = State.ATTACHING;
    attachId = client.attach(feed, position == null ? from : new Begin.After(position));
  }

  /** A new connection: the session goes on and has the feed at that place. */
  void resumed(String at, boolean recovered) {
    if (state == State.ATTACHED) {
      move(at, recovered, null);
    }
  }

  /** A new connection on which the feed is not attached as it should be. */
  void reattach() {
    if (state == State.ATTACHED || state == State.ATTACHING) {
      attach();
    }
  }

  void attached(Frame frame) {
    if (askedBy(frame.text("id"))) {
      String at = frame.text("position");
      state = State.ATTACHED;
      move(at == null ? "" : at, frame.flag("recovered"), frame);
    }
  }

  private void move(String at, boolean recovered, @Nullable Frame frame) {
    String before = position;
    position = at;
    boolean snapshot = frame != null && frame.fields().get("snapshot") instanceof Map<?, ?>;
    if (before == null && from instanceof Begin.After(String asked)) {
      before = asked;
    }
    if (!recovered && !at.equals(before)) {
      offer(new Delivery.Gap(feed, at, before == null ? "" : before, "unrecovered"));
    }
    if (snapshot && frame != null) {
      offer(new Delivery.Snapshot(feed, at, Frame.of(Json.text(frame.fields().get("snapshot")))));
    }
  }

  void event(Frame frame) {
    long offset = frame.number("offset", 0);
    String before = position;
    if (state != State.ATTACHED || before == null || offset <= Places.offset(before)) {
      return;
    }
    if (offset - frame.number("span", 1) != Places.offset(before)) {
      client.hole(feed, Places.offset(before), offset);
      return;
    }
    position = Places.of(Places.epoch(before), offset);
    offer(new Delivery.Event(feed, position, frame));
  }

  void gap(Frame frame) {
    String before = position;
    if (state == State.ATTACHED && before != null) {
      position = Places.of(Places.epoch(before), frame.number("to", 0));
      String reason = frame.text("reason");
      offer(new Delivery.Gap(feed, position, before, reason == null ? "slow" : reason));
    }
  }

  void snapshot(Frame frame) {
    String at = frame.text("position");
    if (state == State.ATTACHED && at != null) {
      position = at;
      offer(new Delivery.Snapshot(feed, at, frame));
    }
  }

  private void offer(Delivery delivery) {
    buffer.add(delivery);
    drain();
    if (buffer.size() >= BUFFER && state == State.ATTACHED) {
      state = State.PAUSED;
      client.detach(feed);
    }
  }

  private void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (demand > 0 && !buffer.isEmpty() && state != State.DONE) {
        demand--;
        subscriber.onNext(buffer.remove());
      }
    } catch (RuntimeException e) {
      fail(e);
    } finally {
      draining = false;
    }
    if (state == State.PAUSED && buffer.isEmpty()) {
      attach();
    }
  }

  @Override
  public void request(long n) {
    client.run(() -> {
      if (n <= 0) {
        fail(new IllegalArgumentException("request: " + n + " (at least 1)"));
      } else if (state != State.DONE) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        drain();
      }
    });
  }

  @Override
  public void cancel() {
    client.run(() -> {
      if (state != State.DONE) {
        finish();
        client.forget(this);
      }
    });
  }

  boolean attaching() {
    return state == State.ATTACHING;
  }

  boolean paused() {
    return state == State.PAUSED;
  }

  /** Ends it with an error. */
  void fail(Throwable why) {
    if (state != State.DONE) {
      finish();
      client.forget(this);
      subscriber.onError(why);
    }
  }

  /** The client has ended. */
  void complete() {
    if (state != State.DONE) {
      finish();
      subscriber.onComplete();
    }
  }

  private void finish() {
    state = State.DONE;
    buffer.clear();
  }

  /** Whether that command asked for it. */
  boolean askedBy(@Nullable String commandId) {
    return state == State.ATTACHING && attachId.equals(commandId);
  }
}
