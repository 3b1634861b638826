package dev.holdfast.kinds.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PtyLoopTest {

  @Test
  void aTerminalThatFailsTakesNoOtherWithIt() throws Exception {
    try (PtyLoop loop = new PtyLoop()) {
      CountDownLatch done = new CountDownLatch(1);
      loop.execute(() -> {
        throw new IllegalStateException("on purpose");
      });
      loop.execute(done::countDown);
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
