package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int serve(String... args) {
    return new ServeCommand().run(new PrintWriter(out), new PrintWriter(err), args);
  }

  @Test
  void itStartsIsUsedAndStops() {
    assertThat(serve("--dev", "--port", "0", "--train")).isZero();
    assertThat(out.toString()).matches("listening on http://127.0.0.1:\\d+\\R");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  @DisplayName("CON6 without a key, or with --dev on a public address, it does not start")
  void itDoesNotStartOpenToEverybody() {
    assertThat(serve("--port", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("auth.secret");
    assertThat(serve("--dev", "--host", "0.0.0.0", "--port", "0")).isEqualTo(1);
    assertThat(err.toString()).contains("server.host: '0.0.0.0'");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aPlaceThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(serve("--dev", "--port", port)).isEqualTo(1);
      assertThat(err.toString().lines())
          .singleElement()
          .asString()
          .startsWith("holdfast: can't listen at 127.0.0.1:" + port + ": ");
    }
  }

  @Test
  void aDataFolderThatCannotBeOneIsNamed(@TempDir Path temporary) throws Exception {
    Path file = Files.writeString(temporary.resolve("file"), "");
    for (Path data : List.of(file, file.resolve("below"))) {
      assertThat(serve("--dev", "--port", "0", "--data", data.toString())).isEqualTo(1);
      assertThat(err.toString().lines().toList())
          .hasSize(2)
          .last()
          .asString()
          .startsWith("  server.data: '" + data + "': " + file);
      err.getBuffer().setLength(0);
    }
  }

  @Test
  void aWrongOptionIsAUsageError() {
    assertThat(serve("--nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("--nonsense");
  }
}
