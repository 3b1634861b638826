package dev.holdfast.bench.micro;

import dev.holdfast.wire.EventFrame;
import dev.holdfast.wire.Inbound;
import dev.holdfast.wire.TypeDialect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One frame in, one frame out. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {

  private static final String PAYLOAD = "x".repeat(100);

  private final byte[] message = bytes("{\"type\":\"message\",\"content\":\"" + PAYLOAD + "\"}");
  private final byte[] publish =
      bytes(
          "{\"type\":\"publish\",\"id\":\"17\",\"channel\":\"ops\",\"event\":\"canvas:update\","
              + "\"data\":{\"a\":[1,2,3],\"b\":\""
              + PAYLOAD
              + "\"}}");
  private final EventFrame event =
      new EventFrame(
          "message",
          bytes("\"channel\":\"lobby\",\"from\":\"ann\",\"content\":\"" + PAYLOAD + "\""),
          1_795_000_000_000L,
          "channel:lobby",
          123_456);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Benchmark
  public Inbound decodeMessage() {
    return TypeDialect.decode(message);
  }

  @Benchmark
  public Inbound decodePublish() {
    return TypeDialect.decode(publish);
  }

  @Benchmark
  public byte[] encodeEvent() {
    return TypeDialect.encode(event);
  }
}
