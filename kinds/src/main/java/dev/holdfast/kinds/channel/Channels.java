package dev.holdfast.kinds.channel;

import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.feed.Position;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.common.Ids;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All channels. They come into being when somebody subscribes or publishes, and go when nobody is
 * in and nothing is left. Values come as JSON text that is known to be well-formed. Any thread.
 */
public final class Channels {

  /** The kind of a channel's feed. */
  public static final String KIND = "channel";

  /** The kind of the feed of who joins and leaves a channel. */
  public static final String PRESENCE = "presence";

  private static final String BROADCAST = Rights.INTERNAL + "broadcast";
  private static final byte[] CONTENT = Json.name("content");
  private static final byte[] DATA = Json.name("data");
  private static final byte[] FROM = "\",\"from\":".getBytes(StandardCharsets.US_ASCII);
  private static final int RADIX = 36;

  private final Engine engine;
  private final ChannelSettings settings;
  private final InstantSource clock;
  private final Rights rights;
  private final ConcurrentMap<String, Channel> channels = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong messages = new AtomicLong();
  private final byte[] messagePrefix;
  private final Channel everyone;

  /**
   * @param random gives the part of message ids that differs from process to process
   */
  public Channels(
      Engine engine, ChannelSettings settings, InstantSource clock, LongSupplier random) {
    this.engine = engine;
    this.settings = settings;
    this.clock = clock;
    this.rights = new Rights(settings.namespaces());
    this.messagePrefix =
        (",\"message_id\":\"" + Ids.of(random, 1) + "-").getBytes(StandardCharsets.US_ASCII);
    Retention kept = rights.namespace("*").retention();
    this.everyone =
        new Channel(
            BROADCAST,
            rights.namespace("*"),
            engine.own(new FeedId(KIND, BROADCAST), kept),
            clock.millis());
  }

  /** Opens a channel to read, and counts the reader as a member. */
  public Door subscribe(String channel, Subject who) {
    if (channel.equals(BROADCAST)) {
      return enter(everyone, who);
    }
    if (!rights.mayJoin(who, channel)) {
      return forbidden(channel);
    }
    while (true) {
      Channel found = channel(channel);
      if (found == null) {
        return full();
      }
      Door door = enter(found, who);
      if (door instanceof Door.Granted) {
        return door;
      }
      // Swept away between finding and entering: the next one is new.
    }
  }

  private Door enter(Channel channel, Subject who) {
    if (!channel.enter(who.userId())) {
      return new Door.Refused(Door.Why.NOT_FOUND, "no such channel");
    }
    AtomicBoolean in = new AtomicBoolean(true);
    return new Door.Granted(
        channel.feed(),
        seen -> {
          if (in.compareAndSet(true, false)) {
            channel.leave(who.userId(), seen, clock.millis());
          }
        });
  }

  /** Opens the feed of who joins and leaves a channel. */
  public Door presenceFeed(String channel, Subject who) {
    if (!rights.mayJoin(who, channel)) {
      return forbidden(channel);
    }
    if (!rights.namespace(channel).presence()) {
      return new Door.Refused(Door.Why.FORBIDDEN, "presence is off in this channel");
    }
    while (true) {
      Channel found = channel(channel);
      if (found == null) {
        return full();
      }
      if (found.watch()) {
        AtomicBoolean in = new AtomicBoolean(true);
        return new Door.Granted(
            presence(found).feed(),
            seen -> {
              if (in.compareAndSet(true, false)) {
                found.unwatch(clock.millis());
              }
            });
      }
    }
  }

  private Owner presence(Channel channel) {
    synchronized (channel) {
      Owner owner = channel.presence();
      if (owner == null) {
        owner = engine.own(new FeedId(PRESENCE, channel.name()), channel.namespace().retention());
        channel.presence(owner);
      }
      return owner;
    }
  }

  /** Opens a feed for a look at what it holds, uncounted; a channel is not made by that. */
  public Door look(FeedId id, Subject who) {
    if (!rights.mayRead(who, id.name())) {
      return forbidden(id.name());
    }
    Feed feed = engine.find(id);
    return feed == null
        ? new Door.Refused(Door.Why.NOT_FOUND, "no such feed")
        : new Door.Granted(feed, Door.Subscription.UNCOUNTED);
  }

  /** Says something to everyone in a channel. */
  public Outcome message(Subject from, String channel, byte[] content) {
    if (!rights.mayPublish(from, channel)) {
      return unpublishable(channel);
    }
    return append(
        channel,
        null,
        to ->
            Payload.of(
                "message",
                Json.join(
                    to.nameMember(),
                    messageId(),
                    Json.quoted(from.userId()),
                    Channel.COMMA,
                    CONTENT,
                    content)));
  }

  /** Whether somebody may publish to a channel. */
  public boolean mayPublish(Subject from, String channel) {
    return rights.mayPublish(from, channel);
  }

  /** Publishes an event; one with the same key in the same channel is published once. */
  public Outcome publish(
      Subject from, String channel, String event, byte[] data, @Nullable String key) {
    if (!rights.mayPublish(from, channel)) {
      return unpublishable(channel);
    }
    return append(
        channel,
        key,
        to -> Payload.of(event, Json.join(to.nameMember(), Channel.COMMA, DATA, data)));
  }

  /** Says something to one user, now or when it is back; returns its connections. */
  public int direct(Subject from, String user, byte[] content) {
    byte[] body =
        Json.join(
            Json.member("to", user),
            messageId(),
            Json.quoted(from.userId()),
            Channel.COMMA,
            CONTENT,
            content);
    append(Rights.USER + user, null, to -> Payload.of("direct", body));
    Channel own = channels.get(Rights.USER + user);
    return own == null ? 0 : own.connectionsOf(user);
  }

  private Outcome append(String channel, @Nullable String key, Function<Channel, Payload> payload) {
    while (true) {
      Channel to = channel(channel);
      if (to == null) {
        return new Outcome.Refused(Door.Why.FULL, "too many channels");
      }
      switch (to.owner().append(payload.apply(to), key)) {
        case Owner.Appended.At(long offset) -> {
          return new Outcome.Done(new Position(to.epoch(), offset), false);
        }
        case Owner.Appended.Duplicate(long offset) -> {
          return new Outcome.Done(new Position(to.epoch(), offset), true);
        }
        // Swept away between finding and appending: the next one is new.
        case Owner.Appended.Fenced(), Owner.Appended.Ended() -> Thread.onSpinWait();
      }
    }
  }

  /** Says something to every connection but the origin's; returns how many these are. */
  public int broadcast(Subject from, @Nullable String origin, byte[] content) {
    Payload payload =
        Payload.of(
            "broadcast",
            Json.join(Json.member("from", from.userId()), Channel.COMMA, CONTENT, content));
    everyone.owner().append(origin == null ? payload : payload.from(origin));
    return Math.max(0, everyone.subscribers() - (origin == null ? 0 : 1));
  }

  /** Who is in a channel; nobody where there is none. Null when that may not be asked. */
  public @Nullable Members presence(String channel, Subject who) {
    if (!rights.mayRead(who, channel)) {
      return null;
    }
    Channel found = channels.get(channel);
    return found == null ? new Members(Map.of()) : found.members();
  }

  /** How many subscribers each channel has that has any, in no order. */
  public Stream<Map.Entry<String, Integer>> subscribers() {
    return channels.values().stream()
        .map(channel -> Map.entry(channel.name(), channel.subscribers()))
        .filter(channel -> channel.getValue() > 0);
  }

  public Stats stats() {
    Map<String, Integer> subscribers = new TreeMap<>();
    subscribers().forEach(one -> subscribers.put(one.getKey(), one.getValue()));
    return new Stats(everyone.users(), everyone.subscribers(), subscribers);
  }

  /** What somebody reads from admission on. */
  public List<Standing> standing(Subject who) {
    List<Standing> standing = new ArrayList<>();
    standing.add(new Standing(new FeedId(KIND, BROADCAST), From.NOW, false));
    String own = Rights.USER + who.userId();
    if (FeedId.validName(own)) {
      standing.add(new Standing(new FeedId(KIND, own), sinceLast(own, who.userId()), true));
    }
    List<String> others = new ArrayList<>();
    who.teams().stream().sorted().forEach(team -> others.add(Rights.TEAM + team));
    if (who.workspace() != null) {
      others.add(Rights.WORKSPACE + who.workspace());
    }
    for (String other : others) {
      if (FeedId.validName(other)) {
        standing.add(new Standing(new FeedId(KIND, other), From.NOW, true));
      }
    }
    return standing;
  }

  /** What came for a user while none of its connections was there. */
  private From sinceLast(String own, String user) {
    Channel channel = channels.get(own);
    if (channel == null || channel.connectionsOf(user) > 0) {
      return From.NOW;
    }
    Position seen = channel.seen();
    return seen == null ? From.START : new From.After(seen);
  }

  /** Drops what is past its age, and channels that nobody needs any more. */
  public void sweep() {
    engine.sweep();
    long now = clock.millis();
    Duration linger = settings.linger();
    for (Channel channel : channels.values()) {
      if (channel.idle(now, linger.toMillis()) && channel.close(ownedAnew(channel))) {
        engine.remove(channel.feed().id());
        engine.remove(new FeedId(PRESENCE, channel.name()));
        channels.remove(channel.name(), channel);
        count.decrementAndGet();
      }
    }
  }

  private Owner ownedAnew(Channel channel) {
    return engine.own(channel.feed().id(), channel.namespace().retention());
  }

  private static Outcome unpublishable(String channel) {
    return new Outcome.Refused(
        Door.Why.FORBIDDEN, "channel: you may not publish to '" + channel + "'");
  }

  private @Nullable Channel channel(String name) {
    Channel found = channels.get(name);
    if (found != null) {
      return found;
    }
    if (count.incrementAndGet() > settings.maxChannels()) {
      count.decrementAndGet();
      return null;
    }
    Namespace namespace = rights.namespace(name);
    AtomicBoolean made = new AtomicBoolean();
    Channel channel =
        channels.computeIfAbsent(
            name,
            n -> {
              made.set(true);
              Owner owner = engine.own(new FeedId(KIND, n), namespace.retention());
              Channel fresh = new Channel(n, namespace, owner, clock.millis());
              if (namespace.presence() && !n.startsWith(Rights.USER)) {
                presence(fresh);
              }
              return fresh;
            });
    if (!made.get()) {
      count.decrementAndGet();
    }
    return channel;
  }

  /** {@code ,"message_id":"…","from":} */
  private byte[] messageId() {
    long number = messages.incrementAndGet();
    int digits = 1;
    for (long rest = number / RADIX; rest > 0; rest /= RADIX) {
      digits++;
    }
    byte[] id = Arrays.copyOf(messagePrefix, messagePrefix.length + digits + FROM.length);
    for (int i = messagePrefix.length + digits - 1; i >= messagePrefix.length; i--) {
      id[i] = (byte) Character.forDigit((int) (number % RADIX), RADIX);
      number /= RADIX;
    }
    System.arraycopy(FROM, 0, id, messagePrefix.length + digits, FROM.length);
    return id;
  }

  private static Door forbidden(String channel) {
    return new Door.Refused(
        Door.Why.FORBIDDEN, "channel: you may not subscribe to '" + channel + "'");
  }

  private static Door full() {
    return new Door.Refused(Door.Why.FULL, "too many channels");
  }
}
