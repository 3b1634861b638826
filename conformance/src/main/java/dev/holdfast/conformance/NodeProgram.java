package dev.holdfast.conformance;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A script of our own in Node, with packages that npm installs beside it. One thread reads, one
 * writes.
 */
final class NodeProgram implements AutoCloseable {

  private static final String READY = "listening on ";

  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;

  private NodeProgram(Process process) {
    this.process = process;
    out = process.inputReader(StandardCharsets.UTF_8);
    in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** The folder of conformance with that name; null where its packages are not installed. */
  static @Nullable Path folder(String name) {
    return Stream.of(Path.of("conformance", name), Path.of(name))
        .filter(folder -> Files.isDirectory(folder.resolve("node_modules")))
        .findFirst()
        .orElse(null);
  }

  /** Starts the script of that name, in the folder of that name. */
  static NodeProgram start(String name) throws IOException {
    Path folder = folder(name);
    if (folder == null) {
      throw new IOException("npm ci in conformance/" + name + " is needed");
    }
    return new NodeProgram(
        new ProcessBuilder(List.of("node", name + ".mjs"))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Where it listens, which is the first thing that it says. */
  URI address() throws IOException {
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      close();
      throw new IOException("it did not start: " + line);
    }
    return URI.create(line.substring(READY.length()).strip());
  }

  /** What it says. */
  BufferedReader out() {
    return out;
  }

  /** What it is told. */
  BufferedWriter in() {
    return in;
  }

  /** Ends it in the middle of whatever it says. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
