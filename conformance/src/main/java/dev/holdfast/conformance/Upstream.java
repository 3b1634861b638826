package dev.holdfast.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Chat models in a process of their own, which speaks the protocols of real ones. Any thread. */
final class Upstream implements AutoCloseable {

  private static final String READY = "listening on ";
  private static final String OPEN = "open ";

  private final Process process;
  private final URI base;
  private volatile int open;

  private Upstream(Process process, BufferedReader out) throws IOException {
    this.process = process;
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("the upstream did not start: " + line);
    }
    base = URI.create(line.substring(READY.length()).strip());
    Thread.ofVirtual().start(() -> count(out));
  }

  /** The folder with its script and its packages; null where they are not installed. */
  static @Nullable Path folder() {
    return Stream.of(Path.of("conformance", "upstream"), Path.of("upstream"))
        .filter(folder -> Files.isDirectory(folder.resolve("node_modules")))
        .findFirst()
        .orElse(null);
  }

  static Upstream start() throws IOException {
    Path folder = folder();
    if (folder == null) {
      throw new IOException("npm ci in conformance/upstream is needed");
    }
    Process process =
        new ProcessBuilder(List.of("node", "upstream.mjs"))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new Upstream(
        process,
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
  }

  private void count(BufferedReader out) {
    try {
      String line;
      while ((line = out.readLine()) != null) {
        if (line.startsWith(OPEN)) {
          open = Integer.parseInt(line.substring(OPEN.length()));
        }
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  /** Connections that are open to it now. */
  int open() {
    return open;
  }

  /** Where models are asked. */
  String url() {
    return base + "/v1";
  }

  @Override
  public void close() {
    stop();
  }

  /** Ends it in the middle of whatever it says. */
  void stop() {
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
