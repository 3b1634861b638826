package dev.holdfast.kinds.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.channel.Namespace.Access;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelsTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final AtomicLong epochs = new AtomicLong(100);
  private final Engine engine = Engine.inMemory(now::get, epochs::incrementAndGet);
  private final Channels channels =
      new Channels(
          engine,
          new ChannelSettings(
              List.of(
                  space("*", Access.CLAIM),
                  space("open:*", Access.EVERYONE),
                  space("open:ops", Access.ADMIN)),
              50,
              Duration.ofMinutes(5)),
          now::get,
          () -> 7);

  private static Namespace space(String pattern, Access access) {
    Retention kept = new Retention(100, 1 << 20, Duration.ofMinutes(1));
    return new Namespace(pattern, kept, true, access, access);
  }

  private static Subject user(String id, String... patterns) {
    return new Subject(
        id, Set.of("red"), "acme", List.of(patterns), List.of(patterns), id.equals("root"));
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Door.Granted in(String channel, String user) {
    return (Door.Granted) channels.subscribe(channel, user(user, "*"));
  }

  private static List<Event> events(Feed feed, From from) {
    List<Event> events = new ArrayList<>();
    feed.attach(from)
        .reader()
        .poll(
            Long.MAX_VALUE,
            delivery -> {
              if (delivery instanceof Event event) {
                events.add(event);
              } else {
                assertThat(delivery).isEqualTo(Delivery.Mark.CAUGHT_UP);
              }
            });
    return events;
  }

  @ParameterizedTest
  @CsvSource({
    "lobby,          ann,  ,        false, false",
    "lobby,          ann,  l*y,     true,  true",
    "lobby,          root, ,        true,  true",
    "open:a,         ann,  ,        true,  true",
    "open:ops,       ann,  *,       false, false",
    "open:ops,       root, ,        true,  true",
    "user:ann,       ann,  ,        true,  false",
    "user:bob,       ann,  *,       false, false",
    "user:bob,       root, ,        false, true",
    "team:red,       ann,  ,        true,  true",
    "team:blue,      ann,  *,       false, false",
    "workspace:acme, ann,  ,        true,  true",
    "workspace:b,    ann,  *,       false, false",
    "$broadcast,     root, *,       false, false",
  })
  void rightsAreThoseOfClaimsAndNamespaces(
      String channel, String user, String pattern, boolean read, boolean publish) {
    Subject who = pattern == null ? user(user) : user(user, pattern);
    Door look = channels.presenceFeed(channel, who);
    assertThat(look instanceof Door.Granted).isEqualTo(read);
    assertThat(channels.publish(who, channel, "a:b", json("1"), null) instanceof Outcome.Done)
        .isEqualTo(publish);
  }

  @ParameterizedTest
  @CsvSource({
    "*, , true",
    "*, a, true",
    "a*, a, true",
    "a*, ba, false",
    "*a*b*, xaxbx, true",
    "*a*b*, xbxax, false",
    "a, ab, false",
    "a*a, a, false",
    "**, abc, true"
  })
  void patternsStandForRunsOfCharacters(String pattern, String name, boolean matches) {
    assertThat(Pattern.matches(pattern, name == null ? "" : name)).isEqualTo(matches);
  }

  @Test
  void aBodyIsJsonWhateverTheNamesAre() {
    String odd = "a\"b\\c";
    channels.message(user("root"), odd, json("[1]"));
    Feed feed = engine.find(new FeedId(Channels.KIND, odd));
    assertThat(feed).isNotNull();
    assertThat(new String(events(feed, From.START).getFirst().body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "\"channel\":\"a\\\"b\\\\c\",\"message_id\":\"7-1\",\"from\":\"root\",\"content\":[1]");
  }

  @Test
  void joinAndLeaveComeOncePerUser() {
    Door.Granted watch = (Door.Granted) channels.presenceFeed("c", user("root"));
    Door.Granted one = in("c", "ann");
    Door.Granted two = in("c", "ann");
    in("c", "bob");
    one.subscription().leave(one.feed().tail());
    one.subscription().leave(one.feed().tail());
    assertThat(channels.stats().channels()).isEqualTo(Map.of("c", 2));
    two.subscription().leave(two.feed().tail());
    assertThat(events(watch.feed(), From.START))
        .extracting(e -> e.type() + new String(e.body(), StandardCharsets.UTF_8))
        .containsExactly(
            "join\"channel\":\"c\",\"user_id\":\"ann\"",
            "join\"channel\":\"c\",\"user_id\":\"bob\"",
            "leave\"channel\":\"c\",\"user_id\":\"ann\"");
    assertThat(channels.presence("c", user("root"))).isEqualTo(new Members(Map.of("bob", 1)));
  }

  @Test
  void whatIsSaidToAUserAwayIsReadFromWhereItLeft() {
    channels.direct(user("ann"), "bob", json("1"));
    assertThat(own("bob")).isEqualTo(From.START);
    Door.Granted bob = (Door.Granted) channels.subscribe("user:bob", user("bob"));
    assertThat(own("bob")).isEqualTo(From.NOW);
    assertThat(channels.direct(user("ann"), "bob", json("2"))).isEqualTo(1);
    Position seen = new Position(bob.feed().tail().epoch(), 1);
    bob.subscription().leave(seen);
    assertThat(own("bob")).isEqualTo(new From.After(seen));
  }

  private From own(String user) {
    return channels.standing(user(user)).stream()
        .filter(s -> s.feed().name().equals("user:" + user))
        .findFirst()
        .orElseThrow()
        .from();
  }

  @Test
  void namesThatNoFeedCanHaveAreLeftOut() {
    Subject odd = new Subject("x".repeat(200), Set.of("a b"), "c d", List.of(), List.of(), false);
    assertThat(channels.standing(odd)).hasSize(1);
  }

  @Test
  void anEmptyChannelIsSweptAfterAWhileAndIsAnotherOneThen() {
    channels.message(user("root"), "c", json("1"));
    Door.Granted ann = in("c", "ann");
    long epoch = ann.feed().tail().epoch();
    pass(Duration.ofHours(1));
    assertThat(engine.find(new FeedId(Channels.KIND, "c"))).isNotNull();
    ann.subscription().leave(ann.feed().tail());
    pass(Duration.ofMinutes(4));
    assertThat(engine.find(new FeedId(Channels.KIND, "c"))).isNotNull();
    pass(Duration.ofMinutes(1));
    assertThat(engine.find(new FeedId(Channels.KIND, "c"))).isNull();
    assertThat(engine.find(new FeedId(Channels.PRESENCE, "c"))).isNull();
    assertThat(in("c", "ann").feed().tail().epoch()).isNotEqualTo(epoch);
  }

  @Test
  void aChannelWhosePresenceIsWatchedIsNotSwept() {
    Door.Granted watch = (Door.Granted) channels.presenceFeed("c", user("root"));
    pass(Duration.ofHours(1));
    assertThat(engine.find(new FeedId(Channels.PRESENCE, "c"))).isEqualTo(watch.feed());
    watch.subscription().leave(watch.feed().tail());
    pass(Duration.ofHours(1));
    assertThat(engine.find(new FeedId(Channels.PRESENCE, "c"))).isNull();
  }

  private void pass(Duration time) {
    now.set(now.get().plus(time));
    channels.sweep();
  }

  @Test
  void noMoreChannelsAreMadeThanAllowed() {
    for (int i = 0; i < 50; i++) {
      assertThat(channels.message(user("root"), "c" + i, json("1")))
          .isInstanceOf(Outcome.Done.class);
    }
    assertThat(channels.message(user("root"), "more", json("1")))
        .isEqualTo(new Outcome.Refused(Door.Why.FULL, "too many channels"));
    assertThat(in("c1", "ann").feed().id().name()).isEqualTo("c1");
  }

  @Test
  void whatWasAnsweredAsSaidIsNeverSweptAway() throws Exception {
    Retention brief = new Retention(100_000, 1 << 30, Duration.ofHours(1));
    Channels swept =
        new Channels(
            engine,
            new ChannelSettings(
                List.of(new Namespace("*", brief, false, Access.EVERYONE, Access.EVERYONE)),
                1_000,
                Duration.ofMillis(1)),
            now::get,
            () -> 7);
    ConcurrentLinkedQueue<String> lost = new ConcurrentLinkedQueue<>();
    Thread sweeper =
        Thread.ofPlatform()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                now.set(now.get().plusMillis(1));
                swept.sweep();
              }
            });
    for (int i = 0; i < 20_000; i++) {
      String channel = "c" + i % 900;
      if (i < 900) {
        // Made, and empty: what the sweeper looks for.
        Door.Granted in = (Door.Granted) swept.subscribe(channel, user("ann"));
        in.subscription().leave(in.feed().tail());
      }
      if (swept.message(user("ann"), channel, json("1")) instanceof Outcome.Done(Position at, _)) {
        Feed feed = engine.find(new FeedId(Channels.KIND, channel));
        if (feed == null || feed.tail().epoch() != at.epoch()) {
          lost.add(channel);
        }
      }
    }
    sweeper.interrupt();
    sweeper.join();
    assertThat(lost).isEmpty();
  }

  @Test
  void presenceAndFiguresAreExactUnderConcurrency() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Feed presence = ((Door.Granted) channels.presenceFeed("c", user("root"))).feed();
    From before = new From.After(presence.tail());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      Random random = new Random(seed + t);
      threads.add(Thread.ofPlatform().start(() -> churn(random)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(channels.stats().channels()).isEmpty();
    Map<String, String> last = new HashMap<>();
    for (Event event : events(presence, before)) {
      String who = new String(event.body(), StandardCharsets.UTF_8);
      String was = last.put(who, event.type());
      assertThat(event.type()).isNotEqualTo(was);
    }
    assertThat(last.values()).containsOnly("leave");
  }

  private void churn(Random random) {
    List<Door.Granted> held = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      if (held.isEmpty() || random.nextBoolean()) {
        held.add(in("c", "u" + random.nextInt(3)));
      } else {
        Door.Granted one = held.remove(random.nextInt(held.size()));
        one.subscription().leave(one.feed().tail());
      }
    }
    held.forEach(one -> one.subscription().leave(one.feed().tail()));
  }
}
