package dev.holdfast.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  private static final char[] PASSWORD = "only-a-test".toCharArray();

  @TempDir Path folder;

  private long changes;

  @Test
  void aWebSocketRunsOverTlsAndACertificateIsReplacedWithoutARestart() throws Exception {
    issue("first");
    try (Served served = new Served(settings())) {
      assertThat(subject(served)).isEqualTo("CN=first");
      SSLSocket socket = socket();
      try (RawClient before = new RawClient(socket, served.port())) {
        assertThat(before.upgrade("/ws?token=ann", "Origin: https://127.0.0.1"))
            .startsWith("HTTP/1.1 101");
        assertThat(before.next().text()).contains("\"type\":\"connected\"");

        issue("second");
        served.listener.reloadTls();
        assertThat(subject(served)).isEqualTo("CN=second");
        before.text("{\"type\":\"ping\"}");
        assertThat(before.next().text()).isEqualTo("{\"type\":\"pong\"}");
      }
      write(folder.resolve("key.pem"), "no key at all");
      served.listener.reloadTls();
      assertThat(subject(served)).isEqualTo("CN=second");
    }
  }

  private TransportSettings settings() {
    TransportSettings d = TransportSettings.DEFAULTS;
    return new TransportSettings(
        d.host(),
        0,
        1,
        d.maxFrameBytes(),
        d.maxToolFrameBytes(),
        d.maxBodyBytes(),
        d.maxSockets(),
        d.requestTimeout(),
        List.of(),
        List.of(),
        false,
        0,
        new TransportSettings.Tls(folder.resolve("chain.pem"), folder.resolve("key.pem")));
  }

  private String subject(Served served) throws Exception {
    SSLSocket socket = socket();
    try (RawClient client = new RawClient(socket, served.port())) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 200");
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  /** A socket that believes any certificate: the test looks at it by itself. */
  private static SSLSocket socket() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    X509TrustManager gullible =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    context.init(null, new TrustManager[] {gullible}, null);
    return (SSLSocket) context.getSocketFactory().createSocket();
  }

  private void issue(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    write(folder.resolve("key.pem"), pem("PRIVATE KEY", keys.getKey("it", PASSWORD).getEncoded()));
    write(folder.resolve("chain.pem"), pem("CERTIFICATE", keys.getCertificate("it").getEncoded()));
  }

  /** Writes with a time of change of its own, however fast the test is. */
  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + ++changes * 1_000));
  }

  private static String pem(String what, byte[] encoded) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }
}
