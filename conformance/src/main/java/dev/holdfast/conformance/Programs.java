package dev.holdfast.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Programs that are tools, as scripts in a folder of their own. One thread. */
final class Programs implements AutoCloseable {

  private final Path folder;
  private final Map<String, String> scripts = new LinkedHashMap<>();

  Programs() throws IOException {
    folder = Files.createTempDirectory("holdfast-tools");
    script(
        "chunks",
        "for i in 1 2 3; do echo '{\"chunk\":\"piece '$i'\"}'; done\necho '{\"result\":\"all\"}'");
    script(
        "third",
        "echo '{\"progress\":1,\"total\":3,\"message\":\"one\"}'\nsleep ${SECONDS_TO_SLEEP:-1}");
    script("fails", "echo secret >&2\nexit 3");
    // How often it has been run by the time that it is over.
    script(
        "count",
        "cat > /dev/null\necho x >> runs\nsleep 0.7\necho '{\"result\":\"'$(wc -l < runs)'\"}'");
    script("sticks", "cat > /dev/null\necho $$ > pid\nsleep 300");
  }

  /** Makes another one: a script of the shell. */
  void script(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text + "\n");
    scripts.put(name, text);
  }

  /** What is in a file that a script has written; empty while there is none. */
  String written(String file) throws IOException {
    Path path = folder.resolve(file);
    return Files.exists(path) ? Files.readString(path).strip() : "";
  }

  /** Whether a process has ended, though nobody may have asked for its exit code yet. */
  static boolean gone(long pid) throws IOException {
    if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
      return true;
    }
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (NoSuchFileException e) {
      return !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
  }

  /** The provider of all of them; further members of it as they are, with a comma before each. */
  String provider(String more) {
    String tools =
        scripts.keySet().stream()
            .map(name -> "{\"name\":\"%s\",\"command\":[\"/bin/sh\",\"%s\"]}".formatted(name, name))
            .collect(Collectors.joining(","));
    return "{\"id\":\"programs\",\"type\":\"process\",\"limit\":100,\"folder\":\"%s\",\"tools\":[%s]%s}"
        .formatted(folder, tools, more.replace('\'', '"'));
  }

  Path folder() {
    return folder;
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
  }

  @Override
  public void close() throws IOException {
    delete(folder);
  }
}
