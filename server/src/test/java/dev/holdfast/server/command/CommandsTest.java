package dev.holdfast.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.holdfast.server.auth.AuthSettings;
import dev.holdfast.server.auth.Revocations;
import dev.holdfast.server.auth.TokenAuthenticator;
import dev.holdfast.session.Authenticator.Verdict;
import dev.holdfast.session.Principal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void aTokenThatIsMadeIsAccepted() throws Exception {
    var command = new TokenCommand(Map.of("S", SECRET), () -> NOW);
    String line =
        "--user u --team t --workspace w --role admin --channel a* --publish b --ttl 90s"
            + " --secret-env S";
    assertThat(run(command, line.split(" "))).isZero();
    String token = out.toString().strip();
    String tokenId = SignedJWT.parse(token).getJWTClaimsSet().getJWTID();
    List<Verdict> verdicts = new ArrayList<>();
    new TokenAuthenticator(
            new AuthSettings(false, SECRET, null, null, null, null, null, Duration.ZERO, List.of()),
            new Revocations(() -> NOW, 1),
            () -> NOW)
        .authenticate(token, verdicts::add);
    assertThat(verdicts)
        .containsExactly(
            new Verdict.Valid(
                new Principal(
                    "u",
                    Set.of("t"),
                    "w",
                    List.of("a*"),
                    List.of("b"),
                    Set.of("admin"),
                    tokenId,
                    NOW.plusSeconds(90))));
  }

  @Test
  void aTokenHasTheIssuerOfTheFileThatWasNamedAndOneSignature() throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), "auth:\n  issuer: house\n");
    TokenCommand command = new TokenCommand(Map.of("S", "x".repeat(32)), () -> NOW);
    assertThat(run(command, "--user", "u", "--secret-env", "S", "--config", file.toString()))
        .isZero();
    assertThat(SignedJWT.parse(out.toString().strip()).getJWTClaimsSet().getIssuer())
        .isEqualTo("house");
    assertThat(run(command, "--user", "u", "--secret-env", "S", "--key", file.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--key, --secret-env: one of them signs");
  }

  @Test
  void aTokenWithoutASecretIsRefusedAndNothingIsPrinted() {
    assertThat(run(new TokenCommand(Map.of(), () -> NOW), "--user", "u")).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("no auth.secret is configured");
  }

  @Test
  void theConfigurationIsShownWithItsSourcesAndWithoutItsSecrets() throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), "server: {port: 1}\n");
    var command = new ConfigCommand(Map.of("HOLDFAST_AUTH_SECRET", SECRET));
    assertThat(run(command, "--config", file.toString())).isZero();
    assertThat(out.toString())
        .contains("server.port: 1  # " + file + "\n")
        .contains("auth.secret: \"******\"  # environment HOLDFAST_AUTH_SECRET\n")
        .contains("timeouts.gateway: \"180s\"  # timeouts.tool\n")
        .contains("# tls.key:   # not set\n")
        .doesNotContain(SECRET);
  }

  @Test
  void whatIsShownAsYamlCanBeReadAgain() throws Exception {
    assertThat(run(new ConfigCommand(Map.of()), "--dev", "--port", "5")).isZero();
    Path file = Files.writeString(folder.resolve("c.yaml"), out.toString());
    assertThat(run(new ConfigCommand(Map.of()), "--dev", "--config", file.toString())).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString()).contains("server.port: \"5\"  # " + file + "\n");
  }

  @Test
  void aWrongConfigurationIsShownWithItsMistakes() {
    assertThat(run(new ConfigCommand(Map.of()), "--format", "json", "--port", "x")).isEqualTo(1);
    assertThat(out.toString()).startsWith("{");
    assertThat(err.toString().lines())
        .first()
        .isEqualTo("holdfast: server.port: 'x' (command line): not a number; expected 0 to 65535");
  }

  private int run(ToolProvider command, String... args) {
    return command.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }
}
