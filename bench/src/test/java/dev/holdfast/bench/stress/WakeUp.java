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
 * A reader watches and then polls, while a writer appends: it has seen the event, or it has been
 * signalled after its poll and will see it. First figure: events seen; second: signalled.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "polled in time, before it watched")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "polled in time, and signalled besides")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "signalled, so it polls again")
@Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "a lost wake-up")
@State
public class WakeUp {

  private final Owner owner =
      Engine.inMemory(InstantSource.system(), () -> 1)
          .own(new FeedId("channel", "stress"), new Retention(8, 1 << 20, Duration.ofHours(1)));
  private final Reader reader = owner.feed().attach(From.START).reader();
  private volatile int signalled;
  private int seen;

  private void take(Delivery delivery) {
    seen += delivery instanceof Event ? 1 : 0;
  }

  @Actor
  public void write() {
    owner.append(Payload.of("a"));
  }

  @Actor
  public void watchThenPoll() {
    owner.feed().watch(() -> signalled = 1);
    reader.poll(Long.MAX_VALUE, this::take);
  }

  @Arbiter
  public void afterwards(II_Result result) {
    result.r1 = seen;
    result.r2 = signalled;
  }
}
