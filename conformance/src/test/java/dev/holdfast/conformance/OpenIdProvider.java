package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Assumptions;

/**
 * A certified OpenID Connect provider in a process of its own, at which anybody signs in. One
 * thread.
 */
final class OpenIdProvider implements AutoCloseable {

  private static final String NAME = "openid";

  private final NodeProgram program;
  private final String issuer;

  private OpenIdProvider(NodeProgram program) throws IOException {
    this.program = program;
    issuer = program.address().toString();
  }

  /** Skips the test where its packages are not installed. */
  static OpenIdProvider start() throws IOException {
    Assumptions.assumeTrue(
        NodeProgram.folder(NAME) != null || System.getenv("CI") != null,
        "signing in is tried at a provider that is not installed (npm ci in conformance/openid)");
    return new OpenIdProvider(NodeProgram.start(NAME));
  }

  String issuer() {
    return issuer;
  }

  /** Changes one of its settings; it holds when this returns. */
  void set(String name, String value) {
    String line = name + " " + value;
    try {
      program.in().write(line + "\n");
      program.in().flush();
      assertThat(program.out().readLine()).isEqualTo(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
