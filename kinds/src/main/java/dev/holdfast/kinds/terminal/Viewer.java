package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.FeedId;
import org.jspecify.annotations.Nullable;

/**
 * One session's watching of a terminal. Any thread, but for what the terminal keeps in it.
 *
 * <p>Places are offsets of the terminal's feed.
 */
public final class Viewer {

  /** Who is so far behind when something was interrupted would long see what was said before. */
  private static final long MUCH = 8 * 1024;

  private static final long NONE = -1;

  private final Terminal terminal;
  private final String session;
  private final String user;
  private volatile long sent;
  private volatile long acked = NONE;
  private volatile boolean visible = true;
  private volatile boolean viewOnly;
  private boolean caughtUp;
  private volatile boolean skipped;
  private boolean shownAgain;
  private @Nullable Size size;

  // Of the thread of all terminals.
  long place;
  long movedAt;
  long keptUpAt;
  boolean passedOver;

  Viewer(Terminal terminal, String session, String user, long now) {
    this.terminal = terminal;
    this.session = session;
    this.user = user;
    this.keptUpAt = now;
  }

  public Terminal terminal() {
    return terminal;
  }

  /** The feed that it reads. */
  public FeedId feed() {
    return terminal.feed().id();
  }

  public String session() {
    return session;
  }

  public String user() {
    return user;
  }

  /** Whether it has said that it will not type. */
  public boolean viewOnly() {
    return viewOnly;
  }

  /** It will not type, and its size does not count. */
  public void onlyView() {
    viewOnly = true;
  }

  /** Whether somebody looks at it. */
  public boolean visible() {
    return visible;
  }

  /** Shows it or hides it; while it is hidden it is sent nothing. */
  public void show(boolean now) {
    synchronized (this) {
      shownAgain |= now && !visible;
      visible = now;
    }
    terminal.shown(this);
  }

  /** The size that it would have; null for any. */
  public synchronized @Nullable Size size() {
    return size;
  }

  synchronized void size(Size wish) {
    size = wish;
  }

  /** It has dealt with everything up to that place, and will say so from now on. */
  public void ack(long place) {
    long known = Math.max(acked, 0);
    acked = Math.clamp(place, known, Math.max(known, sent));
    terminal.progress();
  }

  /** How far behind the terminal it is, in bytes as retention counts them. */
  public long lag() {
    return terminal.marks().after(behind());
  }

  /** The place up to which it is known to have come. */
  long behind() {
    return acked == NONE ? sent : acked;
  }

  /** What may be sent to it beyond a place; 0 or less for nothing until it is told to go on. */
  public long room(long sentTo) {
    if (!visible) {
      return 0;
    }
    return acked == NONE
        ? Long.MAX_VALUE
        : terminal.window() - terminal.marks().between(acked, sentTo);
  }

  /** Whether it is better shown the screen than what led to it. */
  public synchronized boolean skips(long sentTo) {
    long behind = terminal.marks().after(sentTo);
    if (behind == 0) {
      caughtUp = true;
      skipped = false;
      shownAgain = false;
      return false;
    }
    boolean skips =
        shownAgain
            || (behind > MUCH && sentTo < terminal.interruptedAt())
            || (caughtUp && behind > 2 * terminal.window());
    shownAgain = false;
    skipped |= skips;
    return skips;
  }

  /**
   * Whether it has been shown the screen and has not caught up since: near to the end, and yet no
   * measure of how fast a program may go on.
   */
  boolean skipped() {
    return skipped;
  }

  /** It has been sent everything up to that place. */
  public void sent(long to) {
    sent = to;
    terminal.progress();
  }

  /** It watches no more. */
  public void leave() {
    terminal.left(this);
  }
}
