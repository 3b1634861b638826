package dev.holdfast.feed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResumeCheckerTest {

  @Test
  void noRecoveryIsFalseNoHoleIsSilentAndNothingComesTwice() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    long events = Long.getLong("holdfast.checker.events", 300_000);
    System.out.println(
        "seed " + seed + " (-Dholdfast.seed), " + events + " events (-Dholdfast.checker.events)");
    long begin = System.nanoTime();
    ResumeChecker.Report report;
    try {
      report = new ResumeChecker(seed, Engine::inMemory).run(events);
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
    System.out.println(report + " in " + (System.nanoTime() - begin) / 1_000_000 + " ms");
    assertThat(report.recovered()).isPositive().isLessThan(report.reconnects());
    assertThat(report.gaps()).isPositive();
    assertThat(report.takeOvers()).isPositive();
    assertThat(report.made()).isGreaterThan(16);
  }
}
