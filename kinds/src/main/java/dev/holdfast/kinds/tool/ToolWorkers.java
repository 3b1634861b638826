package dev.holdfast.kinds.tool;

import dev.holdfast.feed.FeedId;
import dev.holdfast.kinds.common.Assignment;
import dev.holdfast.kinds.common.Members;
import dev.holdfast.kinds.common.Worker;
import dev.holdfast.kinds.common.Workers;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Tools that workers serve: each worker those of one provider. Any thread. */
public final class ToolWorkers {

  private static final String CALL = "call";

  /** The provider of workers that name none. */
  public static final String USUAL = "workers";

  private final Tools tools;
  private final Workers workers;
  private final LongSupplier random;
  private final Map<String, Crew> crews = new HashMap<>();
  private final Map<Worker, Served> served = new LinkedHashMap<>();

  /** What a worker serves, and for whom. */
  private record Served(Crew crew, Map<String, Offered> tools) {}

  /**
   * A tool as a worker serves it.
   *
   * @param most calls at once
   */
  record Offered(Provider.Described described, int most) {}

  /** A call that a worker has been given; it ends with outputs, or fails. */
  private static final class Given extends Assignment {

    private final Work work;
    private final CompletableFuture<String> end = new CompletableFuture<>();

    Given(String name, String id, Members told, Work work) {
      super(CALL, name, id, told);
      this.work = work;
    }

    @Override
    protected boolean ended() {
      return end.isDone();
    }

    @Override
    protected void lost() {
      end.completeExceptionally(ToolException.provider("the tool's worker was lost"));
    }
  }

  /** What came of what a worker has said. */
  public sealed interface Outcome {

    /**
     * It serves.
     *
     * @param feed on which the worker is given calls
     */
    record Served(String workerId, FeedId feed) implements Outcome {}

    /** What it says of a call is told. */
    record Told(String callId) implements Outcome {}

    /**
     * It is not.
     *
     * @param conflict whether it is as it has to be, but not at present
     */
    record Refused(boolean conflict, String message) implements Outcome {}
  }

  public ToolWorkers(Tools tools, Workers workers, LongSupplier random) {
    this.tools = tools;
    this.workers = workers;
    this.random = random;
    workers.whenLost(this::lost);
  }

  /** The provider of that name, for whose tools workers may come. */
  public synchronized Provider provider(String id) {
    return crews.computeIfAbsent(id, Crew::new);
  }

  /**
   * Takes a session for a worker that serves these tools, in place of those it served before.
   *
   * @param providerId null for {@link #USUAL}
   * @param json a list of objects, as docs/tools.md has them
   */
  public Outcome serve(String sessionId, String user, @Nullable String providerId, String json) {
    Map<String, Offered> offered = new LinkedHashMap<>();
    String wrong = OfferedTools.read(json, offered);
    if (wrong != null) {
      return new Outcome.Refused(false, wrong);
    }
    synchronized (this) {
      Crew crew = crews.get(providerId == null ? USUAL : providerId);
      if (crew == null) {
        return new Outcome.Refused(
            false, "provider: '" + providerId + "' is no provider whose tools workers serve");
      }
      for (String name : offered.keySet()) {
        String other = tools.otherOf(crew, name);
        if (other != null) {
          return new Outcome.Refused(
              true, "tools: '" + name + "' would be hidden by that of '" + other + "'");
        }
      }
      Map<String, Integer> room = new HashMap<>();
      offered.forEach((name, tool) -> room.put(crew.named(name), tool.most()));
      Worker worker = workers.serve(sessionId, user, CALL, room);
      Served before = served.put(worker, new Served(crew, offered));
      if (before != null && !before.crew().equals(crew)) {
        before.crew().refresh();
      }
      crew.refresh();
      return new Outcome.Served(worker.id(), Workers.feedId(worker));
    }
  }

  private synchronized void lost(Worker worker) {
    Served gone = served.remove(worker);
    if (gone != null) {
      gone.crew().refresh();
    }
  }

  /**
   * Takes what a worker says of a call that it has been given.
   *
   * @param json an object as {@link Said} reads it, or a list of them
   */
  public Outcome report(String sessionId, String callId, String json) {
    Given given = workers.assignment(sessionId, callId, Given.class);
    if (given == null) {
      return new Outcome.Refused(true, "call_id: the call is not this worker's, or has ended");
    }
    List<Said> all = Said.list(json);
    if (all == null) {
      return new Outcome.Refused(
          false, "data: must say progress, chunk, result, outputs or error, or be a list of such");
    }
    for (Said said : all) {
      switch (said) {
        case Said.Progress(double step, double steps, String message) ->
            given.work.progress(step, steps, message);
        case Said.Chunk(String text) -> given.work.chunk(text);
        case Said.Result(String outputs) -> given.end.complete(outputs);
        case Said.Failed(String message) ->
            given.end.completeExceptionally(ToolException.execution(message));
      }
    }
    return new Outcome.Told(callId);
  }

  /** The workers of one provider. */
  private final class Crew implements Provider {

    private final String id;
    private volatile Map<String, Described> tools = Map.of();

    Crew(String id) {
      this.id = id;
    }

    /** What this provider's tool is for workers, who may serve others of that name. */
    private String named(String tool) {
      return id + " " + tool;
    }

    private void refresh() {
      Map<String, Described> now = new LinkedHashMap<>();
      for (Served one : served.values()) {
        if (one.crew().equals(this)) {
          one.tools().forEach((name, tool) -> now.put(name, tool.described()));
        }
      }
      if (!now.equals(tools)) {
        tools = now;
        ToolWorkers.this.tools.changed(this);
      }
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public List<Described> tools() {
      return List.copyOf(tools.values());
    }

    @Override
    public String call(Work work) throws ToolException, InterruptedException {
      String callId = Long.toHexString(random.getAsLong());
      Members told =
          new Members()
              .text("call_id", callId)
              .text("name", work.tool())
              .raw("arguments", work.arguments().toString())
              .text("user_id", work.user())
              .number("timeout_ms", work.leftMillis());
      Given given = new Given(named(work.tool()), callId, told, work);
      if (!workers.assign(given)) {
        throw new ToolException(
            ToolError.SERVICE_UNAVAILABLE, "no worker has room for it", null, false);
      }
      try {
        return given.end.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof ToolException why
            ? why
            : ToolException.provider("the tool's worker failed");
      } finally {
        given.close();
      }
    }

    @Override
    public void close() {
      // Workers go when their connections do.
    }
  }
}
