package dev.holdfast.kinds.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.kinds.device.DeviceOutcome.Why;
import dev.holdfast.kinds.device.Pairings.Redeemed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PairingsTest {

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final Random random = new Random();
  private final List<String> told = new ArrayList<>();
  private final List<Pairing> ended = new ArrayList<>();

  private Pairings open(@Nullable Path file) throws IOException {
    return new Pairings(
        file,
        () -> Instant.ofEpochMilli(millis.get()),
        random::nextLong,
        (user, event, json) -> told.add(json),
        ended::add,
        3);
  }

  private static Redeemed.Paired paired(Pairings pairings, String code, String device) {
    Redeemed redeemed = pairings.redeem(code, device, null, "1.2.3.4");
    assertThat(redeemed).isInstanceOf(Redeemed.Paired.class);
    return (Redeemed.Paired) redeemed;
  }

  private static Why refused(Pairings pairings, String code, String ip) {
    Redeemed redeemed = pairings.redeem(code, "cam", null, ip);
    assertThat(redeemed).isInstanceOf(Redeemed.Refused.class);
    return ((Redeemed.Refused) redeemed).why();
  }

  @Test
  void aPairingOutlivesTheProcessAndEndsWhenItIsTakenBack(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("holdfast.db");
    Redeemed.Paired paired;
    try (Pairings pairings = open(file)) {
      paired = paired(pairings, pairings.code("ann").code(), "cam");
    }
    try (Pairings pairings = open(file)) {
      assertThat(pairings.byToken(paired.token())).isEqualTo(paired.pairing());
      assertThat(pairings.list("bob", false)).isEmpty();
      pairings.revoke(paired.pairing());
      assertThat(pairings.byToken(paired.token())).isNull();
      assertThat(ended).containsExactly(paired.pairing());
    }
    try (Pairings pairings = open(file)) {
      assertThat(pairings.list("ann", true)).isEmpty();
    }
  }

  @Test
  void aDeviceThatIsLetInAgainLosesWhatItHadBefore() throws Exception {
    try (Pairings pairings = open(null)) {
      Redeemed.Paired one = paired(pairings, pairings.code("ann").code(), "cam");
      Redeemed.Paired two = paired(pairings, pairings.code("ann").code(), "cam");
      paired(pairings, pairings.code("bob").code(), "cam");
      assertThat(ended).containsExactly(one.pairing());
      assertThat(pairings.byToken(one.token())).isNull();
      assertThat(pairings.list("ann", false)).containsExactly(two.pairing());
      assertThat(told).hasSize(4);
    }
  }

  @Test
  void aCodeIsGoodOnceAndForFiveMinutesAndTheFifthBeforeItIsVoid() throws Exception {
    try (Pairings pairings = open(null)) {
      String code = pairings.code("ann").code();
      paired(
          pairings,
          " " + code.substring(0, 4) + "-" + code.substring(4).toLowerCase(Locale.ROOT),
          "cam");
      assertThat(refused(pairings, code, "1.1.1.1")).isEqualTo(Why.NOT_FOUND);
      String late = pairings.code("ann").code();
      millis.addAndGet(300_000);
      assertThat(refused(pairings, late, "1.1.1.1")).isEqualTo(Why.NOT_FOUND);
      String first = pairings.code("ann").code();
      String other = pairings.code("bob").code();
      for (int i = 0; i < 5; i++) {
        pairings.code("ann");
      }
      assertThat(refused(pairings, first, "1.1.1.1")).isEqualTo(Why.NOT_FOUND);
      paired(pairings, other, "cam");
    }
  }

  @Test
  void aUserLetsInSoManyDevicesAtOnce() throws Exception {
    try (Pairings pairings = open(null)) {
      for (String device : List.of("one", "two", "three")) {
        paired(pairings, pairings.code("ann").code(), device);
      }
      assertThat(refused(pairings, pairings.code("ann").code(), "1.1.1.1"))
          .isEqualTo(Why.OVER_CAPACITY);
      assertThat(ended).isEmpty();
      paired(pairings, pairings.code("bob").code(), "cam");
      Redeemed.Paired again = paired(pairings, pairings.code("ann").code(), "two");
      pairings.revoke(again.pairing());
      paired(pairings, pairings.code("ann").code(), "cam");
    }
  }

  @Test
  void guessingIsEndedByAddressAndForAllUntilAMinuteHasPassed() throws Exception {
    try (Pairings pairings = open(null)) {
      String code = pairings.code("ann").code();
      for (int i = 0; i < 10; i++) {
        assertThat(refused(pairings, "WRONG" + i, "1.1.1.1")).isEqualTo(Why.NOT_FOUND);
      }
      assertThat(refused(pairings, code, "1.1.1.1")).isEqualTo(Why.RATE_LIMITED);
      for (int i = 0; i < 990; i++) {
        assertThat(refused(pairings, "WRONG", "2.2." + i / 9 + ".2")).isEqualTo(Why.NOT_FOUND);
      }
      assertThat(refused(pairings, code, "3.3.3.3")).isEqualTo(Why.RATE_LIMITED);
      millis.addAndGet(60_000);
      paired(pairings, code, "cam");
    }
  }
}
