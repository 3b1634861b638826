package dev.holdfast.bench.stress;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.feed.Reader;
import dev.holdfast.feed.Retention;
import java.time.Duration;
import java.time.InstantSource;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A writer appends three events to a feed that keeps one, while a reader polls: whatever the reader
 * is told during the race and after it adds up to three, each once and in order.
 */
@JCStressTest
@Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "every event was told or its loss was")
@State
public class ReadWhileTrimmed {

  private final Owner owner =
      Engine.inMemory(InstantSource.system(), () -> 1)
          .own(new FeedId("channel", "stress"), new Retention(1, 1 << 20, Duration.ofHours(1)));
  private final Reader reader = owner.feed().attach(From.START).reader();
  private long cursor;
  private int faults;

  private void take(Delivery delivery) {
    switch (delivery) {
      case Event event -> {
        faults += event.offset() == cursor + 1 ? 0 : 1;
        cursor = event.offset();
      }
      case Delivery.Gap gap -> {
        faults += gap.from() == cursor + 1 ? 0 : 1;
        cursor = gap.to();
      }
      case Delivery.Mark mark -> {}
      case Delivery.Snapshot snapshot -> faults++;
    }
  }

  @Actor
  public void write() {
    owner.append(Payload.of("a"));
    owner.append(Payload.of("b"));
    owner.append(Payload.of("c"));
  }

  @Actor
  public void read() {
    reader.poll(1, this::take);
    reader.poll(Long.MAX_VALUE, this::take);
  }

  @Arbiter
  public void readTheRest(II_Result result) {
    reader.poll(Long.MAX_VALUE, this::take);
    result.r1 = (int) cursor;
    result.r2 = faults;
  }
}
