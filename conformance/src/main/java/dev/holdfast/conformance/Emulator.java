package dev.holdfast.conformance;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Screens as browsers show them, in a process of their own. One thread. */
final class Emulator implements AutoCloseable {

  private static final String NAME = "emulator";

  private final NodeProgram program;
  private int screens;

  private Emulator(NodeProgram program) {
    this.program = program;
  }

  /** The folder with its script and its packages; null where they are not installed. */
  static @Nullable Path folder() {
    return NodeProgram.folder(NAME);
  }

  static Emulator start() throws IOException {
    return new Emulator(NodeProgram.start(NAME));
  }

  /** A screen of its own. */
  Screen screen(int rows, int cols) {
    screens++;
    order("{\"id\":%d,\"rows\":%d,\"cols\":%d}".formatted(screens, rows, cols));
    return new Screen(screens);
  }

  private void order(String json) {
    try {
      program.in().write(json);
      program.in().newLine();
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
      program.in().flush();
      String line = program.out().readLine();
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
    program.close();
  }
}
