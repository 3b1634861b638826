package dev.holdfast.kinds.channel;

import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.feed.Position;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One channel: its feed, and who is in it. Its lock puts joins and leaves in order, so that a join
 * is appended exactly when the first connection of a user comes, and a leave when the last one
 * goes.
 */
final class Channel {

  private final String name;
  private final Namespace namespace;
  private volatile Owner owner;
  private final long epoch;
  private final byte[] nameMember;
  private final Map<String, Integer> members = new HashMap<>(4);
  private @Nullable Owner presence;
  private @Nullable Position seen;
  private int subscribers;
  private int watchers;
  private long idleSince;
  private boolean closed;

  Channel(String name, Namespace namespace, Owner owner, long now) {
    this.name = name;
    this.namespace = namespace;
    this.owner = owner;
    this.epoch = owner.feed().tail().epoch();
    this.nameMember = Json.member("channel", name);
    this.idleSince = now;
  }

  String name() {
    return name;
  }

  Namespace namespace() {
    return namespace;
  }

  Owner owner() {
    return owner;
  }

  Feed feed() {
    return owner.feed();
  }

  /** Which life of the feed it is. */
  long epoch() {
    return epoch;
  }

  /** {@code "channel":"…"}. */
  byte[] nameMember() {
    return nameMember;
  }

  synchronized void presence(Owner feed) {
    presence = feed;
  }

  synchronized @Nullable Owner presence() {
    return presence;
  }

  /** Counts a connection of a user; false when the channel has been swept away meanwhile. */
  synchronized boolean enter(String user) {
    if (closed) {
      return false;
    }
    subscribers++;
    if (members.merge(user, 1, Integer::sum) == 1) {
      announce("join", user);
    }
    return true;
  }

  synchronized void leave(String user, Position at, long now) {
    subscribers--;
    idleSince = now;
    Integer left = members.computeIfPresent(user, (u, have) -> have == 1 ? null : have - 1);
    if (left == null) {
      announce("leave", user);
      seen = at;
    }
  }

  private void announce(String type, String user) {
    if (presence != null) {
      presence.append(Payload.of(type, Json.join(nameMember, COMMA, Json.member("user_id", user))));
    }
  }

  /** Up to where the last member that left is known to have received; null if none ever was in. */
  synchronized @Nullable Position seen() {
    return seen;
  }

  synchronized int subscribers() {
    return subscribers;
  }

  synchronized int users() {
    return members.size();
  }

  synchronized int connectionsOf(String user) {
    return members.getOrDefault(user, 0);
  }

  synchronized Members members() {
    return new Members(members);
  }

  /** Counts a reader of its presence; false when the channel has been swept away meanwhile. */
  synchronized boolean watch() {
    if (closed) {
      return false;
    }
    watchers++;
    return true;
  }

  synchronized void unwatch(long now) {
    watchers--;
    idleSince = now;
  }

  /** Whether nobody is in or watches, nothing is retained, and it has been so for that long. */
  synchronized boolean idle(long now, long linger) {
    return !closed
        && subscribers == 0
        && watchers == 0
        && now - idleSince >= linger
        && empty(owner);
  }

  /**
   * Closes it for good, unless somebody came or said something in the meantime.
   *
   * @param anew the right to append, taken anew: whoever published by the old one is fenced out, so
   *     that nothing can be said between the last look and the end
   */
  synchronized boolean close(Owner anew) {
    boolean over = subscribers == 0 && watchers == 0 && empty(anew);
    closed = over;
    if (!over) {
      owner = anew;
    }
    return over;
  }

  private static boolean empty(Owner owner) {
    return owner.feed().head().equals(owner.feed().tail());
  }

  static final byte[] COMMA = {','};
}
