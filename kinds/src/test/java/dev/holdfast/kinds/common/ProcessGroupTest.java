package dev.holdfast.kinds.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProcessGroupTest {

  private static final int ROUNDS = 300;

  @Test
  @Timeout(120)
  void aProgramThatIsKilledAsItBeginsLeavesNoChild() throws Exception {
    Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/environ")), "needs /proc");
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String mark = "HOLDFAST_MARK=" + seed;
    for (int round = 0; round < ROUNDS; round++) {
      Process process =
          ProcessGroup.start(
              List.of("/bin/sh", "-c", "sleep 60 & sleep 60 & wait"),
              null,
              Map.of("HOLDFAST_MARK", Long.toString(seed)));
      LockSupport.parkNanos(random.nextInt(3_000_000));
      ProcessGroup.kill(process);
      assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
    }
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (living(mark) > 0 && System.nanoTime() - until < 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(living(mark)).isZero();
  }

  /** Processes that have this in their environment. */
  private static long living(String mark) {
    return ProcessHandle.allProcesses()
        .filter(process -> environment(process.pid()).contains(mark))
        .count();
  }

  private static String environment(long pid) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), "environ"), StandardCharsets.ISO_8859_1);
    } catch (java.io.IOException e) {
      // It has ended, or is somebody else's.
      return "";
    }
  }
}
