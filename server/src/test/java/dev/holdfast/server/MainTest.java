package dev.holdfast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void helpListsOnlyOurOwnSubcommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(UTF_8)).startsWith("Usage: holdfast").doesNotContain("javac");
  }

  @Test
  void anUnknownSubcommandIsNamedAndRefused() {
    assertThat(run("jar")).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("no subcommand 'jar'");
  }

  private int run(String... args) {
    return Main.run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), args);
  }
}
