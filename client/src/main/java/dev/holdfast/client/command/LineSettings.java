package dev.holdfast.client.command;

import java.io.Closeable;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The settings of the terminal that this process runs in, speed included, which JLine leaves at 0.
 * Immutable; any thread.
 *
 * @param saved as {@code stty} knows them; empty where they can't be told
 */
record LineSettings(String saved) implements Closeable {

  private static final long PATIENCE_SECONDS = 5;

  static LineSettings now() {
    try {
      return new LineSettings(stty(List.of("stty", "-g")));
    } catch (IOException e) {
      return new LineSettings("");
    }
  }

  /** Makes them what they were. */
  @Override
  public void close() throws IOException {
    if (!saved.isEmpty()) {
      var _ = stty(List.of("stty", saved));
    }
  }

  private static String stty(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Redirect.INHERIT)
            .redirectError(Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    try {
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
          ? said.strip()
          : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
