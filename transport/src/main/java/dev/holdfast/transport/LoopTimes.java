package dev.holdfast.transport;

import io.netty.util.concurrent.EventExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** How busy the event loops are, by the processor time of their threads. Any thread. */
final class LoopTimes {

  private final List<Long> threads = new ArrayList<>();
  private final ConcurrentHashMap<Long, Long> before = new ConcurrentHashMap<>();
  private long then = System.nanoTime();

  LoopTimes(Iterable<EventExecutor> loops) {
    for (EventExecutor loop : loops) {
      threads.add(
          loop.submit(() -> Thread.currentThread().threadId()).syncUninterruptibly().getNow());
    }
  }

  synchronized double[] utilisation() {
    ThreadMXBean beans = ManagementFactory.getThreadMXBean();
    long now = System.nanoTime();
    double passed = Math.max(1, now - then);
    then = now;
    return threads.stream()
        .mapToDouble(thread -> {
          long used = Math.max(0, beans.getThreadCpuTime(thread));
          Long earlier = before.put(thread, used);
          return earlier == null ? 0 : Math.clamp((used - earlier) / passed, 0, 1);
        })
        .toArray();
  }
}
