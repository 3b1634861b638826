package dev.holdfast.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A stretch of time in which something is counted, after one in which nothing is. */
record Window(double perSecond, double perCpuSecond) {

  /** Warms up, then counts: both for so many seconds. */
  static Window over(Child server, int seconds, LongSupplier count, Runnable warm)
      throws InterruptedException {
    TimeUnit.SECONDS.sleep(seconds);
    warm.run();
    long before = count.getAsLong();
    double cpu = server.cpuSeconds();
    long begin = System.nanoTime();
    TimeUnit.SECONDS.sleep(seconds);
    double counted = (double) (count.getAsLong() - before);
    double used = server.cpuSeconds() - cpu;
    double elapsed = (System.nanoTime() - begin) / 1e9;
    return new Window(counted / elapsed, counted / used);
  }
}
