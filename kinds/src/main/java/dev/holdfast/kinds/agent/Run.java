package dev.holdfast.kinds.agent;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.common.AtEnd;
import dev.holdfast.kinds.common.Members;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
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

  /** Characters that a listing has of a text, and of a result at most. */
  private static final int LISTED = 1_000;

  private final String id;
  private final Request request;
  private final Owner owner;
  private final AgentSettings settings;
  private final InstantSource clock;
  private final long startedMillis;
  private final Questions questions = new Questions();
  private final Inbox inbox = new Inbox();
  private final AtEnd atEnd = new AtEnd();
  private final List<Tokens> before = new ArrayList<>();
  private final @Nullable Witness witness;
  private Tokens tokens;
  private int attempt = 1;
  private int followers;
  private long unfollowedMillis;
  private long saidMillis;
  private long firstTokenMillis = -1;
  private long tokensIn = -1;
  private long tokensOut = -1;
  private @Nullable String progress;
  private @Nullable String result;
  private @Nullable Thread worker;
  private @Nullable String cancelledBy;
  private State state = State.RUNNING;
  private volatile boolean cancelled;
  private long endedMillis;

  Run(
      String id,
      Request request,
      Owner owner,
      AgentSettings settings,
      InstantSource clock,
      @Nullable Witness witness) {
    this.id = id;
    this.request = request;
    this.owner = owner;
    this.settings = settings;
    this.clock = clock;
    this.witness = witness;
    this.tokens = new Tokens(id);
    this.startedMillis = clock.millis();
    this.saidMillis = startedMillis;
    this.unfollowedMillis = startedMillis;
    owner.snapshots(this::snapshot);
  }

  /** Says that it has begun: before anybody else may hear or say anything. */
  synchronized void begin() {
    say(
        "started",
        new Members()
            .text("agent_id", request.agentId())
            .text("action", request.action())
            .text("conversation_id", request.terms().conversationId()));
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

  public long startedMillis() {
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

  /** What it has taken so far. */
  public synchronized Usage usage() {
    long until = endedMillis == 0 ? clock.millis() : endedMillis;
    return new Usage(
        tokensIn,
        tokensOut < 0 ? tokens.count() : tokensOut,
        firstTokenMillis,
        until - startedMillis);
  }

  // What the agent says. Once the run has ended, nothing.

  /** A piece of the answer. Tokens are numbered from 1. */
  public void token(String piece) {
    boolean tooMuch;
    synchronized (this) {
      if (state != State.RUNNING || piece.isEmpty()) {
        return;
      }
      String whole = Members.whole(piece);
      tooMuch = tokens.length() + whole.length() > settings.maxText();
      if (!tooMuch) {
        spoken(whole);
      }
    }
    if (tooMuch) {
      failed("too_large", "the answer is longer than " + settings.maxText(), false);
      stop();
    }
  }

  private void spoken(String piece) {
    long index = tokens.count() + 1L;
    if (owner.append(Tokens.token(index, piece, id)) instanceof Owner.Appended.At(long offset)) {
      tokens.add(piece, offset);
      saidMillis = clock.millis();
      if (firstTokenMillis < 0) {
        firstTokenMillis = saidMillis - startedMillis;
      }
      if (witness != null) {
        witness.said(
            this, "token", new Members().number("index", index).text("text", piece).object());
      }
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
   * It calls a tool.
   *
   * @param callId pairs it with its result
   * @param arguments one JSON value
   */
  public synchronized void toolCall(String callId, String name, String arguments) {
    say(
        "tool_call",
        new Members().text("call_id", callId).text("name", name).raw("arguments", arguments));
  }

  /**
   * What the tool said.
   *
   * @param result one JSON value
   */
  public synchronized void toolResult(String callId, String name, boolean ok, String result) {
    say(
        "tool_result",
        new Members()
            .text("call_id", callId)
            .text("name", name)
            .flag("ok", ok)
            .raw("result", result));
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

  /** How many tokens its model has read and written; added to what it said before. */
  public synchronized void took(long readTokens, long writtenTokens) {
    tokensIn = Math.max(tokensIn, 0) + readTokens;
    tokensOut = Math.max(tokensOut, 0) + writtenTokens;
  }

  /**
   * Asks whoever follows the run to decide, and waits.
   *
   * @param otherwise the decision when nobody decides in time
   * @return what was decided, for example {@code approve} or {@code reject}
   */
  public String approval(String question, String otherwise, Duration within)
      throws InterruptedException {
    CompletableFuture<String> made = new CompletableFuture<>();
    ask(question, otherwise, within, made::complete);
    try {
      return made.get();
    } catch (ExecutionException e) {
      throw new CompletionException(e);
    }
  }

  /**
   * As {@link #approval}, without waiting.
   *
   * @param decided is told the decision, in the order in which users say things; never, where the
   *     run ends before. It must not block
   */
  public synchronized void ask(
      String question, String otherwise, Duration within, Consumer<String> decided) {
    Members asked = questions.ask(question, otherwise, within, clock.millis(), decided);
    say("approval_request", asked);
  }

  /** What a user says to the run, one JSON value; null when nothing comes in time. */
  public @Nullable String input(Duration within) throws InterruptedException {
    long until = System.nanoTime() + within.toNanos();
    synchronized (this) {
      while (inbox.isEmpty()) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
      return inbox.poll();
    }
  }

  /**
   * Has what users say given to a listener from now on, which must not block, and says whether it
   * had room for it.
   */
  public synchronized void inputTo(Predicate<String> listener) {
    inbox.listen(listener);
  }

  /** It begins anew: what it has answered so far is void. */
  synchronized void restarted(String reason) {
    attempt++;
    before.add(tokens);
    tokens = new Tokens(id);
    progress = null;
    questions.clear();
    say("restarted", new Members().number("attempt", attempt).text("reason", reason));
  }

  synchronized int attempt() {
    return attempt;
  }

  /**
   * Has something closed when the run is cancelled or ends: a connection, a process. At once where
   * it is cancelled already.
   */
  public void closeAtEnd(AutoCloseable resource) {
    atEnd.add(resource);
  }

  // What users say and do.

  /** Decides; false where there is nothing of that id to decide any more. */
  synchronized boolean decide(String approvalId, String decision, @Nullable String by) {
    Approval open = state == State.RUNNING ? questions.take(approvalId) : null;
    if (open == null) {
      return false;
    }
    say(
        "approval",
        new Members().text("approval_id", approvalId).text("decision", decision).text("by", by));
    open.decided().accept(decision);
    return true;
  }

  /** Takes what a user says; false where the run has ended or has too much to read. */
  synchronized boolean say(String words) {
    boolean taken = state == State.RUNNING && inbox.take(words);
    notifyAll();
    return taken;
  }

  /** Somebody follows it from now on, until it is told otherwise. */
  public synchronized void followed() {
    followers++;
  }

  /** Somebody follows it no more. */
  public synchronized void unfollowed() {
    followers--;
    unfollowedMillis = clock.millis();
  }

  /**
   * Stops it: false where it has ended.
   *
   * @param by the user, or why else
   */
  boolean cancel(String by) {
    synchronized (this) {
      if (state != State.RUNNING) {
        return false;
      }
      if (cancelledBy == null) {
        cancelledBy = by;
      }
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
    atEnd.close();
  }

  // Its life.

  /** Waits until it has ended. */
  public synchronized void awaitEnd() throws InterruptedException {
    while (state == State.RUNNING) {
      wait();
    }
  }

  /** What came of it: its result where it has one, as JSON, else its text. */
  public synchronized String outcome() {
    return result == null ? tokens.text() : result;
  }

  synchronized void workedBy(Thread thread) {
    worker = thread;
    if (cancelled) {
      thread.interrupt();
    }
  }

  /** What time brings: decisions by default, a sign of life, an end for want of followers. */
  void tick() {
    long now = clock.millis();
    boolean orphaned;
    synchronized (this) {
      if (state != State.RUNNING) {
        return;
      }
      for (Approval open : questions.late(now)) {
        decide(open.id(), open.otherwise(), null);
      }
      if (now - saidMillis >= settings.heartbeat().toMillis()) {
        say("heartbeat", new Members().number("elapsed_ms", now - startedMillis));
      }
      Duration patience = request.terms().cancelAfter();
      orphaned =
          patience != null && followers == 0 && now - unfollowedMillis >= patience.toMillis();
    }
    if (orphaned) {
      cancel("nobody follows it");
    }
  }

  void done() {
    Members last = new Members();
    synchronized (this) {
      if (request.action() == null) {
        last.text("text", tokens.text());
      } else {
        last.raw("result", result == null ? "null" : result);
      }
    }
    end(State.DONE, request.action() == null ? "done" : "complete", last);
  }

  void ended() {
    Members last = new Members();
    synchronized (this) {
      last.text("reason", cancelledBy);
    }
    end(State.CANCELLED, "cancelled", last);
  }

  void failed(String code, String message, boolean retryable) {
    end(
        State.FAILED,
        "error",
        new Members()
            .text("code", code)
            .text("message", message)
            .flag("final", true)
            .flag("retryable", retryable));
  }

  private void end(State how, String type, Members last) {
    synchronized (this) {
      if (state != State.RUNNING) {
        return;
      }
      endedMillis = clock.millis();
      last.raw("usage", usage().json());
      if (witness != null) {
        witness.said(this, type, last.object());
      }
      before.forEach(tried -> tried.mergeIn(owner));
      before.clear();
      tokens.mergeIn(owner);
      owner.end(Payload.of(type, last.text("run_id", id).bytes()));
      state = how;
      notifyAll();
    }
    atEnd.close();
  }

  private void say(String type, Members members) {
    if (state == State.RUNNING) {
      saidMillis = clock.millis();
      if (witness != null) {
        witness.said(this, type, members.object());
      }
      owner.append(Payload.of(type, members.text("run_id", id).bytes()));
    }
  }

  /** What somebody who comes too late for the events has to know. */
  private Delivery.Snapshot snapshot() {
    synchronized (this) {
      return new Delivery.Snapshot(
          owner.feed().tail().offset(), Payload.of("run", described(new Members()).bytes()));
    }
  }

  private Members described(Members members) {
    return named(members)
        .text("text", tokens.text())
        .number("index", tokens.count())
        .raw("progress", progress)
        .raw("result", result)
        .raw("approvals", questions.described());
  }

  private Members named(Members members) {
    return members
        .text("run_id", id)
        .text("agent_id", request.agentId())
        .text("state", state.name().toLowerCase(Locale.ROOT));
  }

  /** As it is listed: the beginning of its text, and its result where that is short. */
  public synchronized String listed() {
    return named(new Members())
        .text("user_id", request.user())
        .text("text", tokens.beginning(LISTED))
        .raw("result", result == null || result.length() > LISTED ? null : result)
        .text("feed", feed().id().toString())
        .raw("usage", usage().json())
        .object();
  }

  /** All that is known of it, as a JSON object. */
  public synchronized String describe() {
    return described(new Members())
        .text("feed", feed().id().toString())
        .text("position", feed().tail().toString())
        .raw("usage", usage().json())
        .object();
  }
}
