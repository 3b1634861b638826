package dev.holdfast.server.command;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.holdfast.feed.FeedId;
import dev.holdfast.server.auth.Mint;
import dev.holdfast.server.config.Form;
import dev.holdfast.server.config.Key;
import dev.holdfast.server.config.Options;
import dev.holdfast.server.config.Values;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast token}: a signed token on standard output. */
public final class TokenCommand implements ToolProvider {

  private static final String DESCRIPTION = "make a token that says who somebody is";

  private final Map<String, String> environment;
  private final InstantSource clock;

  /** Reads the environment and the clock of this process. */
  public TokenCommand() {
    this(System.getenv(), InstantSource.system());
  }

  TokenCommand(Map<String, String> environment, InstantSource clock) {
    this.environment = environment;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "token";
  }

  @Override
  public Optional<String> description() {
    return Optional.of(DESCRIPTION);
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Run(environment, clock)).setOut(out).setErr(err).execute(args);
  }

  /** One call. */
  @Command(
      name = "holdfast token",
      description = DESCRIPTION,
      mixinStandardHelpOptions = true,
      sortOptions = false)
  private static final class Run implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private final Map<String, String> environment;
    private final InstantSource clock;

    @Option(names = "--user", required = true, description = "Who it is: sub.")
    private String user = "";

    @Option(names = "--team", description = "A team of that user; may be repeated.")
    private List<String> teams = List.of();

    @Option(names = "--workspace", description = "The workspace.")
    private @Nullable String workspace;

    @Option(names = "--role", description = "A role, as in admin; may be repeated.")
    private List<String> roles = List.of();

    @Option(
        names = "--channel",
        paramLabel = "PATTERN",
        description = "Channels that may be read; may be repeated.")
    private List<String> channels = List.of();

    @Option(
        names = "--publish",
        paramLabel = "PATTERN",
        description = "Channels that may be published to; may be repeated.")
    private List<String> publish = List.of();

    @Option(names = "--ttl", description = "How long it is good, as in 90s, 1h, 7d; 1h by default.")
    private String ttl = "1h";

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The file with auth.secret; the environment is read as well.")
    private @Nullable Path file;

    @Option(
        names = "--secret-env",
        paramLabel = "NAME",
        description = "The environment variable that holds the secret.")
    private @Nullable String secretEnv;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = "A PKCS#8 PEM file with an RSA, P-256 or Ed25519 private key to sign with.")
    private @Nullable Path key;

    @Spec private @Nullable CommandSpec spec;

    Run(Map<String, String> environment, InstantSource clock) {
      this.environment = environment;
      this.clock = clock;
    }

    @Override
    public Integer call() {
      CommandLine line = line();
      if (!FeedId.validName("user:" + user) || user.isEmpty()) {
        throw new ParameterException(line, "--user: expected 1 to 195 characters, no white space");
      }
      if (key != null && secretEnv != null) {
        throw new ParameterException(line, "--key, --secret-env: one of them signs; leave one out");
      }
      line.getOut().println(mint().sign(claims()));
      line.getOut().flush();
      return 0;
    }

    private JWTClaimsSet claims() {
      var now = clock.instant();
      JWTClaimsSet.Builder claims =
          new JWTClaimsSet.Builder()
              .subject(user)
              .jwtID(UUID.randomUUID().toString())
              .issueTime(Date.from(now))
              .expirationTime(Date.from(now.plus(lifetime())));
      put(claims, "teams", teams);
      put(claims, "roles", roles);
      put(claims, "channels", channels);
      put(claims, "publish", publish);
      if (workspace != null) {
        claims.claim("workspace", workspace);
      }
      if (secretEnv == null || file != null) {
        Values values = values();
        claims.issuer(values.textOrNull(Key.AUTH_ISSUER));
        claims.audience(values.textOrNull(Key.AUTH_AUDIENCE));
      }
      return claims.build();
    }

    private static void put(JWTClaimsSet.Builder claims, String name, List<String> texts) {
      if (!texts.isEmpty()) {
        claims.claim(name, texts);
      }
    }

    private Duration lifetime() {
      try {
        Duration lifetime = Form.durationOf(ttl);
        if (lifetime.toSeconds() >= 1 && lifetime.compareTo(LONGEST) <= 0) {
          return lifetime;
        }
      } catch (IllegalArgumentException _) {
        // Told below.
      }
      throw new ParameterException(
          line(), "--ttl: '" + ttl + "': expected 1s to 3650d, as in 90s, 1h, 7d");
    }

    private Mint mint() {
      try {
        if (key != null) {
          return Mint.ofKey(key);
        }
        String secret =
            secretEnv == null ? values().textOrNull(Key.AUTH_SECRET) : environment.get(secretEnv);
        if (secret == null) {
          throw new ParameterException(
              line(),
              secretEnv == null
                  ? "no auth.secret is configured: give --config, --secret-env or --key"
                  : "--secret-env: there is no variable " + secretEnv);
        }
        return Mint.ofSecret(secret);
      } catch (IOException e) {
        throw new ParameterException(line(), "--key: no private key can be read from " + key, e);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(line(), "the secret must have at least 32 bytes", e);
      }
    }

    private Values values() {
      Values values = Values.read(new Options(file, Map.of(), false), environment);
      if (!values.problems().isEmpty()) {
        throw new ParameterException(line(), String.join("\n", values.problems()));
      }
      return values;
    }

    private CommandLine line() {
      if (spec == null) {
        throw new IllegalStateException("picocli sets it");
      }
      return spec.commandLine();
    }
  }
}
