package dev.holdfast.conformance;

import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One gateway.
 *
 * @param base such as {@code http://127.0.0.1:8079}
 * @param process null where somebody else runs it
 */
record Gateway(URI base, boolean dev, @Nullable String secret, @Nullable Process process)
    implements AutoCloseable {

  URI ws(String target) {
    return URI.create(base.toString().replaceFirst("^http", "ws") + target);
  }

  URI http(String target) {
    return URI.create(base + target);
  }

  /** Sends SIGTERM. */
  void terminate() {
    if (process != null) {
      process.destroy();
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      try {
        process.waitFor(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
