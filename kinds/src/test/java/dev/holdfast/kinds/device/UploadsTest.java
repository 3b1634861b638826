package dev.holdfast.kinds.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.kinds.device.Uploads.Outcome;
import dev.holdfast.kinds.device.Uploads.Why;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UploadsTest {

  private static final String JPEG = "\u00ff\u00d8\u00ff\u00e0 and what follows";
  private static final String WEBM = "\u001aE\u00df\u00a3 and what follows";

  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final AtomicLong ids = new AtomicLong();
  private Path folder;
  private Uploads uploads;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    folder = temporary.resolve("media");
    uploads = open();
  }

  private Uploads open() throws IOException {
    return new Uploads(
        folder,
        new Uploads.Bounds(1_000, 1_500, 2_500, Duration.ofDays(1)),
        () -> Instant.ofEpochMilli(millis.get()),
        ids::incrementAndGet);
  }

  private Upload offer(String user, String command) {
    Upload upload =
        uploads.offer(user, "cam", "c" + ids.incrementAndGet(), command, millis.get() + 30_000);
    assertThat(upload).isNotNull();
    return upload;
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
  }

  private Outcome take(Upload upload, @Nullable String claim, String text) {
    return uploads.take(upload.token, -1, claim, bytes(text));
  }

  private static Why refused(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) outcome).why();
  }

  private static Media stored(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Stored.class);
    return ((Outcome.Stored) outcome).media();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void whatIsUploadedIsThereOnceAndAfterARestart() throws IOException {
    Upload upload = offer("ann", "camera_snap");
    Media media = stored(take(upload, "image/jpeg; q=1", JPEG));
    assertThat(media.bytes()).isEqualTo(JPEG.length());
    assertThat(refused(take(upload, null, JPEG))).isEqualTo(Why.UNKNOWN);
    assertThat(uploads.end(upload, true)).isEqualTo(media);
    Files.write(folder.resolve("left.part"), new byte[10]);
    Files.write(folder.resolve("broken.json"), new byte[10]);
    Media lost = stored(take(offer("ann", "camera_snap"), null, JPEG));
    Files.delete(folder.resolve(lost.id()));
    uploads = open();
    assertThat(uploads.media().find(media.id())).isEqualTo(media);
    assertThat(uploads.media().bytes()).isEqualTo(JPEG.length());
    assertThat(folder.resolve("left.part")).doesNotExist();
    assertThat(folder.resolve(lost.id() + ".json")).doesNotExist();
    assertThat(Files.getPosixFilePermissions(folder)).hasSize(3);
    try (InputStream in = uploads.media().read(media)) {
      assertThat(new String(in.readAllBytes(), ISO_8859_1)).isEqualTo(JPEG);
    }
    millis.addAndGet(Duration.ofDays(1).toMillis());
    uploads.sweep();
    assertThat(uploads.media().list("ann", true)).isEmpty();
    assertThat(uploads.media().bytes()).isZero();
    assertThat(files()).containsExactly(folder.resolve("broken.json"));
  }

  @ParameterizedTest
  @CsvSource({
    "camera_snap, text/html, JPEG, false",
    "camera_snap, image/png, JPEG, false",
    "camera_snap, image/jpeg, <script>alert(1)</script>, false",
    "camera_snap, image/svg+xml, <svg onload=x>, false",
    "camera_snap, image/jpeg, '', false",
    "camera_snap, image/jpeg, x, false",
    "screen_record_stop, image/jpeg, JPEG, false",
    "screen_record_stop, video/mp4, 1234ftypheic and more, false",
    "screen_record_stop, video/mp4, 1234ftypisom and more, true",
    "camera_snap, application/octet-stream, JPEG, true",
    "camera_snap, IMAGE/JPEG, JPEG, true",
    "camera_snap, , JPEG, true",
    "camera_snap, image/gif, GIF89a and more, true",
  })
  void theTypeIsToldByTheBytesAndAClaimMustNotLie(
      String command, @Nullable String claim, String text, boolean taken) throws IOException {
    Outcome outcome = take(offer("ann", command), claim, text.equals("JPEG") ? JPEG : text);
    if (taken) {
      stored(outcome);
    } else {
      assertThat(refused(outcome)).isEqualTo(Why.NOT_MEDIA);
      assertThat(files()).isEmpty();
      assertThat(uploads.media().bytes()).isZero();
    }
  }

  @Test
  void whatIsTooLargeOrHasNoRoomLeavesNothing() throws IOException {
    assertThat(
            refused(
                uploads.take(
                    offer("ann", "camera_snap").token, 1L << 30, "image/jpeg", bytes(JPEG))))
        .isEqualTo(Why.TOO_LARGE);
    String large = JPEG + "x".repeat(1_000 - JPEG.length());
    Upload upload = offer("ann", "camera_snap");
    assertThat(refused(take(upload, null, large + "x"))).isEqualTo(Why.TOO_LARGE);
    // What came to nothing may be tried again.
    stored(take(upload, null, large));
    assertThat(refused(take(offer("ann", "camera_snap"), null, large))).isEqualTo(Why.NO_ROOM);
    stored(take(offer("bob", "camera_snap"), null, large));
    assertThat(refused(take(offer("cid", "camera_snap"), null, large))).isEqualTo(Why.NO_ROOM);
    assertThat(uploads.media().bytes()).isEqualTo(2_000);
    assertThat(files()).hasSize(4);
  }

  @Test
  void anUploadThatBreaksOffOrComesTooLateLeavesNothing() throws IOException {
    Upload upload = offer("ann", "camera_snap");
    List<Integer> left = new ArrayList<>(List.of(3));
    InputStream breaking =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }

          @Override
          public int read(byte[] into, int from, int most) throws IOException {
            if (left.isEmpty()) {
              throw new IOException("gone");
            }
            left.clear();
            byte[] some = JPEG.getBytes(ISO_8859_1);
            int count = Math.min(most, some.length);
            System.arraycopy(Arrays.copyOf(some, count), 0, into, from, count);
            return count;
          }
        };
    assertThat(refused(uploads.take(upload.token, -1, null, breaking))).isEqualTo(Why.BROKEN_OFF);
    uploads.end(upload, false);
    assertThat(refused(take(upload, null, JPEG))).isEqualTo(Why.UNKNOWN);
    Upload late = offer("ann", "camera_snap");
    InputStream ending =
        new ByteArrayInputStream(JPEG.getBytes(ISO_8859_1)) {
          @Override
          public synchronized int read(byte[] into, int from, int most) {
            uploads.end(late, false);
            return super.read(into, from, most);
          }
        };
    assertThat(refused(uploads.take(late.token, -1, null, ending))).isEqualTo(Why.UNKNOWN);
    assertThat(files()).isEmpty();
    assertThat(uploads.media().bytes()).isZero();
  }

  @Test
  void whatTheDiskDoesNotTakeLeavesNothingAndIsNotCounted() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.isWritable(full), "this system has a disk that is always full");
    Upload upload = offer("ann", "screen_record_stop");
    at(append(upload, 0, -1, ""), 0);
    Path part = folder.resolve(upload.arrival.mediaId + ".part");
    for (int i = 0; i < 3; i++) {
      Files.deleteIfExists(part);
      Files.createSymbolicLink(part, full);
      assertThat(refused(append(upload, 0, -1, WEBM))).isEqualTo(Why.NO_ROOM);
      assertThat(files()).isEmpty();
      assertThat(uploads.media().bytes()).isZero();
    }
    // It may be begun anew once there is room.
    stored(take(upload, null, WEBM));
    assertThat(uploads.media().bytes()).isEqualTo(WEBM.length());
  }

  @Test
  void smallFilesAreCountedToo() {
    Quota quota = new Quota(1_000, 1_000);
    for (int i = 0; i < Quota.MOST_FILES; i++) {
      assertThat(quota.takeFile("ann")).isTrue();
    }
    assertThat(quota.takeFile("ann")).isFalse();
    assertThat(quota.takeFile("bob")).isTrue();
    quota.releaseFile("ann");
    assertThat(quota.takeFile("ann")).isTrue();
  }

  private Outcome append(Upload upload, long offset, long length, String text) {
    return uploads.append(upload.token, offset, length, text.length(), bytes(text));
  }

  private static void at(Outcome outcome, long offset) {
    assertThat(outcome).isInstanceOf(Outcome.At.class);
    assertThat(((Outcome.At) outcome).offset()).isEqualTo(offset);
  }

  @Test
  void aRecordingArrivesPieceByPieceFromItsBeginToItsEnd() throws IOException {
    Upload upload = offer("ann", "screen_record_start");
    assertThat(uploads.end(upload, true)).isNull();
    at(append(upload, 0, -1, WEBM.substring(0, 3)), 3);
    at(append(upload, 3, -1, WEBM.substring(3, 9)), 9);
    assertThat(refused(append(upload, 3, -1, "again"))).isEqualTo(Why.ELSEWHERE);
    at(uploads.progress(upload.token), 9);
    assertThat(uploads.media().bytes()).isEqualTo(9);
    // Two are asked for at once: one gets it, and where that fails the recording goes on.
    Upload asked = offer("ann", "screen_record_stop");
    assertThat(asked).isSameAs(upload);
    Upload other = offer("ann", "screen_record_stop");
    assertThat(other).isNotSameAs(upload);
    assertThat(uploads.end(other, false)).isNull();
    assertThat(uploads.end(asked, false)).isNull();
    at(uploads.progress(upload.token), 9);
    assertThat(offer("ann", "screen_record_stop")).isSameAs(upload);
    assertThat(refused(append(upload, 9, 8, ""))).isEqualTo(Why.WRONG_LENGTH);
    at(append(upload, 9, WEBM.length(), WEBM.substring(9)), WEBM.length());
    // Whoever did not hear that may ask, or say it again.
    at(uploads.progress(upload.token), WEBM.length());
    at(append(upload, WEBM.length(), WEBM.length(), ""), WEBM.length());
    Media media = uploads.end(upload, true);
    assertThat(media).isNotNull();
    try (InputStream in = uploads.media().read(media)) {
      assertThat(new String(in.readAllBytes(), ISO_8859_1)).isEqualTo(WEBM);
    }
    assertThat(refused(uploads.progress(upload.token))).isEqualTo(Why.UNKNOWN);
    assertThat(files()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1000, TOO_LARGE",
    "'', 1001, TOO_LARGE",
    "<script>alert(1)</script>, 0, NOT_MEDIA",
  })
  void aPieceThatIsRefusedLeavesNothingOfTheWhole(String first, int more, Why why)
      throws IOException {
    Upload upload = offer("ann", "screen_record_stop");
    at(
        append(upload, 0, -1, first.isEmpty() ? WEBM : first.substring(0, 5)),
        first.isEmpty() ? WEBM.length() : 5);
    String rest = first.isEmpty() ? "x".repeat(more) : first.substring(5);
    long offset = first.isEmpty() ? WEBM.length() : 5;
    assertThat(refused(uploads.append(upload.token, offset, -1, -1, bytes(rest)))).isEqualTo(why);
    assertThat(files()).isEmpty();
    assertThat(uploads.media().bytes()).isZero();
    // It may be begun anew.
    at(append(upload, 0, WEBM.length(), WEBM), WEBM.length());
    assertThat(uploads.end(upload, true)).isNotNull();
  }

  @Test
  void theLengthAndTheRoomHoldForPiecesToo() throws IOException {
    Upload upload = offer("ann", "screen_record_stop");
    assertThat(refused(append(upload, 0, 1_001, WEBM))).isEqualTo(Why.TOO_LARGE);
    at(append(upload, 0, 30, WEBM), WEBM.length());
    assertThat(refused(append(upload, WEBM.length(), 31, ""))).isEqualTo(Why.WRONG_LENGTH);
    assertThat(refused(append(upload, WEBM.length(), 30, "x".repeat(30)))).isEqualTo(Why.TOO_LARGE);
    at(append(upload, 0, -1, WEBM + "x".repeat(900)), WEBM.length() + 900);
    Upload more = offer("ann", "screen_record_start");
    assertThat(refused(append(more, 0, -1, WEBM + "x".repeat(900)))).isEqualTo(Why.NO_ROOM);
    assertThat(files()).hasSize(1);
    assertThat(uploads.media().bytes()).isEqualTo(WEBM.length() + 900);
    // What is whole takes the place of pieces.
    stored(take(upload, null, WEBM));
    assertThat(uploads.media().bytes()).isEqualTo(WEBM.length());
  }

  @Test
  void aRecordingToWhichNothingIsAddedIsGivenUpAndADayIsTheMost() throws Exception {
    Upload upload = offer("ann", "screen_record_start");
    uploads.end(upload, true);
    at(append(upload, 0, -1, WEBM), WEBM.length());
    long minutes = Duration.ofMinutes(50).toMillis();
    int times = 0;
    for (long at = WEBM.length(); ; at++) {
      millis.addAndGet(minutes);
      uploads.sweep();
      if (!(append(upload, at, -1, "x") instanceof Outcome.At)) {
        break;
      }
      times++;
    }
    assertThat(times * minutes).isBetween(22 * 3_600_000L, 24 * 3_600_000L);
    gone();
    Upload idle = offer("ann", "screen_record_start");
    uploads.end(idle, true);
    at(append(idle, 0, -1, WEBM), WEBM.length());
    millis.addAndGet(Duration.ofHours(1).toMillis());
    assertThat(refused(append(idle, WEBM.length(), -1, "x"))).isEqualTo(Why.UNKNOWN);
    uploads.sweep();
    gone();
    // Of the one before nothing is left once another is begun, nor of one that is given up.
    Upload before = offer("ann", "screen_record_start");
    uploads.end(before, true);
    at(append(before, 0, -1, WEBM), WEBM.length());
    Upload next = offer("ann", "screen_record_start");
    uploads.end(next, true);
    gone();
    at(append(next, 0, -1, WEBM), WEBM.length());
    at(uploads.giveUp(next.token), WEBM.length());
    gone();
    assertThat(refused(uploads.giveUp(next.token))).isEqualTo(Why.UNKNOWN);
  }

  /** Deletions are waited for, which nobody else does. */
  private void gone() throws Exception {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!files().isEmpty() || uploads.media().bytes() != 0) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.onSpinWait();
    }
  }

  @Test
  void aPiecePutsTheDeadlineOffByAnHourAtMost() {
    Upload upload = offer("ann", "screen_record_stop");
    long deadline = millis.get() + 30_000;
    assertThat(upload.dueMillis()).isEqualTo(deadline);
    millis.addAndGet(20_000);
    at(append(upload, 0, -1, ""), 0);
    assertThat(upload.dueMillis()).isEqualTo(deadline);
    at(append(upload, 0, -1, WEBM), WEBM.length());
    assertThat(upload.dueMillis()).isEqualTo(millis.get() + 30_000);
    for (long at = WEBM.length(); append(upload, at, -1, "x") instanceof Outcome.At; at++) {
      millis.addAndGet(25_000);
    }
    assertThat(upload.dueMillis()).isEqualTo(deadline + 3_600_000);
  }

  @Test
  void ofTwoThatWriteTheNewerGoesOnWhereTheOlderWasBrokenOff() throws Exception {
    Upload upload = offer("ann", "screen_record_stop");
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    InputStream dead =
        new InputStream() {
          private boolean first = true;

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] into, int from, int most) throws IOException {
            if (first) {
              first = false;
              System.arraycopy(WEBM.getBytes(ISO_8859_1), 0, into, from, WEBM.length());
              return WEBM.length();
            }
            writing.countDown();
            try {
              closed.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    CompletableFuture<Outcome> older =
        CompletableFuture.supplyAsync(() -> uploads.append(upload.token, 0, -1, -1, dead));
    writing.await();
    at(uploads.progress(upload.token), WEBM.length());
    assertThat(refused(older.get(20, TimeUnit.SECONDS))).isEqualTo(Why.ELSEWHERE);
    at(append(upload, WEBM.length(), WEBM.length() + 1, "x"), WEBM.length() + 1);
    assertThat(uploads.end(upload, true)).isNotNull();
  }

  @Test
  void nothingIsOfferedForCommandsThatYieldNothing() {
    assertThat(uploads.offer("ann", "cam", "c", "get_location", 2_000_000)).isNull();
  }
}
