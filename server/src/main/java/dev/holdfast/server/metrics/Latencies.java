package dev.holdfast.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long commands took, by type, as a histogram whose buckets double from 1 microsecond to about
 * 1 second. The library's own timer costs a tenth of a whole command; this one two additions. Any
 * thread.
 */
final class Latencies implements Collector {

  private static final int FIRST_NANOS = 1_000;
  private static final int BUCKETS = 21;
  private static final double NANOS_A_SECOND = 1e9;

  private static final class Times {
    final LongAdder[] buckets = new LongAdder[BUCKETS + 1];
    final LongAdder nanos = new LongAdder();

    Times() {
      for (int i = 0; i <= BUCKETS; i++) {
        buckets[i] = new LongAdder();
      }
    }
  }

  private final ConcurrentMap<String, Times> byType = new ConcurrentHashMap<>();

  void record(String type, long nanos) {
    Times times = byType.get(type);
    if (times == null) {
      times = byType.computeIfAbsent(type, name -> new Times());
    }
    times.buckets[bucket(nanos)].increment();
    times.nanos.add(nanos);
  }

  /** How many commands took how long so far, by bucket. */
  long[] counts() {
    long[] counts = new long[BUCKETS + 1];
    for (Times times : byType.values()) {
      for (int i = 0; i <= BUCKETS; i++) {
        counts[i] += times.buckets[i].sum();
      }
    }
    return counts;
  }

  /** The bound in microseconds within which that share of them lies; 0 for none of them. */
  static long within(long[] counts, double share) {
    long all = 0;
    for (long count : counts) {
      all += count;
    }
    long left = (long) Math.ceil(all * share);
    for (int i = 0; i <= BUCKETS && all > 0; i++) {
      left -= counts[i];
      if (left <= 0) {
        return 1L << Math.min(i, BUCKETS);
      }
    }
    return 0;
  }

  /** The bucket whose upper bound is the first that is not exceeded. */
  static int bucket(long nanos) {
    long units = Math.max(0, nanos - 1) / FIRST_NANOS;
    return Math.min(BUCKETS, Long.SIZE - Long.numberOfLeadingZeros(units));
  }

  private static double boundSeconds(int bucket) {
    return bucket == BUCKETS
        ? Double.POSITIVE_INFINITY
        : (double) ((long) FIRST_NANOS << bucket) / NANOS_A_SECOND;
  }

  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder all =
        HistogramSnapshot.builder()
            .name("holdfast_command_seconds")
            .help("time on the event loop to obey a command");
    byType.forEach((type, times) -> {
      List<Double> bounds = new ArrayList<>();
      List<Long> counts = new ArrayList<>();
      for (int i = 0; i <= BUCKETS; i++) {
        bounds.add(boundSeconds(i));
        counts.add(times.buckets[i].sum());
      }
      all.dataPoint(
          HistogramDataPointSnapshot.builder()
              .labels(Labels.of("type", type))
              .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
              .sum((double) times.nanos.sum() / NANOS_A_SECOND)
              .build());
    });
    return all.build();
  }
}
