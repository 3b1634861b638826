package dev.holdfast.bench.micro;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.feed.Reader;
import dev.holdfast.feed.Retention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Appending to a feed in memory, and reading it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FeedBenchmark {

  private static final int READERS = 1_000;

  private final Payload payload = Payload.of("message", new byte[170]);
  private final Owner owner =
      Engine.inMemory(InstantSource.system(), () -> 1)
          .own(
              new FeedId("channel", "bench"),
              new Retention(10_000, 8 << 20, Duration.ofMinutes(10)));
  private final Reader reader = owner.feed().attach(From.NOW).reader();
  private final List<Reader> readers = new ArrayList<>();

  public FeedBenchmark() {
    for (int i = 0; i < READERS; i++) {
      readers.add(owner.feed().attach(From.NOW).reader());
    }
  }

  @Benchmark
  public Owner.Appended append() {
    return owner.append(payload);
  }

  @Benchmark
  public void appendAndRead(Blackhole hole) {
    owner.append(payload);
    reader.poll(Long.MAX_VALUE, hole::consume);
  }

  /** One event to each of a thousand readers. */
  @Benchmark
  @OperationsPerInvocation(READERS)
  public void fanOut(Blackhole hole) {
    owner.append(payload);
    for (Reader one : readers) {
      one.poll(Long.MAX_VALUE, (Delivery delivery) -> hole.consume(delivery));
    }
  }
}
