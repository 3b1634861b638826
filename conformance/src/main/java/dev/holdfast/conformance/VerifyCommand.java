package dev.holdfast.conformance;

import dev.holdfast.conformance.Verifier.Result;
import dev.holdfast.conformance.Verifier.Score;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast verify}: whether a gateway does what the protocol says. */
public final class VerifyCommand implements ToolProvider {

  private static final String DESCRIPTION = "try the scenarios of the protocol on a gateway";

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public Optional<String> description() {
    return Optional.of(DESCRIPTION);
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Run()).setOut(out).setErr(err).execute(args);
  }

  /** One call. */
  @Command(
      name = "holdfast verify",
      description = DESCRIPTION,
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Without a URL it starts gateways of its own, with whatever settings a scenario",
        "needs. What they log is shown under a scenario that failed.",
        "Exit code: 0 when nothing failed, 1 otherwise, 2 for wrong usage."
      })
  private static final class Run implements Callable<Integer> {

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "URL",
        description = "The gateway, such as http://127.0.0.1:8079.")
    private @Nullable URI url;

    @Option(
        names = "--secret-env",
        paramLabel = "VAR",
        description =
            "The variable with the HS256 secret of the gateway's tokens; without it a gateway in"
                + " development mode is expected.")
    private @Nullable String secretEnv;

    @Option(
        names = "--only",
        split = ",",
        paramLabel = "ID",
        description = "These scenarios alone, or all of a kind: CON12, MSG.")
    private List<String> only = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "The seed of what is random.")
    private long seed = System.nanoTime();

    @Option(names = "--coverage", description = "List every scenario at the end, tried or not.")
    private boolean coverage;

    @Spec private @Nullable CommandSpec spec;

    /** What gateways have logged since the present case began. */
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();

    @Override
    public Integer call() throws IOException {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      for (String wish : only) {
        if (Catalogue.scenarios().keySet().stream().noneMatch(id -> meant(wish, id))) {
          throw new ParameterException(spec.commandLine(), "--only: there is no scenario " + wish);
        }
      }
      try (Gateways gateways = gateways(spec.commandLine())) {
        Verifier verifier = new Verifier(gateways, seed);
        out.println("seed " + seed);
        boolean failed = false;
        for (Case one : Catalogue.cases()) {
          if (only.isEmpty() || only.stream().anyMatch(wish -> meant(wish, one.id()))) {
            failed |= print(out, one, verifier);
          }
        }
        if (coverage) {
          out.println();
          Map<String, String> about = Catalogue.scenarios();
          verifier
              .coverage()
              .forEach((id, score) -> out.printf("%-6s %-9s %s%n", id, score, about.get(id)));
        }
        out.println();
        out.println(verifier.summary());
        for (String error : gateways.errors()) {
          out.println("a gateway logged an error: " + error);
          failed = true;
        }
        out.flush();
        return failed ? 1 : 0;
      }
    }

    /** Whether that is one of the scenarios: CON1 means one, CON all of them. */
    private static boolean meant(String wish, String id) {
      return id.equals(wish) || id.replaceFirst("[0-9]+$", "").equals(wish);
    }

    private boolean print(PrintWriter out, Case one, Verifier verifier) {
      logged.clear();
      long begin = System.nanoTime();
      Result result = verifier.run(one);
      long millis = (System.nanoTime() - begin) / 1_000_000;
      out.printf("%-6s %-8s %6d ms  %s%n", one.id(), result.score(), millis, one.shows());
      if (result.why() != null) {
        out.printf("%26s%s%n", "", result.why());
      }
      boolean failed = result.score() == Score.FAILED;
      if (failed) {
        logged.forEach(line -> out.printf("%26s%s%n", "", line));
      }
      out.flush();
      return failed;
    }

    private Gateways gateways(CommandLine line) {
      if (url == null) {
        return new ChildGateways(List.of(), logged::add);
      }
      String scheme = String.valueOf(url.getScheme()).replaceFirst("^ws", "http");
      if (!scheme.matches("https?") || url.getHost() == null) {
        throw new ParameterException(line, "URL: not http, https, ws or wss: " + url);
      }
      String secret = null;
      if (secretEnv != null) {
        secret = System.getenv(secretEnv);
        if (secret == null) {
          throw new ParameterException(line, "--secret-env: there is no variable " + secretEnv);
        }
      }
      URI base = URI.create(scheme + "://" + url.getRawAuthority());
      return new GivenGateway(new Gateway(base, secret == null, secret, null));
    }
  }
}
