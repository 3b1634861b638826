package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Screens as browsers show them, in a process of their own. One thread. */
final class Emulator implements AutoCloseable {

  private final Process process;
  private final BufferedWriter orders;
  private final BufferedReader answers;
  private int screens;

  private Emulator(Process process) {
    this.process = process;
    orders =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The folder with its script and its packages; null where they are not installed. */
  static @Nullable Path folder() {
    return Stream.of(Path.of("conformance", "emulator"), Path.of("emulator"))
        .filter(folder -> Files.isDirectory(folder.resolve("node_modules")))
        .findFirst()
        .orElse(null);
  }

  static Emulator start() throws IOException {
    Path folder = folder();
    if (folder == null) {
      throw new IOException("npm ci in conformance/emulator is needed");
    }
    return new Emulator(
        new ProcessBuilder(List.of("node", "emulator.mjs"))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** A screen of its own. */
  Screen screen(int rows, int cols) {
    screens++;
    order("{\"id\":%d,\"rows\":%d,\"cols\":%d}".formatted(screens, rows, cols));
    return new Screen(screens);
  }

  private void order(String json) {
    try {
      orders.write(json);
      orders.newLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One screen. */
  final class Screen implements Shown.Display {
    private final int id;

    private Screen(int id) {
      this.id = id;
    }

    @Override
    public void size(int rows, int cols) {
      order("{\"id\":%d,\"resize\":[%d,%d]}".formatted(id, rows, cols));
    }

    @Override
    public void write(String data) {
      StringBuilder quoted = new StringBuilder();
      for (int i = 0; i < data.length(); i++) {
        char c = data.charAt(i);
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
          quoted.append("\\u%04x".formatted((int) c));
        } else {
          quoted.append(c);
        }
      }
      order("{\"id\":%d,\"data\":\"%s\"}".formatted(id, quoted));
    }

    /** All that is to be seen: lines with their styles, cursor and modes. */
    Frame shows() throws IOException {
      order("{\"id\":%d,\"show\":true}".formatted(id));
      orders.flush();
      String line = answers.readLine();
      if (line == null) {
        throw new IOException("the emulator has ended");
      }
      return Frame.of(line);
    }

    /** The text on it. */
    String text() throws IOException {
      StringBuilder text = new StringBuilder();
      if (shows().fields().get("text") instanceof List<?> lines) {
        lines.forEach(line -> text.append(line).append('\n'));
      }
      return text.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
