package dev.holdfast.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine promises. An engine's own test extends it and says how one is made. */
public abstract class EngineContract {

  private static final FeedId ID = new FeedId("channel", "lobby");
  private static final Retention KEPT = new Retention(4, 1 << 20, Duration.ofSeconds(10));

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private Engine engine = Engine.inMemory(InstantSource.system(), () -> 1);
  private Owner owner = engine.own(ID, KEPT);

  /** A new engine without feeds that tells the time by that clock. */
  protected abstract Engine engine(InstantSource clock);

  @BeforeEach
  void openTheFeed() {
    engine = engine(() -> Instant.ofEpochMilli(millis.get()));
    owner = engine.own(ID, KEPT);
  }

  private void append(int events) {
    for (int i = 0; i < events; i++) {
      assertThat(owner.append(Payload.of("t"))).isInstanceOf(Owner.Appended.At.class);
    }
  }

  private static List<String> read(Reader reader) {
    List<String> told = new ArrayList<>();
    reader.poll(Long.MAX_VALUE, delivery -> told.add(text(delivery)));
    return told;
  }

  private static String text(Delivery delivery) {
    return switch (delivery) {
      case Event event -> Long.toString(event.offset());
      case Delivery.Gap gap -> gap.from() + "-" + gap.to() + " " + gap.reason();
      case Delivery.Snapshot snapshot -> "state " + snapshot.offset();
      case Delivery.Mark mark -> mark.name();
    };
  }

  /** Appends letters from {@code a}, merges those at the offsets given, and returns the owner. */
  private Owner merged(int letters, int first, int last) {
    FeedId id = new FeedId("run", "merged");
    Owner run = engine.own(id, new Retention(100, 1 << 20, Duration.ofSeconds(10)));
    for (int i = 0; i < letters; i++) {
      run.append(Payload.of("t", Character.toString('a' + i).getBytes(UTF_8)));
    }
    run.merge(
        first,
        last,
        (after, upTo) -> {
          StringBuilder text = new StringBuilder();
          for (long at = after; at < upTo; at++) {
            text.append((char) ('a' + at));
          }
          return Payload.of("t", text.toString().getBytes(UTF_8));
        });
    return run;
  }

  private static String spans(Reader reader) {
    List<String> told = new ArrayList<>();
    reader.poll(
        Long.MAX_VALUE,
        delivery ->
            told.add(
                delivery instanceof Event event
                    ? event.offset() + "/" + event.span() + new String(event.body(), UTF_8)
                    : text(delivery)));
    return String.join(" ", told);
  }

  @Test
  void mergedEventsGiveEachReaderTheExactRest() {
    Owner run = merged(6, 2, 5);
    Feed feed = run.feed();
    long epoch = feed.tail().epoch();
    assertThat(spans(feed.attach(From.START).reader())).isEqualTo("1/1a 5/4bcde 6/1f CAUGHT_UP");
    String[] rests = {"5/4bcde ", "5/3cde ", "5/2de ", "5/1e ", ""};
    for (int after = 1; after <= 5; after++) {
      Feed.Attached at = feed.attach(new From.After(new Position(epoch, after)));
      assertThat(at.recovered()).isTrue();
      assertThat(spans(at.reader())).isEqualTo(rests[after - 1] + "6/1f CAUGHT_UP");
    }
  }

  @Test
  void aReaderThatIsInTheMidstOfWhatIsMergedGoesOnThere() {
    Owner run = merged(3, 0, 0);
    Reader reader = run.feed().attach(From.START).reader();
    reader.poll(1, delivery -> {});
    reader.poll(1, delivery -> {});
    run.merge(1, 3, (after, upTo) -> Payload.of("t", (after + "-" + upTo).getBytes(UTF_8)));
    run.end(Payload.of("done"));
    assertThat(spans(reader)).isEqualTo("3/1" + "2-3 4/1 END");
    assertThat(spans(run.feed().attach(From.START).reader())).isEqualTo("3/30-3 4/1 END");
  }

  @Test
  void mergedEventsArePagedThroughInBothDirections() {
    Feed feed = merged(6, 2, 5).feed();
    assertThat(feed.history(3L, 10, false).events().stream().map(e -> e.offset() + "/" + e.span()))
        .containsExactly("5/2", "6/1");
    assertThat(feed.history(4L, 10, true).events().stream().map(e -> e.offset() + "/" + e.span()))
        .containsExactly("3/2", "1/1");
    assertThat(feed.history(null, 2, true).complete()).isFalse();
  }

  @Test
  void mergedEventsAreTrimmedAsOne() {
    Owner run = merged(6, 2, 5);
    millis.addAndGet(11_000);
    run.append(Payload.of("t", "g".getBytes(UTF_8)));
    assertThat(spans(run.feed().attach(From.START).reader())).isEqualTo("7/1g CAUGHT_UP");
  }

  @Test
  void nothingIsMergedByAnOwnerOfBeforeNorWhereEventsAreGone() {
    Owner run = merged(6, 2, 5);
    Owner next = engine.own(run.feed().id(), KEPT);
    run.merge(1, 6, (after, upTo) -> Payload.of("t"));
    next.merge(0, 3, (after, upTo) -> Payload.of("t"));
    next.merge(5, 9, (after, upTo) -> Payload.of("t"));
    next.merge(4, 6, (after, upTo) -> Payload.of("t"));
    assertThat(spans(run.feed().attach(From.START).reader()))
        .isEqualTo("1/1a 5/4bcde 6/1f CAUGHT_UP");
  }

  private List<String> retained() {
    return read(owner.feed().attach(From.START).reader());
  }

  @Test
  void readersBeginAtTheStartNowOrAfterAPosition() {
    append(3);
    Feed feed = owner.feed();
    Position first = new Position(feed.tail().epoch(), 1);
    Feed.Attached after = feed.attach(new From.After(first));
    Feed.Attached now = feed.attach(From.NOW);
    append(1);
    assertThat(retained()).containsExactly("1", "2", "3", "4", "CAUGHT_UP");
    assertThat(after.recovered()).isTrue();
    assertThat(read(after.reader())).containsExactly("2", "3", "4", "CAUGHT_UP");
    assertThat(read(now.reader())).containsExactly("4", "CAUGHT_UP");
  }

  @Test
  void whatCannotBeRecoveredIsNeverCalledRecovered() {
    append(6);
    Feed feed = owner.feed();
    long epoch = feed.tail().epoch();
    assertThat(feed.attach(new From.After(new Position(epoch, 2))).recovered()).isTrue();
    for (Position lost :
        List.of(new Position(epoch, 1), new Position(epoch, 7), new Position(epoch + 1, 3))) {
      Feed.Attached attached = feed.attach(new From.After(lost));
      assertThat(attached.recovered()).as("%s", lost).isFalse();
      assertThat(attached.position()).isEqualTo(new Position(epoch, 2));
      assertThat(read(attached.reader())).containsExactly("3", "4", "5", "6", "CAUGHT_UP");
    }
  }

  @Test
  void aGapIsToldWithItsRangeAndReason() {
    Reader prompt = owner.feed().attach(From.START).reader();
    Reader slow = owner.feed().attach(From.START).reader();
    append(2);
    slow.poll(1, delivery -> {});
    append(5);
    assertThat(read(prompt)).containsExactly("1-3 RETENTION", "4", "5", "6", "7", "CAUGHT_UP");
    assertThat(read(slow)).containsExactly("2-3 SLOW", "4", "5", "6", "7", "CAUGHT_UP");
  }

  @Test
  void aPollStopsWhenItsBudgetIsSpent() {
    append(3);
    Reader reader = owner.feed().attach(From.START).reader();
    long cost = new Event(1, 0, Payload.of("t")).cost();
    List<String> told = new ArrayList<>();
    assertThat(reader.poll(0, d -> told.add(text(d)))).isZero();
    assertThat(reader.poll(cost + 1, d -> told.add(text(d)))).isEqualTo(2 * cost);
    assertThat(told).containsExactly("1", "2");
    assertThat(reader.position().offset()).isEqualTo(2);
  }

  @Test
  void theEndComesLastAndStaysForLateReaders() {
    append(2);
    owner.end(Payload.of("done"));
    assertThat(owner.append(Payload.of("t"))).isEqualTo(new Owner.Appended.Ended());
    assertThat(retained()).containsExactly("1", "2", "3", "END");
    millis.addAndGet(10_000);
    engine.sweep();
    assertThat(retained()).containsExactly("3", "END");
  }

  @Test
  void aKeyIsUsedOnceUntilItsAgeIsOver() {
    assertThat(owner.append(Payload.of("t"), "k")).isEqualTo(new Owner.Appended.At(1));
    millis.addAndGet(9_999);
    assertThat(owner.append(Payload.of("t"), "k")).isEqualTo(new Owner.Appended.Duplicate(1));
    millis.addAndGet(1);
    assertThat(owner.append(Payload.of("t"), "k")).isEqualTo(new Owner.Appended.At(2));
  }

  @Test
  void aNewOwnerFencesOutTheOneBefore() {
    Owner before = owner;
    owner = engine.own(ID, KEPT);
    owner.snapshots(() -> new Delivery.Snapshot(6, Payload.of("s")));
    before.snapshots(null);
    append(6);
    assertThat(before.append(Payload.of("t"))).isEqualTo(new Owner.Appended.Fenced());
    assertThat(before.end(Payload.of("t"))).isEqualTo(new Owner.Appended.Fenced());
    Delivery.Snapshot state =
        Objects.requireNonNull(
            owner.feed().attach(new From.After(new Position(1L << 60, 1))).snapshot());
    assertThat(state.offset()).isEqualTo(6);
  }

  @Test
  void aRemovedFeedComesBackWithAnotherEpoch() {
    append(2);
    Position old = owner.feed().tail();
    Owner before = owner;
    assertThat(engine.remove(ID)).isTrue();
    assertThat(engine.remove(ID)).isFalse();
    owner = engine.own(ID, KEPT);
    append(3);
    assertThat(before.append(Payload.of("t"))).isEqualTo(new Owner.Appended.Fenced());
    assertThat(owner.feed().tail().epoch()).isNotEqualTo(old.epoch());
    assertThat(owner.feed().attach(new From.After(old)).recovered()).isFalse();
  }

  @Test
  void eventsPastTheirAgeAreSwept() {
    append(1);
    millis.addAndGet(9_999);
    append(1);
    engine.sweep();
    assertThat(retained()).containsExactly("1", "2", "CAUGHT_UP");
    millis.addAndGet(1);
    engine.sweep();
    assertThat(retained()).containsExactly("2", "CAUGHT_UP");
  }

  @Test
  void theNewestEventIsKeptHoweverLargeItIs() {
    owner = engine.own(new FeedId("run", "a"), new Retention(4, 1, Duration.ofSeconds(10)));
    append(1);
    owner.append(Payload.of("t", "\"a\":1".getBytes(UTF_8)));
    assertThat(retained()).containsExactly("2", "CAUGHT_UP");
    engine.sweep();
    assertThat(retained()).containsExactly("2", "CAUGHT_UP");
  }

  @Test
  void historyPagesBothWays() {
    append(6);
    Feed feed = owner.feed();
    assertThat(offsets(feed.history(null, 3, false))).containsExactly(3L, 4L, 5L);
    assertThat(feed.history(null, 3, false).complete()).isFalse();
    assertThat(offsets(feed.history(5L, 3, false))).containsExactly(6L);
    assertThat(feed.history(5L, 3, false).complete()).isTrue();
    assertThat(offsets(feed.history(null, 2, true))).containsExactly(6L, 5L);
    assertThat(offsets(feed.history(5L, 3, true))).containsExactly(4L, 3L);
    assertThat(feed.history(5L, 3, true).complete()).isTrue();
  }

  private static List<Long> offsets(Feed.Page page) {
    return page.events().stream().map(Event::offset).toList();
  }

  @Test
  void aWatchIsSignalledAfterEachAppendUntilItIsClosed() {
    AtomicInteger signals = new AtomicInteger();
    Feed.Watch watch = owner.feed().watch(signals::incrementAndGet);
    append(2);
    assertThat(signals).hasValue(2);
    watch.close();
    watch.close();
    append(1);
    assertThat(signals).hasValue(2);
  }
}
