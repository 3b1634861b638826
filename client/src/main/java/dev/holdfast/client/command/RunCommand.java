package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Delivery;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.ClientFrame.Begin;
import dev.holdfast.wire.RawJson;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast run}: an agent's work in a terminal. */
public final class RunCommand extends ClientCommand {

  private static final String DESCRIPTION = "run an agent and follow it";

  public RunCommand() {
    super("run", DESCRIPTION);
  }

  @Override
  Callable<Integer> call() {
    return new Run();
  }

  @Command(
      description = DESCRIPTION,
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Tokens go to standard output, all else to standard error. Ctrl-C cancels the run;"
            + " --attach",
        "follows one that goes on. Exit code: 0 when it is done, 1 when it failed or was cancelled."
      })
  private static final class Run implements Callable<Integer> {

    @Parameters(index = "0", arity = "0..1", paramLabel = "AGENT", description = "The agent.")
    private @Nullable String agent;

    @Parameters(index = "1", arity = "0..1", paramLabel = "PROMPT", description = "The prompt.")
    private @Nullable String prompt;

    @Option(
        names = "--action",
        paramLabel = "NAME",
        description = "An action to execute, instead of a prompt.")
    private @Nullable String action;

    @Option(names = "--params", paramLabel = "JSON", description = "The parameters of the action.")
    private @Nullable String params;

    @Option(names = "--attach", paramLabel = "RUN", description = "Follow this run instead.")
    private @Nullable String attach;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
      CommandSpec line = Objects.requireNonNull(spec);
      if ((attach == null) == (agent == null)) {
        throw new ParameterException(line.commandLine(), "an AGENT is needed, or --attach RUN");
      }
      if (attach == null && (prompt == null) == (action == null)) {
        throw new ParameterException(line.commandLine(), "a PROMPT is needed, or --action NAME");
      }
      if (params != null && !Client.isJson(params)) {
        throw new ParameterException(line.commandLine(), "--params: not JSON: " + params);
      }
      PrintWriter out = line.commandLine().getOut();
      PrintWriter err = line.commandLine().getErr();
      try (Client client = target.connect()) {
        String run = attach == null ? start(client) : attach;
        if (attach == null) {
          err.println("* run " + run);
          err.flush();
        }
        Followed followed = new Followed(out, err);
        client.feed("run:" + run, new Begin.Start()).subscribe(followed);
        Thread hook = new Thread(() -> cancel(client, run));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
          return followed.end.get() ? 0 : 1;
        } finally {
          Runtime.getRuntime().removeShutdownHook(hook);
        }
      }
    }

    /** At Ctrl-C: the process ends when this has been said. */
    private static void cancel(Client client, String run) {
      client
          .command("cancel", Map.of("run_id", run))
          .completeOnTimeout(null, 2, TimeUnit.SECONDS)
          .exceptionally(refused -> null)
          .join();
    }

    private String start(Client client) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("agent_id", String.valueOf(agent));
      if (prompt != null) {
        fields.put("prompt", prompt);
      }
      if (action != null) {
        fields.put("action", action);
      }
      if (params != null) {
        fields.put("params", RawJson.of(params));
      }
      Frame ack = client.command("run", fields).orTimeout(20, TimeUnit.SECONDS).join();
      return String.valueOf(ack.text("run_id"));
    }
  }

  /** Shows what comes of a run, until its end. */
  private static final class Followed implements Flow.Subscriber<Delivery> {
    final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final PrintWriter out;
    private final PrintWriter err;

    Followed(PrintWriter out, PrintWriter err) {
      this.out = out;
      this.err = err;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Delivery delivery) {
      switch (delivery) {
        case Delivery.Event event -> show(event.frame());
        case Delivery.Snapshot snapshot -> {
          if (snapshot.frame().fields().get("state") instanceof Map<?, ?> state
              && state.get("text") instanceof String text) {
            out.print(Talk.plain(text));
          }
        }
        case Delivery.Gap gap -> err.println("* something was missed (" + gap.reason() + ")");
      }
      out.flush();
      err.flush();
    }

    private void show(Frame frame) {
      switch (frame.type()) {
        case "started" -> {}
        case "token" -> out.print(Talk.plain(String.valueOf(frame.text("text"))));
        case "progress" ->
            err.println("* " + frame.number("progress", 0) + " % " + line(frame, "message"));
        case "log" -> err.println("* " + line(frame, "level") + ": " + line(frame, "message"));
        case "status" -> err.println("* " + line(frame, "status"));
        case "approval_request" ->
            err.println(
                "* it asks: " + line(frame, "question") + " (" + line(frame, "approval_id") + ")");
        case "done" -> {
          out.println();
          end.complete(true);
        }
        case "complete" -> {
          out.println(Talk.plain(frame.json()));
          end.complete(true);
        }
        case "cancelled" -> {
          err.println("* cancelled");
          end.complete(false);
        }
        case "error" -> {
          err.println("* failed: " + line(frame, "code") + ": " + line(frame, "message"));
          end.complete(false);
        }
        default -> {}
      }
    }

    private static String line(Frame frame, String field) {
      return Talk.plain(String.valueOf(frame.text(field)));
    }

    @Override
    public void onError(@Nullable Throwable why) {
      end.completeExceptionally(why == null ? new IllegalStateException("ended") : why);
    }

    @Override
    public void onComplete() {
      end.complete(false);
    }
  }
}
