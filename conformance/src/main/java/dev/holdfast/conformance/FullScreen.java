package dev.holdfast.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program that uses all of a screen, and how it is used. Immutable.
 *
 * @param command for a shell; {@code FILE} stands for a file with 500 lines
 * @param begins what it shows first
 * @param keys what is typed then, as it is typed
 * @param shows what it shows thereupon, in one piece
 * @param quits what ends it then
 * @param last what the last line of the file is at the end
 */
record FullScreen(
    String program,
    String command,
    String begins,
    String keys,
    String shows,
    String quits,
    String last) {

  private static final int LINES = 500;

  static final List<FullScreen> ALL =
      List.of(
          new FullScreen(
              "vim",
              "vim -u NONE -n FILE",
              "line 1",
              "Gofrom afar\u001b:w\r",
              "501 lines",
              ":q\r",
              "from afar"),
          new FullScreen("less", "less FILE", "line 1", "G", "line 500", "q", "line 500"),
          new FullScreen(
              "htop", "htop -d 100", "PID", "h", "Released under the GNU", " q", "line 500"));

  /** Whether it is installed. */
  boolean installed() {
    return Files.isExecutable(Path.of("/usr/bin", program));
  }

  /** The command with that file, which is made. */
  String on(Path file) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= LINES; i++) {
      lines.append("line ").append(i).append('\n');
    }
    Files.writeString(file, lines);
    return command.replace("FILE", file.toString());
  }

  @Override
  public String toString() {
    return program;
  }
}
