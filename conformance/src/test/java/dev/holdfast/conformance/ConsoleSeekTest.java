package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That a browser's player finds a place in a recording without reading all of it. */
@Timeout(60)
class ConsoleSeekTest {

  private static final int SECONDS = 400;
  private static final int PACKETS_A_SECOND = 50;
  private static final int SAMPLES_A_SECOND = 48_000;
  private static final int POLYNOMIAL = 0x04c11db7;

  private Trial trial;
  private Browsers browsers;

  @BeforeEach
  void start() throws Exception {
    browsers = Browsers.start(true);
    trial = new Trial(new GivenGateway(browsers.gateway()), browsers.gateway(), 0);
  }

  @AfterEach
  void stop() {
    if (browsers != null) {
      trial.close();
      browsers.close();
      assertThat(browsers.complaints()).isEmpty();
    }
  }

  /** An Ogg file with that many seconds of silence in Opus (RFC 7845), 50 KB each. */
  private static byte[] silence() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ByteBuffer head = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
    head.put("OpusHead".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 1);
    head.putShort((short) 312).putInt(SAMPLES_A_SECOND);
    file.writeBytes(page(2, 0, 0, head.array(), 1));
    ByteBuffer tags = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    tags.put("OpusTags".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(page(0, 0, 1, tags.array(), 1));
    // One silent frame of 20 ms, and a thousand bytes of padding behind it (RFC 6716, 3.2.5).
    byte[] packet = new byte[1_008];
    byte[] begin = {(byte) 0xfb, 0x41, -1, -1, -1, (byte) 238, -1, -2};
    System.arraycopy(begin, 0, packet, 0, begin.length);
    for (int second = 1; second <= SECONDS; second++) {
      file.writeBytes(
          page(
              second == SECONDS ? 4 : 0,
              (long) second * SAMPLES_A_SECOND,
              second + 1,
              packet,
              PACKETS_A_SECOND));
    }
    return file.toByteArray();
  }

  /** A page that has the same packet so many times (RFC 3533). */
  private static byte[] page(int flags, long samples, int number, byte[] packet, int times) {
    int parts = packet.length / 255 + 1;
    ByteBuffer page =
        ByteBuffer.allocate(27 + times * (parts + packet.length)).order(ByteOrder.LITTLE_ENDIAN);
    page.put("OggS".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) flags);
    page.putLong(samples).putInt(7).putInt(number).putInt(0).put((byte) (times * parts));
    for (int i = 0; i < times * parts; i++) {
      page.put((byte) (i % parts == parts - 1 ? packet.length % 255 : 255));
    }
    for (int i = 0; i < times; i++) {
      page.put(packet);
    }
    page.putInt(22, sum(page.array()));
    return page.array();
  }

  private static int sum(byte[] page) {
    int sum = 0;
    for (byte one : page) {
      sum ^= (one & 0xff) << 24;
      for (int bit = 0; bit < 8; bit++) {
        sum = sum < 0 ? sum << 1 ^ POLYNOMIAL : sum << 1;
      }
    }
    return sum;
  }

  private String recorded(byte[] recording) throws Exception {
    Peer owner = trial.as("dev-user");
    Peer device = DeviceTalk.device(trial, "dev-user", "cam");
    DeviceTalk.present(owner);
    DeviceTalk.order(owner, "cam", "screen_record_stop", "");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> stored =
          http.send(
              HttpRequest.newBuilder(browsers.gateway().http(DeviceTalk.path(device)))
                  .header("content-type", "audio/ogg")
                  .PUT(HttpRequest.BodyPublishers.ofByteArray(recording))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
      return String.valueOf(dev.holdfast.client.Frame.of(stored.body()).text("url"));
    }
  }

  @Test
  void aPlayerGoesToAPlaceInARecordingWithoutReadingWhatIsBefore() throws Exception {
    byte[] recording = silence();
    String url = recorded(recording);
    BrowserContext person = browsers.person();
    Page tab = browsers.open(person, "overview");
    Queue<String> parts = new ConcurrentLinkedQueue<>();
    tab.onResponse(response -> {
      if (response.url().endsWith(url)) {
        parts.add(response.status() + " " + response.headers().get("content-range"));
      }
    });
    Object place =
        tab.evaluate(
            """
            (url) => new Promise((done, failed) => {
              const player = document.createElement('video');
              player.preload = 'metadata';
              player.onerror = () => failed(new Error(player.error.message));
              player.onloadedmetadata = () => { player.currentTime = 300; };
              player.onseeked = () => done(`${Math.round(player.duration)} ${player.currentTime}`);
              player.src = url;
            })\
            """,
            url);
    assertThat(place).isEqualTo("400 300");
    assertThat(parts)
        .allMatch(part -> part.startsWith("206 "))
        .anyMatch(part -> part.matches("206 bytes 1[45]\\d{6}-.*"));
    person.close();
  }
}
