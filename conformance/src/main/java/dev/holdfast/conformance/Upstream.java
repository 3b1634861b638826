package dev.holdfast.conformance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Chat models in a process of their own, which speaks the protocols of real ones. Any thread. */
final class Upstream implements AutoCloseable {

  private static final String NAME = "upstream";
  private static final String OPEN = "open ";

  private final NodeProgram program;
  private final URI base;
  private volatile int open;

  private Upstream(NodeProgram program) throws IOException {
    this.program = program;
    base = program.address();
    Thread.ofVirtual().start(this::count);
  }

  /** The folder with its script and its packages; null where they are not installed. */
  static @Nullable Path folder() {
    return NodeProgram.folder(NAME);
  }

  static Upstream start() throws IOException {
    return new Upstream(NodeProgram.start(NAME));
  }

  private void count() {
    try {
      String line;
      while ((line = program.out().readLine()) != null) {
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
    program.close();
  }
}
