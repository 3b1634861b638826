package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.common.Members;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process somewhere that does runs, as the gateway knows it: what it serves, what it has been
 * given, and the feed on which it is told. Guarded by itself.
 */
final class Worker {

  /** How a worker's part in a run ended. */
  sealed interface Ending {

    /** It said that the run is done. */
    record Done() implements Ending {}

    /** It said that the run failed. */
    record Failed(AgentException why) implements Ending {}

    /** It is gone. */
    record Lost() implements Ending {}
  }

  /** An agent as one worker serves it. */
  record Service(Offer offer, boolean restartable) {}

  /** A run that it has been given. */
  record Assignment(Worker worker, Run run, String told, CompletableFuture<Ending> ended) {

    /** It is over: whatever the worker says of it further is refused. */
    void close() {
      worker.release(this);
    }
  }

  private final String id;
  private final String user;
  private final Owner owner;
  private final Map<String, Assignment> assigned = new LinkedHashMap<>();
  private Map<String, Service> services = Map.of();
  private int readers;
  private long absentMillis;
  private boolean lost;

  Worker(String id, String user, Owner owner, long nowMillis) {
    this.id = id;
    this.user = user;
    this.owner = owner;
    this.absentMillis = nowMillis;
    owner.snapshots(this::snapshot);
  }

  String id() {
    return id;
  }

  String user() {
    return user;
  }

  Owner owner() {
    return owner;
  }

  synchronized void serve(Map<String, Service> agents) {
    services = Map.copyOf(agents);
  }

  synchronized Map<String, Service> services() {
    return services;
  }

  /** Runs of an agent that it has room for now; 0 while it is away. */
  synchronized int room(String agentId) {
    Service service = services.get(agentId);
    if (service == null || readers == 0 || lost) {
      return 0;
    }
    long mine =
        assigned.values().stream().filter(a -> a.run().request().agentId().equals(agentId)).count();
    return (int) Math.max(0, service.offer().maxRuns() - mine);
  }

  synchronized int busy() {
    return assigned.size();
  }

  synchronized boolean restartable(String agentId) {
    Service service = services.get(agentId);
    return service != null && service.restartable();
  }

  /** Gives it a run. */
  synchronized Assignment assign(Run run) {
    Request request = run.request();
    Members told =
        new Members()
            .text("run_id", run.id())
            .number("attempt", run.attempt())
            .text("agent_id", request.agentId())
            .text("user_id", request.user())
            .text("prompt", request.prompt())
            .text("action", request.action())
            .raw("params", request.params())
            .text("conversation_id", request.terms().conversationId());
    Assignment assignment = new Assignment(this, run, told.object(), new CompletableFuture<>());
    assigned.put(run.id(), assignment);
    owner.append(Payload.of("run_assigned", told.bytes()));
    return assignment;
  }

  private void release(Assignment assignment) {
    boolean open;
    synchronized (this) {
      open = assigned.remove(assignment.run().id(), assignment);
    }
    if (open && !assignment.ended().isDone()) {
      tell("run_cancelled", new Members().text("run_id", assignment.run().id()));
    }
  }

  synchronized @Nullable Assignment assignment(String runId) {
    return assigned.get(runId);
  }

  void tell(String type, Members members) {
    owner.append(Payload.of(type, members.bytes()));
  }

  synchronized void present() {
    readers++;
  }

  synchronized void absent(long nowMillis) {
    readers--;
    absentMillis = nowMillis;
  }

  /** Whether it has been away for that long. */
  synchronized boolean awaySince(long millis) {
    return readers == 0 && absentMillis <= millis;
  }

  /** It is gone for good: so are its runs. */
  void lose() {
    Map<String, Assignment> all;
    synchronized (this) {
      lost = true;
      all = Map.copyOf(assigned);
      assigned.clear();
    }
    all.values().forEach(a -> a.ended().complete(new Ending.Lost()));
  }

  /** What it has to know when it reads too slowly: the runs that are still its own. */
  private Delivery.Snapshot snapshot() {
    synchronized (this) {
      String runs =
          assigned.values().stream()
              .map(Assignment::told)
              .collect(Collectors.joining(",", "[", "]"));
      return new Delivery.Snapshot(
          owner.feed().tail().offset(),
          Payload.of("worker", new Members().text("worker_id", id).raw("runs", runs).bytes()));
    }
  }
}
