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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UploadsTest {

  private static final String JPEG = "\u00ff\u00d8\u00ff\u00e0 and what follows";

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
    Upload upload = uploads.offer(user, "cam", "c" + ids.incrementAndGet(), command);
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
    uploads = open();
    assertThat(uploads.find(media.id())).isEqualTo(media);
    assertThat(uploads.bytes()).isEqualTo(JPEG.length());
    assertThat(folder.resolve("left.part")).doesNotExist();
    try (InputStream in = uploads.read(media)) {
      assertThat(new String(in.readAllBytes(), ISO_8859_1)).isEqualTo(JPEG);
    }
    millis.addAndGet(Duration.ofDays(1).toMillis());
    uploads.sweep();
    assertThat(uploads.list("ann", true)).isEmpty();
    assertThat(uploads.bytes()).isZero();
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
      assertThat(uploads.bytes()).isZero();
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
    assertThat(uploads.bytes()).isEqualTo(2_000);
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
    assertThat(uploads.bytes()).isZero();
  }

  @Test
  void nothingIsOfferedForCommandsThatYieldNothing() {
    assertThat(uploads.offer("ann", "cam", "c", "get_location")).isNull();
  }
}
