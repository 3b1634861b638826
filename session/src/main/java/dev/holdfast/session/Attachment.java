package dev.holdfast.session;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Position;
import dev.holdfast.feed.Reader;
import dev.holdfast.wire.Dialect;
import dev.holdfast.wire.EventFrame;
import dev.holdfast.wire.ServerFrame;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * One feed as a connected session reads it: a reader, and what is known of what has arrived. On the
 * connection's loop.
 */
final class Attachment implements Consumer<Delivery> {

  private final Connection connection;
  private final Session session;
  private final FeedId id;
  private final boolean told;
  private final Reader reader;
  private final Feed feed;
  private final long epoch;
  private final Catalog.Membership membership;
  private final Loop.Gathering gathering;

  /** Its place in the gathering. */
  int index;

  /** Whether it waits in its connection to be polled. */
  boolean awake;

  /** Whether events were sent that no ping has followed yet. */
  boolean unpinged;

  private boolean caughtUp;

  /** Whether nobody else is sent the same frames: in that dialect, or by that name of the feed. */
  private final boolean alone;

  private boolean over;
  private long sent;
  private long pinged;
  private long confirmed;

  Attachment(
      Connection connection,
      Session session,
      FeedId id,
      boolean told,
      Catalog.Entry.Granted granted,
      Feed.Attached attached,
      Loop loop) {
    this.connection = connection;
    this.session = session;
    this.id = id;
    this.told = told;
    this.reader = attached.reader();
    this.feed = granted.feed();
    this.epoch = attached.position().epoch();
    this.sent = attached.position().offset();
    this.pinged = sent;
    this.confirmed = sent;
    this.membership = granted.membership();
    this.alone = connection.dialect() == Dialect.OP || (told && !id.equals(granted.feed().id()));
    this.gathering = loop.join(feed, this);
  }

  Connection connection() {
    return connection;
  }

  FeedId id() {
    return id;
  }

  boolean told() {
    return told;
  }

  Catalog.Membership membership() {
    return membership;
  }

  /** The place after what was sent last. */
  Position sentTo() {
    return new Position(epoch, sent);
  }

  /** The place up to which the client is known to have received. */
  Position confirmedTo() {
    return new Position(epoch, confirmed);
  }

  /** How many events of the feed have not been sent. */
  long behind() {
    return Math.max(0, feed.tail().offset() - sent);
  }

  /** Whether the feed has ended and all of it has been sent. */
  boolean sentAll() {
    return over;
  }

  /** Whether the feed has ended and the client is known to have received all of it. */
  boolean finished() {
    return over && confirmed == sent;
  }

  /** Sends what the feed has, up to a budget; true when nothing is left that may be sent now. */
  boolean poll(long budget) {
    long room = membership.room(sent);
    if (room <= 0) {
      return true;
    }
    caughtUp = false;
    if (membership.skips(sent)) {
      reader.skip(this);
    }
    reader.poll(Math.min(budget, room), this);
    membership.sent(sent);
    return caughtUp;
  }

  @Override
  public void accept(Delivery delivery) {
    switch (delivery) {
      case Event event -> send(event);
      case Delivery.Mark mark -> {
        caughtUp = true;
        over = mark == Delivery.Mark.END;
      }
      case Delivery.Gap(long from, long to, Delivery.Gap.Reason reason) -> {
        String why = reason.name().toLowerCase(Locale.ROOT);
        sent = to;
        connection.sendLost(
            this,
            connection.dialect().encode(new ServerFrame.Gap(id.toString(), from, to, why)),
            why,
            to - from + 1);
      }
      case Delivery.Snapshot snapshot -> {
        sent = snapshot.offset();
        connection.sendData(this, connection.dialect().encode(frame(snapshot)));
      }
    }
  }

  private void send(Event event) {
    sent = event.offset();
    if (alone) {
      connection.sendData(this, connection.dialect().encode(frame(event, id.toString())));
    } else if (told) {
      connection.sendData(this, connection.loop().encoded().frame(event, id, true));
    } else if (!session.sessionId().equals(event.origin())) {
      connection.sendData(this, connection.loop().encoded().frame(event, id, false));
    }
  }

  /** A ping follows what was sent. */
  void ping() {
    unpinged = false;
    pinged = sent;
  }

  /** The pong to that ping has come. */
  void pong() {
    confirmed = pinged;
    if (finished()) {
      session.finished(this);
    }
  }

  /** Stops reading; the membership is left to the caller. */
  void leave() {
    gathering.leave(this);
  }

  static EventFrame frame(Event event, String feed) {
    return new EventFrame(
        event.type(), event.body(), event.millis(), feed, event.offset(), event.span());
  }

  ServerFrame.SnapshotFrame frame(Delivery.Snapshot snapshot) {
    return new ServerFrame.SnapshotFrame(
        id.toString(),
        new Position(epoch, snapshot.offset()).toString(),
        new EventFrame(
            snapshot.state().type(),
            snapshot.state().body(),
            connection.millis(),
            null,
            snapshot.offset()));
  }
}
