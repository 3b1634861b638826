package dev.holdfast.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A certified OpenID Connect provider in a process of its own, at which anybody signs in. One
 * thread.
 */
final class OpenIdProvider implements AutoCloseable {

  private static final String READY = "listening on ";

  private final Process process;
  private final BufferedReader out;
  private final String issuer;

  private OpenIdProvider(Process process) throws IOException {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("the provider did not start: " + line);
    }
    issuer = line.substring(READY.length()).strip();
  }

  /** Skips the test where its packages are not installed. */
  static OpenIdProvider start() throws IOException {
    Path folder =
        Stream.of(Path.of("conformance", "openid"), Path.of("openid"))
            .filter(one -> Files.isDirectory(one.resolve("node_modules")))
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(
        folder != null || System.getenv("CI") != null,
        "the provider is not installed (npm ci in conformance/openid)");
    if (folder == null) {
      return Assertions.fail("npm ci in conformance/openid is needed, which .ci/run does");
    }
    return new OpenIdProvider(
        new ProcessBuilder(List.of("node", "openid.mjs"))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  String issuer() {
    return issuer;
  }

  /** The host and port that it is at. */
  String host() {
    return URI.create(issuer).getAuthority();
  }

  /** Changes one of its settings; it holds when this returns. */
  void set(String name, String value) {
    try {
      process.outputWriter(StandardCharsets.UTF_8).write(name + " " + value + "\n");
      process.outputWriter(StandardCharsets.UTF_8).flush();
      String heard = out.readLine();
      if (!(name + " " + value).equals(heard)) {
        throw new IOException("the provider said " + heard);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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
