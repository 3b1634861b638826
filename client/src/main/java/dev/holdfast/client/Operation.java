package dev.holdfast.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One piece of an agent's work as people follow it: an {@code agent_operation_tracker} that is told
 * in a channel by {@code canvas:update} events. Each of them says all that is known, so that
 * whoever comes late needs only the last. Any thread.
 */
public final class Operation {

  /** Log lines that are told; older ones are left out. */
  private static final int LOGS = 100;

  private final Client client;
  private final String channel;
  private final Map<String, @Nullable Object> state = new LinkedHashMap<>();
  private final List<String> logs = new ArrayList<>();
  private boolean ended;

  /**
   * An operation that nobody has been told of yet.
   *
   * @param type what sort of work it is, for example {@code research}
   */
  public Operation(Client client, String channel, String agentId, String agentName, String type) {
    this.client = client;
    this.channel = channel;
    state.put("operation_id", UUID.randomUUID().toString());
    state.put("agent_id", agentId);
    state.put("agent_name", agentName);
    state.put("operation_type", type);
    state.put("status", "pending");
    state.put("current_step", "");
    state.put("total_steps", 0);
    state.put("current_step_index", 0);
    state.put("progress", 0);
  }

  /** It begins, with so many steps before it; 0 where nobody knows. */
  public CompletableFuture<Frame> start(int totalSteps) {
    return tell(
        "present",
        () -> {
          state.put("status", "running");
          state.put("total_steps", Math.max(0, totalSteps));
        });
  }

  /**
   * It is at a step.
   *
   * @param index from 1
   * @param progress in percent; what is outside 0 to 100 is taken for the nearer of the two
   */
  public CompletableFuture<Frame> step(int index, String name, int progress) {
    return tell(
        "update",
        () -> {
          state.put("current_step", name);
          state.put("current_step_index", Math.max(0, index));
          state.put("progress", Math.clamp(progress, 0, 100));
        });
  }

  /** What it does, why, and what comes next. */
  public CompletableFuture<Frame> context(String what, String why, String next) {
    return tell(
        "update",
        () -> {
          Map<String, String> context = new LinkedHashMap<>();
          context.put("what", what);
          context.put("why", why);
          context.put("next", next);
          state.put("context", context);
        });
  }

  /** A line of its log. */
  public CompletableFuture<Frame> log(String line) {
    return tell(
        "update",
        () -> {
          logs.add(line);
          if (logs.size() > LOGS) {
            logs.removeFirst();
          }
        });
  }

  /** It is done. */
  public CompletableFuture<Frame> complete(@Nullable Object result) {
    return tell(
        "close",
        () -> {
          state.put("status", "completed");
          state.put("progress", 100);
          state.put("result", result);
          ended = true;
        });
  }

  /** It failed. */
  public CompletableFuture<Frame> fail(String reason) {
    return tell(
        "close",
        () -> {
          state.put("status", "failed");
          state.put("error", reason);
          ended = true;
        });
  }

  /** Under the lock, so that what is told later was also changed later. */
  private synchronized CompletableFuture<Frame> tell(String action, Runnable change) {
    if (ended) {
      throw new IllegalStateException("the operation has ended");
    }
    change.run();
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("action", action);
    data.put("component", "agent_operation_tracker");
    data.putAll(state);
    data.put("logs", List.copyOf(logs));
    return client.publish(channel, "canvas:update", data, null);
  }
}
