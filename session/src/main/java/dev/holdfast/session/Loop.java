package dev.holdfast.session;

import dev.holdfast.feed.Feed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The connections and sessions of one event loop.
 *
 * <p>A feed signals a loop, not each of its readers: the loop then polls every reader that it has
 * of that feed, in one turn for all feeds that signalled meanwhile, and each connection is flushed
 * once a turn. Everything here happens on the loop's thread but {@link #execute} and the signals.
 */
public final class Loop {

  /** Connections that are pumped before other work of the loop has its turn. */
  private static final int PUMPS_A_TURN = 256;

  /** Batches of reads after which events that wait are not kept waiting for more. */
  private static final int READS_A_TURN = 4;

  /** Pings a tick that only ask what has arrived; heartbeats are not counted. */
  private static final int CONFIRMATIONS_A_TICK = 500;

  /** A session whose client was gone for the n-th time, and until when it is waited for. */
  private record Away(Session session, int suspension, long until) {}

  private final Executor executor;
  private final Gateway gateway;
  private final IdentityHashMap<Feed, Gathering> gatherings = new IdentityHashMap<>();
  private final Queue<Gathering> signalled = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ArrayDeque<Connection> ready = new ArrayDeque<>();
  private final Encoded encoded = new Encoded();
  private final Set<Connection> connections = new HashSet<>();
  private final ArrayDeque<Away> away = new ArrayDeque<>();
  private int reads;
  private int confirmations = CONFIRMATIONS_A_TICK;
  private long drainUntil;
  private volatile int behind;

  Loop(Executor executor, Gateway gateway) {
    this.executor = executor;
    this.gateway = gateway;
  }

  /** About every 250 ms: deadlines, heartbeats, sessions whose client has not come back. */
  public void tick() {
    long now = gateway.now();
    long millis = gateway.clock().millis();
    confirmations = CONFIRMATIONS_A_TICK;
    int late = 0;
    for (Connection connection : List.copyOf(connections)) {
      connection.tick(now, millis);
      if (connection.behind()) {
        late++;
      }
    }
    behind = late;
    while (!away.isEmpty() && away.getFirst().until - now <= 0) {
      Away over = away.removeFirst();
      over.session.expire(this, over.suspension);
    }
    if (drainUntil != 0) {
      drainSome(now);
    }
  }

  /** After each batch of reads of one socket. */
  public void afterRead() {
    if (++reads >= READS_A_TURN && (!signalled.isEmpty() || !ready.isEmpty())) {
      turn();
    }
  }

  /** Runs a task on this loop, after what it does now. Any thread. */
  void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and its connections with it: nobody is left to do this for.
      System.getLogger(Loop.class.getName()).log(System.Logger.Level.DEBUG, "loop has ended", e);
    }
  }

  /** Connections with events that they have no room for, as of the last tick. Any thread. */
  int behind() {
    return behind;
  }

  Encoded encoded() {
    return encoded;
  }

  void add(Connection connection) {
    connections.add(connection);
  }

  void remove(Connection connection) {
    connections.remove(connection);
  }

  /** Calls back with each connection, on the loop. Any thread. */
  void each(Consumer<Connection> visitor) {
    execute(() -> List.copyOf(connections).forEach(visitor));
  }

  /** Keeps a session without a connection until its client comes back or its time is over. */
  void keep(Session session, int suspension) {
    long until = gateway.now() + gateway.settings().resumeWindow().toNanos();
    away.add(new Away(session, suspension, until));
  }

  /** Closes the connections one after the other, the last one by that time. Any thread. */
  void drain(long until) {
    execute(() -> drainUntil = until == 0 ? 1 : until);
  }

  private void drainSome(long now) {
    List<Connection> left = List.copyOf(connections);
    long remaining = drainUntil - now;
    long ticks = 1 + Math.max(0, remaining) / gateway.tickNanos();
    long share = (left.size() + ticks - 1) / ticks;
    left.stream().limit(share).forEach(Connection::sendAway);
  }

  Gathering join(Feed feed, Attachment attachment) {
    Gathering gathering = gatherings.computeIfAbsent(feed, Gathering::new);
    gathering.add(attachment);
    return gathering;
  }

  /** Whether a ping may be spent on asking what has arrived. */
  boolean confirm() {
    return confirmations > 0 && confirmations-- > 0;
  }

  /** Pumps that connection in the next turn. */
  void pumpSoon(Connection connection) {
    if (connection.queue()) {
      ready.add(connection);
      schedule();
    }
  }

  private void schedule() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      execute(this::scheduledTurn);
    }
  }

  private void scheduledTurn() {
    scheduled.set(false);
    turn();
  }

  private void turn() {
    reads = 0;
    Gathering gathering;
    while ((gathering = signalled.poll()) != null) {
      gathering.wake();
    }
    for (int pumped = 0; pumped < PUMPS_A_TURN; pumped++) {
      Connection connection = ready.poll();
      if (connection == null) {
        return;
      }
      connection.pump();
    }
    if (!ready.isEmpty()) {
      schedule();
    }
  }

  /** The attachments of one feed on this loop. */
  final class Gathering {
    private final Feed feed;
    private final Feed.Watch watch;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final List<Attachment> attachments = new ArrayList<>(1);

    Gathering(Feed feed) {
      this.feed = feed;
      this.watch = feed.watch(this::signal);
    }

    private void signal() {
      if (!armed.get() && armed.compareAndSet(false, true)) {
        signalled.add(this);
        schedule();
      }
    }

    private void wake() {
      // Disarmed before anything is polled: what is appended from here on signals again.
      armed.set(false);
      for (int i = 0; i < attachments.size(); i++) {
        Attachment attachment = attachments.get(i);
        if (attachment.connection().awaken(attachment) && attachment.connection().queue()) {
          ready.add(attachment.connection());
        }
      }
    }

    private void add(Attachment attachment) {
      attachment.index = attachments.size();
      attachments.add(attachment);
    }

    void leave(Attachment attachment) {
      Attachment last = attachments.removeLast();
      if (!last.equals(attachment)) {
        attachments.set(attachment.index, last);
        last.index = attachment.index;
      }
      if (attachments.isEmpty()) {
        watch.close();
        gatherings.remove(feed, this);
      }
    }
  }
}
