package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that are larger than all memory of the gateway. */
@Timeout(120)
class UploadMemoryTest {

  private static final long MIB = 1 << 20;

  /** Three times what heap and direct memory have together. */
  private static final long SIZE = 300 * MIB;

  private static final long MOST = 320 * MIB;

  @TempDir private Path folder;
  private final ChildGateways gateways =
      new ChildGateways(List.of("-Xmx64m", "-XX:MaxDirectMemorySize=32m"), System.err::println);
  private Gateway gateway;
  private Trial trial;
  private Peer owner;
  private Peer device;

  @BeforeEach
  void start() throws Exception {
    gateway =
        gateways.own(
            true,
            Map.of(
                "devices.media",
                folder.toString(),
                "devices.media_max",
                MOST + "B",
                "devices.deadline",
                "1h"));
    trial = new Trial(gateways, gateway, 0);
    owner = trial.as("ann");
    device = DeviceTalk.device(trial, "ann", "cam");
    DeviceTalk.present(owner);
  }

  @AfterEach
  void stop() {
    trial.close();
    gateway.close();
    gateways.close();
    assertThat(gateways.errors()).isEmpty();
  }

  private String path() throws Exception {
    DeviceTalk.order(owner, "cam", "screen_record_stop", "");
    return DeviceTalk.path(device);
  }

  /** A recording that is made while it is read; in the middle it waits. */
  private static final class Made extends InputStream {
    final CountDownLatch half = new CountDownLatch(1);
    final CountDownLatch further = new CountDownLatch(1);
    private final byte[] head = Pieces.recording(4_096);
    private long at;

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      if (at >= SIZE) {
        return -1;
      }
      if (at >= SIZE / 2) {
        half.countDown();
        try {
          further.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      int start = (int) (at % head.length);
      int count = (int) Math.min(Math.min(most, head.length - start), SIZE - at);
      System.arraycopy(head, start, into, from, count);
      at += count;
      return count;
    }
  }

  private HttpResponse<String> upload(HttpRequest.Builder request, String method) throws Exception {
    Made made = new Made();
    try (HttpClient http = HttpClient.newHttpClient()) {
      CompletableFuture<HttpResponse<String>> answer =
          http.sendAsync(
              request.method(method, HttpRequest.BodyPublishers.ofInputStream(() -> made)).build(),
              HttpResponse.BodyHandlers.ofString());
      made.half.await();
      assertThat(answer).isNotDone();
      Peer other = trial.as("bob");
      other.say("{'type':'ping'}");
      other.next("pong");
      other.close();
      made.further.countDown();
      return answer.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void anUploadOfSeveralTimesAllMemoryIsTakenWhileOthersAreAnswered() throws Exception {
    HttpResponse<String> whole =
        upload(
            HttpRequest.newBuilder(gateway.http(path())).header("content-type", "video/webm"),
            "PUT");
    assertThat(Frame.of(whole.body()).number("bytes", -1)).isEqualTo(SIZE);
    HttpResponse<String> piece =
        upload(
            HttpRequest.newBuilder(gateway.http(path()))
                .header("content-type", "application/offset+octet-stream")
                .header("upload-offset", "0")
                .header("upload-length", String.valueOf(SIZE)),
            "PATCH");
    assertThat(piece.statusCode()).as(piece.body()).isEqualTo(204);
    assertThat(trial.metric("holdfast_media_bytes")).isEqualTo(2.0 * SIZE);
  }

  @Test
  void oneThatIsTooLargeIsRefusedBeforeItHasAllCome() throws Exception {
    String path = path();
    assertThat(trial.announce(path, MOST + 1)).isEqualTo(413);
    byte[] some = Pieces.recording((int) MIB);
    long sent = 0;
    try (Socket socket = new Socket(gateway.base().getHost(), gateway.base().getPort())) {
      OutputStream out = socket.getOutputStream();
      String head =
          "PUT %s HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
              .formatted(path, gateway.base().getAuthority());
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      // It is to be told so while it would go on for ever.
      while (socket.getInputStream().available() == 0) {
        out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
        out.write(some);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        sent += some.length;
      }
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertThat(answer).isEqualTo("HTTP/1.1 413");
    }
    assertThat(sent).isBetween(MOST, MOST + 64 * MIB);
    Check.becomes("nothing left", () -> trial.metric("holdfast_media_bytes") == 0);
    assertThat(folder).isEmptyDirectory();
  }
}
