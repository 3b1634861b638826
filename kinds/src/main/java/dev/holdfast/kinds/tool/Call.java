package dev.holdfast.kinds.tool;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.common.Members;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to a tool, as whoever made it follows it: progress, chunks, and one result. Several
 * calls may be served by one piece of work. Any thread.
 */
public final class Call {

  private static final String RESULT = "result";

  private final String id;
  private final String user;
  private final String session;
  private final String requestId;
  private final Clients.Counts client;
  private final Tool tool;
  private final long timeoutMillis;
  private final Supplier<Owner> owners;
  private final long beganNanos = System.nanoTime();
  private final CountDownLatch over = new CountDownLatch(1);
  private @Nullable Owner owned;
  private @Nullable Work work;
  private @Nullable String progress;
  private @Nullable Payload result;
  private int chunks;
  private volatile boolean cached;
  private volatile @Nullable Ending ending;

  Call(
      String id,
      String user,
      String session,
      String requestId,
      Clients.Counts client,
      Tool tool,
      long timeoutMillis,
      Supplier<Owner> owners) {
    this.id = id;
    this.user = user;
    this.session = session;
    this.requestId = requestId;
    this.client = client;
    this.tool = tool;
    this.timeoutMillis = timeoutMillis;
    this.owners = owners;
  }

  public String id() {
    return id;
  }

  public String user() {
    return user;
  }

  public String session() {
    return session;
  }

  public String requestId() {
    return requestId;
  }

  public Tool tool() {
    return tool;
  }

  /** After which it fails. */
  public long timeoutMillis() {
    return timeoutMillis;
  }

  /** The name of its feed. */
  public FeedId feedId() {
    return new FeedId(Tools.KIND, id);
  }

  /** Its feed, which is made when it is first asked for: most calls end before anybody does. */
  public synchronized Feed feed() {
    return owner().feed();
  }

  /** Whether its feed has been made. */
  synchronized boolean hasFeed() {
    return owned != null;
  }

  private Owner owner() {
    Owner mine = owned;
    if (mine == null) {
      mine = owners.get();
      mine.snapshots(this::snapshot);
      owned = mine;
      if (result != null) {
        mine.end(result);
      }
    }
    return mine;
  }

  /** What is counted of whoever made it. */
  Clients.Counts client() {
    return client;
  }

  /** How long ago it was made. */
  long nanos() {
    return System.nanoTime() - beganNanos;
  }

  /** Whether it has ended. */
  public boolean over() {
    return ending != null;
  }

  /** Waits for its end; false where that takes longer. */
  public boolean await(long millis) throws InterruptedException {
    return over.await(millis, TimeUnit.MILLISECONDS);
  }

  /**
   * How it ended, as a JSON object; null while it has not.
   *
   * @param again whether that has been told before
   */
  public @Nullable String result(boolean again) {
    Ending end = ending;
    if (end == null) {
      return null;
    }
    Members members = end.in(new Members().text("request_id", requestId));
    if (cached) {
      members.flag("cached", true);
    }
    return (again ? members.flag("duplicate", true) : members).object();
  }

  @Nullable Ending ending() {
    return ending;
  }

  synchronized @Nullable Work work() {
    return work;
  }

  synchronized void servedBy(Work by) {
    work = by;
  }

  /** How much room it takes when it has ended, about. */
  long weight() {
    return weight;
  }

  private volatile long weight = 1_000;

  synchronized void progress(Members said) {
    if (ending == null) {
      progress = said.text("request_id", requestId).object();
      owner().append(Payload.of("progress", said.bytes()));
    }
  }

  synchronized void chunk(String text) {
    if (ending == null) {
      chunks++;
      byte[] body =
          new Members()
              .text("request_id", requestId)
              .text("chunk", text)
              .number("seq", chunks)
              .bytes();
      weight += body.length;
      owner().append(Payload.of("chunk", body));
    }
  }

  /**
   * Ends it; false where it has ended.
   *
   * @param ofAnother whether the result is that of an earlier call
   * @param first is done before anybody is told
   */
  boolean end(Ending how, boolean ofAnother, Runnable first) {
    synchronized (this) {
      if (ending != null) {
        return false;
      }
      first.run();
      Members members = new Members().text("request_id", requestId);
      how.in(members);
      if (ofAnother) {
        members.flag("cached", true);
      }
      cached = ofAnother;
      Payload last = Payload.of(RESULT, members.bytes());
      weight += last.body().length;
      ending = how;
      work = null;
      if (chunks > 0) {
        Members complete = new Members().text("request_id", requestId);
        owner().append(last);
        owner().end(Payload.of("complete", complete.bytes()));
      } else if (owned != null) {
        owned.end(last);
      } else {
        result = last;
      }
    }
    over.countDown();
    return true;
  }

  private Delivery.@Nullable Snapshot snapshot() {
    synchronized (this) {
      Members state =
          new Members()
              .text("request_id", requestId)
              .text("name", tool.name())
              .raw("progress", progress)
              .number("chunks", chunks)
              .raw("result", result(false));
      return new Delivery.Snapshot(
          owner().feed().tail().offset(), Payload.of("call", state.bytes()));
    }
  }
}
