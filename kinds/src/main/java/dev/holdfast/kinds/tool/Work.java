package dev.holdfast.kinds.tool;

import dev.holdfast.kinds.common.AtEnd;
import dev.holdfast.kinds.common.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A tool at work, for one call or for several that are the same. What its provider says of it is
 * told to all of them. Any thread.
 */
public final class Work {

  /** Ten a second at most. */
  private static final long PROGRESS_NANOS = 100_000_000;

  private static final int MOST_CALLS = 10_000;

  private static final double NANOS = 1e9;
  private static final double ALL = 100;

  private final Tool tool;
  private final String user;
  private final Set<String> roles;
  private final boolean admin;
  private final String session;
  private final JsonNode arguments;
  private final @Nullable String key;
  private final CallLog log;
  private final long timeoutMillis;
  private boolean slot;
  private boolean deserted;
  private final long beganNanos = System.nanoTime();
  private final List<Call> calls = new ArrayList<>(1);
  private final AtEnd atEnd = new AtEnd();
  private @Nullable Thread worker;
  private @Nullable Progress latest;
  private boolean unsaid;
  private long saidNanos = beganNanos - PROGRESS_NANOS;
  private volatile String ownName;
  private volatile boolean over;
  private volatile boolean late;

  /** How far it is. */
  private record Progress(double step, double steps, String message) {}

  Work(
      Tool tool,
      ToolRequest request,
      JsonNode arguments,
      @Nullable String key,
      boolean slot,
      CallLog log,
      Call first) {
    this.tool = tool;
    this.user = request.user();
    this.roles = request.roles();
    this.admin = request.admin();
    this.session = request.session();
    this.arguments = arguments;
    this.key = key;
    this.slot = slot;
    this.log = log;
    this.timeoutMillis = first.timeoutMillis();
    this.ownName = tool.ownName();
    calls.add(first);
    first.servedBy(this);
  }

  /** The name of the tool where it is served. */
  public String tool() {
    return ownName;
  }

  /** Who has it called. */
  public String user() {
    return user;
  }

  /** What roles that user has. */
  public Set<String> roles() {
    return roles;
  }

  /** Whether that user may do everything. */
  public boolean admin() {
    return admin;
  }

  /** The arguments, which are an object. */
  public JsonNode arguments() {
    return arguments;
  }

  /** What is left of its time, in milliseconds; 0 or less where there is none. */
  public long leftMillis() {
    return timeoutMillis - TimeUnit.NANOSECONDS.toMillis(nanos());
  }

  /** Whether it is to stop, or nobody cares any more. */
  public boolean over() {
    return over;
  }

  /** Its time is over. */
  void late() {
    late = true;
  }

  boolean isLate() {
    return late;
  }

  Tool called() {
    return tool;
  }

  String session() {
    return session;
  }

  @Nullable String key() {
    return key;
  }

  long nanos() {
    return System.nanoTime() - beganNanos;
  }

  void servedAs(Tool other) {
    ownName = other.ownName();
  }

  synchronized void workedBy(Thread thread) {
    worker = thread;
    if (over) {
      thread.interrupt();
    }
  }

  /** It has its slot now; false where it is over, and has to be without. */
  synchronized boolean gotSlot() {
    slot = !over;
    return slot;
  }

  /** Gives its slot up; false where it has none. */
  synchronized boolean giveUpSlot() {
    boolean had = slot;
    slot = false;
    return had;
  }

  /** Whether this thread does it. */
  synchronized boolean byThisThread() {
    return Thread.currentThread().equals(worker);
  }

  /** Serves another call too; false where it is over, or serves as many as it can. */
  synchronized boolean join(Call call) {
    if (over || deserted || calls.size() >= MOST_CALLS) {
      return false;
    }
    calls.add(call);
    call.servedBy(this);
    if (latest != null) {
      call.progress(progress(latest));
    }
    return true;
  }

  /** Serves a call no more; true where it serves none any more. */
  synchronized boolean leave(Call call) {
    calls.remove(call);
    deserted = calls.isEmpty();
    return deserted;
  }

  /**
   * How far it is.
   *
   * @param steps of which {@code step} are done; 0 where nobody knows
   */
  public synchronized void progress(double step, double steps, String message) {
    if (over) {
      return;
    }
    latest = new Progress(step, steps, message);
    long now = System.nanoTime();
    unsaid = now - saidNanos < PROGRESS_NANOS;
    if (!unsaid) {
      say(now);
    }
  }

  /** A piece of what it makes. */
  public synchronized void chunk(String text) {
    if (!over && !text.isEmpty()) {
      calls.forEach(call -> call.chunk(text));
    }
  }

  /** What time brings: what was not said at once, and a sign of life. */
  synchronized void tick(long now, long intervalNanos) {
    boolean due = unsaid && now - saidNanos >= PROGRESS_NANOS;
    if (!over && (due || now - Math.max(saidNanos, beganNanos) >= intervalNanos)) {
      say(now);
    }
  }

  private void say(long now) {
    saidNanos = now;
    unsaid = false;
    Progress said = latest == null ? new Progress(0, 0, "") : latest;
    for (Call call : calls) {
      call.progress(progress(said));
      log.progressed(call, said.message);
    }
  }

  private Members progress(Progress said) {
    double elapsed = nanos() / NANOS;
    Members members =
        new Members()
            .text("name", tool.name())
            .text("message", said.message)
            .raw("step", plain(said.step));
    if (said.steps > 0) {
      double percent = Math.clamp(ALL * said.step / said.steps, 0, ALL);
      members.raw("total_steps", plain(said.steps)).raw("progress_pct", tenths(percent));
      if (percent > 0) {
        members.raw("estimated_remaining_secs", tenths(elapsed * (ALL - percent) / percent));
      }
    }
    return members.raw("elapsed_secs", tenths(elapsed));
  }

  private static String plain(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.isFinite(number) ? Double.toString(number) : "0";
  }

  private static String tenths(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  /** Has something closed when it is to stop, or is over: at once where it is already. */
  public void closeAtEnd(AutoCloseable resource) {
    atEnd.add(resource);
  }

  /** It is over; the calls that it served, or null where it was over before. */
  @Nullable List<Call> settle() {
    List<Call> served;
    Thread working;
    synchronized (this) {
      if (over) {
        return null;
      }
      over = true;
      served = List.copyOf(calls);
      working = worker;
    }
    if (working != null && !working.equals(Thread.currentThread())) {
      working.interrupt();
    }
    atEnd.close();
    return served;
  }
}
