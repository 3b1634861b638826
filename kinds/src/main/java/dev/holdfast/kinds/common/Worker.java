package dev.holdfast.kinds.common;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A process somewhere that works for the gateway, as the gateway knows it: what it serves, what it
 * has been given, and the feed on which it is told. Guarded by itself.
 */
public final class Worker {

  private final String id;
  private final String user;
  private final Owner owner;
  private final Map<String, Assignment> assigned = new LinkedHashMap<>();
  private final Map<String, Map<String, Integer>> served = new TreeMap<>();
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

  public String id() {
    return id;
  }

  String user() {
    return user;
  }

  Owner owner() {
    return owner;
  }

  /** It serves these, and so many of each at once, in place of what it served of that kind. */
  synchronized void serve(String kind, Map<String, Integer> room) {
    served.put(kind, Map.copyOf(room));
  }

  /** Work of that name that it has room for now; 0 while it is away. */
  synchronized int room(String kind, String name) {
    int most = served.getOrDefault(kind, Map.of()).getOrDefault(name, 0);
    if (most == 0 || readers == 0 || lost) {
      return 0;
    }
    long mine =
        assigned.values().stream()
            .filter(one -> one.kind().equals(kind) && one.name().equals(name))
            .count();
    return (int) Math.max(0, most - mine);
  }

  synchronized int busy() {
    return assigned.size();
  }

  synchronized void assign(Assignment assignment) {
    assignment.given(this);
    assigned.put(assignment.id(), assignment);
    tell(assignment.kind() + "_assigned", assignment.told());
  }

  /** False where it has it no more. */
  synchronized boolean release(Assignment assignment) {
    return assigned.remove(assignment.id(), assignment);
  }

  synchronized @Nullable Assignment assignment(String assignmentId) {
    return assigned.get(assignmentId);
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

  /** It is gone for good: so is what it was given. */
  void lose() {
    List<Assignment> all;
    synchronized (this) {
      lost = true;
      all = new ArrayList<>(assigned.values());
      assigned.clear();
    }
    all.forEach(Assignment::lost);
  }

  /** What it has to know when it reads too slowly: the work that is still its own. */
  private Delivery.Snapshot snapshot() {
    synchronized (this) {
      Members state = new Members().text("worker_id", id);
      for (String kind : served.keySet()) {
        String own =
            assigned.values().stream()
                .filter(one -> one.kind().equals(kind))
                .map(one -> one.told().object())
                .collect(Collectors.joining(",", "[", "]"));
        state.raw(kind + "s", own);
      }
      return new Delivery.Snapshot(
          owner.feed().tail().offset(), Payload.of("worker", state.bytes()));
    }
  }
}
