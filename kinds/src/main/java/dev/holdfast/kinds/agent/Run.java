package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work: what its agent says, and what its users say to it. Whatever becomes of the
 * clients, it goes on until it ends or is cancelled. Any thread.
 */
public final class Run {

  /** Where a run is. */
  public enum State {
    RUNNING,
    DONE,
    CANCELLED,
    FAILED
  }

  /** What users may have said that the agent has not taken yet. */
  private static final int MOST_INPUT = 100;

  private static final System.Logger LOG = System.getLogger(Run.class.getName());

  private final String id;
  private final Request request;
  private final Owner owner;
  private final long startedMillis;
  private final StringBuilder text = new StringBuilder();
  private final Map<String, CompletableFuture<String>> approvals = new LinkedHashMap<>();
  private final Map<String, String> questions = new LinkedHashMap<>();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private final BlockingQueue<String> input = new LinkedBlockingQueue<>(MOST_INPUT);
  private long tokens;
  private int approvalCount;
  private @Nullable String progress;
  private @Nullable String result;
  private @Nullable Thread worker;
  private State state = State.RUNNING;
  private volatile boolean cancelled;
  private long endedMillis;

  Run(String id, Request request, Owner owner, long startedMillis) {
    this.id = id;
    this.request = request;
    this.owner = owner;
    this.startedMillis = startedMillis;
    owner.snapshots(this::snapshot);
    say(
        "started",
        new Members().text("agent_id", request.agentId()).text("action", request.action()));
  }

  public String id() {
    return id;
  }

  public Request request() {
    return request;
  }

  public Feed feed() {
    return owner.feed();
  }

  public synchronized State state() {
    return state;
  }

  long startedMillis() {
    return startedMillis;
  }

  /** When it ended, in milliseconds since 1970 UTC; 0 while it has not. */
  synchronized long endedMillis() {
    return endedMillis;
  }

  /** Whether it is to stop. */
  public boolean cancelled() {
    return cancelled;
  }

  // What the agent says.

  /** A piece of the answer. Tokens are numbered from 1. */
  public synchronized void token(String piece) {
    if (state == State.RUNNING && !piece.isEmpty()) {
      tokens++;
      text.append(piece);
      say("token", new Members().number("index", tokens).text("text", piece));
    }
  }

  /**
   * How far it is.
   *
   * @param percent what is outside 0 to 100 is taken for the nearer of the two
   * @param step from 1, of {@code steps}; 0 for both where nobody knows
   */
  public synchronized void progress(int percent, String message, int step, int steps) {
    Members members =
        new Members().number("progress", Math.clamp(percent, 0, 100)).text("message", message);
    if (steps > 0) {
      members.number("step", step).number("total_steps", steps);
    }
    progress = members.object();
    say("progress", members);
  }

  public synchronized void status(String status) {
    say("status", new Members().text("status", status));
  }

  /**
   * A line of its log.
   *
   * @param level such as {@code info}
   */
  public synchronized void log(String level, String message) {
    say("log", new Members().text("level", level).text("message", message));
  }

  /**
   * What came of it.
   *
   * @param json one JSON value
   */
  public synchronized void result(String json) {
    result = json;
    say("result", new Members().raw("result", json));
  }

  /**
   * Asks whoever follows the run to decide, and waits.
   *
   * @param otherwise the decision when nobody decides in time
   * @return what was decided, for example {@code approve} or {@code reject}
   */
  public String approval(String question, String otherwise, Duration within)
      throws InterruptedException {
    CompletableFuture<String> decision = new CompletableFuture<>();
    String approvalId;
    synchronized (this) {
      approvalId = "a" + ++approvalCount;
      approvals.put(approvalId, decision);
      Members asked =
          new Members()
              .text("approval_id", approvalId)
              .text("question", question)
              .text("default", otherwise)
              .number("expires_in_ms", within.toMillis());
      questions.put(approvalId, asked.object());
      say("approval_request", asked);
    }
    try {
      return decision.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      decide(approvalId, otherwise, null);
      return decision.join();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a user says to the run, one JSON value; null when nothing comes in time. */
  public @Nullable String input(Duration within) throws InterruptedException {
    return input.poll(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Has something closed when the run is cancelled or ends: a connection, a process. At once where
   * it is cancelled already.
   */
  public void closeAtEnd(AutoCloseable resource) {
    synchronized (this) {
      if (!cancelled && state == State.RUNNING) {
        closing.add(resource);
        return;
      }
    }
    close(resource);
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "closing at the end of a run", e);
    }
  }

  // What users say.

  /** Decides; false where there is nothing of that id to decide any more. */
  synchronized boolean decide(String approvalId, String decision, @Nullable String by) {
    CompletableFuture<String> open = approvals.remove(approvalId);
    if (open == null || state != State.RUNNING) {
      return false;
    }
    questions.remove(approvalId);
    say(
        "approval",
        new Members().text("approval_id", approvalId).text("decision", decision).text("by", by));
    open.complete(decision);
    return true;
  }

  /** Takes what a user says; false where the run has ended or has too much to read. */
  boolean say(String words) {
    return state() == State.RUNNING && input.offer(words);
  }

  /** Stops it: false where it has ended. */
  boolean cancel() {
    if (state() != State.RUNNING) {
      return false;
    }
    stop();
    return true;
  }

  /** Stops its work without a word: it has ended already. */
  void stop() {
    Thread working;
    synchronized (this) {
      cancelled = true;
      working = worker;
    }
    if (working != null) {
      working.interrupt();
    }
    closeAll();
  }

  private void closeAll() {
    List<AutoCloseable> all;
    synchronized (this) {
      all = List.copyOf(closing);
      closing.clear();
    }
    all.forEach(Run::close);
  }

  // Its life.

  synchronized void workedBy(Thread thread) {
    worker = thread;
    if (cancelled) {
      thread.interrupt();
    }
  }

  void done(long nowMillis) {
    Members last = new Members();
    if (request.action() == null) {
      synchronized (this) {
        last.text("text", text.toString());
      }
    } else {
      last.raw("result", result == null ? "null" : result);
    }
    end(
        State.DONE,
        request.action() == null ? "done" : "complete",
        usage(last, nowMillis),
        nowMillis);
  }

  void cancelled(long nowMillis) {
    end(State.CANCELLED, "cancelled", usage(new Members(), nowMillis), nowMillis);
  }

  void failed(String code, String message, boolean retryable, long nowMillis) {
    Members last =
        new Members()
            .text("code", code)
            .text("message", message)
            .flag("final", true)
            .flag("retryable", retryable);
    end(State.FAILED, "error", usage(last, nowMillis), nowMillis);
  }

  private synchronized Members usage(Members members, long nowMillis) {
    return members.raw(
        "usage",
        new Members()
            .number("tokens_out", tokens)
            .number("duration_ms", nowMillis - startedMillis)
            .object());
  }

  private void end(State how, String type, Members last, long nowMillis) {
    synchronized (this) {
      if (state != State.RUNNING) {
        return;
      }
      owner.end(Payload.of(type, last.text("run_id", id).bytes()));
      state = how;
      endedMillis = nowMillis;
    }
    closeAll();
  }

  private void say(String type, Members members) {
    if (state == State.RUNNING) {
      owner.append(Payload.of(type, members.text("run_id", id).bytes()));
    }
  }

  /** What somebody who comes too late for the events has to know. */
  private Delivery.@Nullable Snapshot snapshot() {
    synchronized (this) {
      return new Delivery.Snapshot(
          owner.feed().tail().offset(), Payload.of("run", described(new Members()).bytes()));
    }
  }

  private Members described(Members members) {
    return members
        .text("run_id", id)
        .text("agent_id", request.agentId())
        .text("state", state.name().toLowerCase(java.util.Locale.ROOT))
        .text("text", text.toString())
        .number("index", tokens)
        .raw("progress", progress)
        .raw("result", result)
        .raw("approvals", "[" + String.join(",", questions.values()) + "]");
  }

  /** All that is known of it, as a JSON object. */
  public synchronized String describe() {
    return described(new Members())
        .text("feed", feed().id().toString())
        .text("position", feed().tail().toString())
        .object();
  }
}
