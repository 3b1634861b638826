package dev.holdfast.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeflateTest {

  private static final int TEXT_COMPRESSED = 0xc1;
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";

  private Served served;
  private RawClient client;

  DeflateTest() throws IOException {
    TransportSettings d = TransportSettings.DEFAULTS;
    served =
        new Served(
            new TransportSettings(
                d.host(),
                0,
                1,
                d.maxFrameBytes(),
                d.maxToolFrameBytes(),
                d.maxBodyBytes(),
                d.maxSockets(),
                d.requestTimeout(),
                d.allowedOrigins(),
                d.trustedProxies(),
                true,
                1024,
                null));
    client = served.client();
  }

  @BeforeEach
  void connect() throws IOException {
    assertThat(client.upgrade("/ws?token=ann", OFFER))
        .startsWith("HTTP/1.1 101")
        .contains("permessage-deflate")
        .contains("server_no_context_takeover")
        .contains("client_no_context_takeover");
    RawClient.Frame connected = client.next();
    assertThat(connected.reserved()).isFalse();
    assertThat(connected.text()).contains("\"type\":\"connected\"");
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    served.close();
  }

  private static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(plain);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] part = new byte[8192];
    int size = part.length;
    while (size == part.length) {
      size = deflater.deflate(part, 0, part.length, Deflater.SYNC_FLUSH);
      out.write(part, 0, size);
    }
    deflater.end();
    // Without the empty block that ends a flush (RFC 7692, section 7.2.1).
    return Arrays.copyOf(out.toByteArray(), out.size() - 4);
  }

  private static String inflate(byte[] compressed) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    inflater.setInput(compressed);
    byte[] plain = new byte[1 << 20];
    int size = inflater.inflate(plain);
    inflater.end();
    return new String(plain, 0, size, StandardCharsets.UTF_8);
  }

  @Test
  void messagesAreCompressedBothWaysFromTheFloorOn() throws Exception {
    served.statsText = "\"" + "long ".repeat(2_000) + "\"";
    client.frame(
        TEXT_COMPRESSED, deflate("{\"type\":\"get_stats\"}".getBytes(StandardCharsets.UTF_8)));
    RawClient.Frame stats = client.next();
    assertThat(stats.reserved()).isTrue();
    assertThat(stats.payload()).hasSizeLessThan(1_000);
    assertThat(inflate(stats.payload())).contains("long ".repeat(2_000));
    client.text("{\"type\":\"ping\"}");
    RawClient.Frame pong = client.next();
    assertThat(pong.reserved()).isFalse();
    assertThat(pong.text()).isEqualTo("{\"type\":\"pong\"}");
  }

  @Test
  @DisplayName("HRD2 a small frame that inflates beyond the limit is closed 1009")
  void aBombIsClosed1009() throws IOException {
    byte[] bomb = deflate(new byte[20_000_000]);
    assertThat(bomb).hasSizeLessThan(64 * 1024);
    client.frame(TEXT_COMPRESSED, bomb);
    assertThat(client.closeCode()).isEqualTo(1009);
  }

  @Test
  @DisplayName("HRD2 fragments that inflate beyond the limit together are closed 1009")
  void aBombInFragmentsIsClosed1009() throws IOException {
    byte[] bomb = deflate(new byte[200_000]);
    client.frame(0x41, Arrays.copyOf(bomb, bomb.length / 2));
    client.frame(0x80, Arrays.copyOfRange(bomb, bomb.length / 2, bomb.length));
    assertThat(client.closeCode()).isEqualTo(1009);
  }

  @Test
  void whatCannotBeInflatedIsClosed1007() throws IOException {
    client.frame(TEXT_COMPRESSED, new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
    assertThat(client.closeCode()).isEqualTo(1007);
  }

  @Test
  @DisplayName("HRD2 reserved bits that were not agreed on are closed 1002")
  void otherReservedBitsAreClosed1002() throws IOException {
    client.frame(0xa1, new byte[] {'a'});
    assertThat(client.closeCode()).isEqualTo(1002);
  }
}
