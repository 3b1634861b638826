package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketTest {

  private final List<AutoCloseable> open = new ArrayList<>();
  private Served served = start(TransportSettings.DEFAULTS);

  private static Served start(TransportSettings settings) {
    try {
      return new Served(settings);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void keep() {
    open.add(served);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private RawClient client() throws IOException {
    RawClient client = served.client();
    open.add(client);
    return client;
  }

  private RawClient ann() throws IOException {
    RawClient client = client();
    assertThat(client.upgrade("/ws?token=ann")).startsWith("HTTP/1.1 101");
    assertThat(client.next().text()).contains("\"type\":\"connected\"");
    return client;
  }

  private void restart(TransportSettings settings) {
    served.close();
    served = start(settings);
    open.add(served);
  }

  @Test
  void aHandshakeIsAcceptedAsTheStandardSays() throws IOException {
    assertThat(client().upgrade("/ws"))
        .startsWith("HTTP/1.1 101")
        .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }

  @Test
  @DisplayName("CON10 an unknown path is refused with 404")
  void anUnknownPathIsRefused() throws IOException {
    assertThat(client().upgrade("/nowhere")).startsWith("HTTP/1.1 404");
    assertThat(client().upgrade("/ws/")).startsWith("HTTP/1.1 404");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1, 101",
    "HTTP://127.0.0.1, 101",
    "https://127.0.0.1, 403",
    "http://127.0.0.1:1, 403",
    "http://127.0.0.1.evil.example, 403",
    "null, 403",
    "https://app.example, 101"
  })
  @DisplayName("CON9 the origin must match exactly or be allowed")
  void theOriginMustMatch(String origin, int status) throws IOException {
    TransportSettings d = TransportSettings.DEFAULTS;
    restart(
        new TransportSettings(
            d.host(),
            0,
            1,
            d.maxFrameBytes(),
            d.maxToolFrameBytes(),
            d.maxBodyBytes(),
            d.maxSockets(),
            d.requestTimeout(),
            List.of("https://app.example"),
            List.of(),
            false,
            0,
            null));
    assertThat(client().upgrade("/ws", "Origin: " + origin)).startsWith("HTTP/1.1 " + status);
  }

  @Test
  void aMalformedHandshakeIsRefused() throws IOException {
    RawClient old = client();
    old.send(
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n");
    assertThat(old.head()).startsWith("HTTP/1.1 426").containsIgnoringCase("version: 13");
    RawClient keyless = client();
    keyless.send(
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\n\r\n");
    assertThat(keyless.head()).startsWith("HTTP/1.1 400");
    assertThat(client().upgrade("/ws?timeout=x")).startsWith("HTTP/1.1 400");
    assertThat(client().upgrade("/ws?timeout=0.5")).startsWith("HTTP/1.1 400");
    assertThat(client().upgrade("/ws/chat?channel=a%20b")).startsWith("HTTP/1.1 400");
    assertThat(client().upgrade("/ws?token=%zz")).startsWith("HTTP/1.1 400");
  }

  @Test
  void whoIsNotAdmittedMaySayLittleHoweverLargeFramesMayBe() throws IOException {
    TransportSettings d = TransportSettings.DEFAULTS;
    int most = 8 * 1024 * 1024;
    restart(
        new TransportSettings(
            d.host(),
            0,
            1,
            most,
            most,
            d.maxBodyBytes(),
            d.maxSockets(),
            d.requestTimeout(),
            List.of(),
            List.of(),
            false,
            0,
            null));
    byte[] large = new byte[Porch.MOST + 1];
    java.util.Arrays.fill(large, (byte) 'x');
    RawClient stranger = client();
    assertThat(stranger.upgrade("/ws")).startsWith("HTTP/1.1 101");
    // A frame that would be taken once it is whole; only a part of it comes.
    stranger.send(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 0x40, 0, 0, 1, 2, 3, 4});
    stranger.send(large);
    assertThat(stranger.closeCode()).isEqualTo(1009);
    RawClient many = client();
    assertThat(many.upgrade("/ws")).startsWith("HTTP/1.1 101");
    for (int i = 0; i < 3; i++) {
      many.frame(0x89, new byte[100]);
      many.frame(i == 0 ? 0x01 : 0x00, new byte[32 * 1024]);
    }
    assertThat(many.closeCode()).isEqualTo(1009);
    RawClient ann = ann();
    ann.frame(0x81, large);
    assertThat(ann.next().text()).contains("bad_json");
  }

  @Test
  void theTokenMayComeInTheHeader() throws IOException {
    RawClient client = client();
    assertThat(client.upgrade("/ws", "Authorization: Bearer ann")).startsWith("HTTP/1.1 101");
    assertThat(client.next().text()).contains("\"user_id\":\"ann\"");
  }

  @Test
  void anInvalidTokenIsToldAndClosed4001() throws IOException {
    RawClient client = client();
    assertThat(client.upgrade("/ws?token=nonsense")).startsWith("HTTP/1.1 101");
    assertThat(client.next().text()).contains("unauthorized").contains("invalid");
    assertThat(client.closeCode()).isEqualTo(4001);
    client.frame(0x88, new byte[] {0x0f, (byte) 0xa1});
    assertThat(client.closed()).isTrue();
  }

  @Test
  @DisplayName("CON19 a ping's timestamp comes back")
  void aPingIsAnswered() throws IOException {
    RawClient ann = ann();
    ann.text("{\"type\":\"ping\",\"timestamp\":12.5}");
    assertThat(ann.next().text()).isEqualTo("{\"type\":\"pong\",\"timestamp\":12.5}");
    ann.frame(0x89, "abc".getBytes(StandardCharsets.UTF_8));
    RawClient.Frame pong = ann.next();
    assertThat(pong.opcode()).isEqualTo(10);
    assertThat(pong.text()).isEqualTo("abc");
  }

  @Test
  void aMessageInFragmentsIsPutTogether() throws IOException {
    RawClient ann = ann();
    ann.frame(0x01, "{\"type\":\"pi".getBytes(StandardCharsets.UTF_8));
    ann.frame(0x89, new byte[0]);
    ann.frame(0x00, "ng\",\"timest".getBytes(StandardCharsets.UTF_8));
    ann.frame(0x80, "amp\":1}".getBytes(StandardCharsets.UTF_8));
    assertThat(ann.next().opcode()).isEqualTo(10);
    assertThat(ann.next().text()).isEqualTo("{\"type\":\"pong\",\"timestamp\":1}");
  }

  @Test
  void aBinaryMessageIsRefusedAndTheConnectionStays() throws IOException {
    RawClient ann = ann();
    ann.frame(0x82, new byte[] {1, 2, 3});
    assertThat(ann.next().text()).contains("bad_request").contains("binary");
    ann.text("{\"type\":\"ping\"}");
    assertThat(ann.next().text()).isEqualTo("{\"type\":\"pong\"}");
  }

  @Test
  @DisplayName("HRD2 invalid UTF-8 is closed 1007")
  void invalidUtf8IsClosed1007() throws IOException {
    RawClient ann = ann();
    ann.frame(0x81, new byte[] {'"', (byte) 0xc3, '"'});
    assertThat(ann.closeCode()).isEqualTo(1007);
  }

  @Test
  @DisplayName("HRD2 a frame over the limit is closed 1009, whole or in fragments")
  void tooLargeIsClosed1009() throws IOException {
    RawClient whole = ann();
    whole.frame(0x81, new byte[64 * 1024 + 1]);
    assertThat(whole.closeCode()).isEqualTo(1009);
    RawClient parts = ann();
    byte[] part = "x".repeat(40_000).getBytes(StandardCharsets.UTF_8);
    parts.frame(0x01, part);
    parts.frame(0x80, part);
    assertThat(parts.closeCode()).isEqualTo(1009);
  }

  @ParameterizedTest
  @ValueSource(ints = {0xc1, 0x83, 0x8b, 0x09, 0x80})
  @DisplayName("HRD2 reserved bits and opcodes, fragmented control, stray continuations: 1002")
  void badFramesAreClosed1002(int first) throws IOException {
    RawClient ann = ann();
    ann.frame(first, new byte[] {'a'});
    assertThat(ann.closeCode()).isEqualTo(1002);
  }

  @Test
  @DisplayName("HRD2 an unmasked frame is closed 1002")
  void unmaskedIsClosed1002() throws IOException {
    RawClient ann = ann();
    ann.send(new byte[] {(byte) 0x81, 1, 'a'});
    assertThat(ann.closeCode()).isEqualTo(1002);
  }

  @Test
  void aCloseIsEchoedAndTheSocketClosed() throws IOException {
    RawClient ann = ann();
    ann.frame(0x88, new byte[] {0x03, (byte) 0xe8});
    assertThat(ann.closeCode()).isEqualTo(1000);
    assertThat(ann.closed()).isTrue();
  }

  @Test
  @DisplayName("CON11 a client that is gone frees its place, however it went")
  void goneClientsFreeTheirPlaces() throws IOException {
    RawClient reset = ann();
    RawClient shut = ann();
    assertThat(served.gateway.connections()).isEqualTo(2);
    reset.reset();
    shut.close();
    await().atMost(Duration.ofSeconds(5)).until(() -> served.gateway.connections() == 0);
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsNotReadEither() throws IOException {
    served.statsText = "\"" + "x".repeat(60_000) + "\"";
    RawClient ann = ann();
    int asked = 3_000;
    Thread asker =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < asked; i++) {
                  ann.text("{\"type\":\"get_stats\"}");
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    for (int i = 0; i < asked; i++) {
      assertThat(ann.next().payload()).hasSizeGreaterThan(60_000);
    }
    assertThat(asker.isAlive()).isFalse();
  }

  @Test
  void severalPortsOfCallLeaveNoThreadBehind() throws Exception {
    served.close();
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("holdfast-")));
  }
}
