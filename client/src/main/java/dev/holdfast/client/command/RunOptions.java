package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What can be said of any run, whether it answers a prompt or executes an action. One thread. */
final class RunOptions {

  @Option(names = "--deadline", paramLabel = "MS", description = "Fail after so long.")
  private @Nullable Integer deadlineMs;

  @Option(
      names = "--cancel-after",
      paramLabel = "MS",
      description = "Be cancelled when nobody follows it for so long.")
  private @Nullable Integer cancelAfterMs;

  @Option(
      names = "--publish-to",
      paramLabel = "CHANNEL",
      description = "Let a channel watch it: streaming:start, update, complete, error.")
  private @Nullable String publishTo;

  @Option(names = "--guidance", description = "Tell the user's own channel how far it is.")
  private boolean guidance;

  @Option(
      names = "--approve",
      paramLabel = "ask|yes|no",
      description = "What to do when it asks for an approval; ask, where there is a terminal.")
  private RunFollowing.Approvals approvals = RunFollowing.Approvals.ASK;

  @Mixin private Target target = new Target();

  /** Starts a run of those fields and follows it; returns the exit code. */
  int start(Map<String, Object> given, PrintWriter out, PrintWriter err)
      throws InterruptedException, ExecutionException {
    Map<String, Object> fields = new LinkedHashMap<>(given);
    if (deadlineMs != null) {
      fields.put("deadline_ms", deadlineMs);
    }
    if (cancelAfterMs != null) {
      fields.put("cancel_after_ms", cancelAfterMs);
    }
    if (publishTo != null) {
      fields.put("publish_to", publishTo);
    }
    if (guidance) {
      fields.put("guidance", true);
    }
    try (Client client = target.connect()) {
      Frame ack = client.command("run", fields).orTimeout(20, TimeUnit.SECONDS).join();
      String run = String.valueOf(ack.text("run_id"));
      err.println("* run " + run);
      err.flush();
      return new RunFollowing(client, run, approvals, out, err).toItsEnd();
    }
  }

  /** Whether something is said that is for a new run alone. */
  boolean begins() {
    return deadlineMs != null || cancelAfterMs != null || publishTo != null || guidance;
  }

  /** Follows a run that goes on. */
  int attach(String run, PrintWriter out, PrintWriter err)
      throws InterruptedException, ExecutionException {
    try (Client client = target.connect()) {
      return new RunFollowing(client, run, approvals, out, err).toItsEnd();
    }
  }
}
