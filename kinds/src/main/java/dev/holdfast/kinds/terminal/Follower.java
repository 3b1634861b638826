package dev.holdfast.kinds.terminal;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Owner;
import dev.holdfast.feed.Payload;
import dev.holdfast.kinds.terminal.screen.Screen;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Follows what a terminal says, so that the screen can be shown to whoever comes late or has fallen
 * behind. It never slows the terminal down: what it has no room for it drops, and marks the screen
 * as stale until all of it has been replaced. Any thread.
 */
final class Follower implements Owner.Snapshots {

  /** What may wait to be followed, in characters. */
  private static final int MOST_WAITING = 2 << 20;

  /** So much work is worth beginning with at once, in characters. */
  private static final int MUCH = 256 * 1024;

  /** Of a flood of plain lines most are left out: it is less work. */
  private static final int PLAIN_IS_LESS = 4;

  private static final long SOON_MILLIS = 25;

  private static final System.Logger LOG = System.getLogger(Follower.class.getName());

  /** What was said, or how large the screen is now. */
  private record Piece(long offset, long bytes, String text, boolean plain, @Nullable Size size) {}

  private final ScheduledExecutorService worker;
  private final LongAdder painted;
  private final int scrollback;
  private final Screen screen;

  private final AgentSession agent = new AgentSession();

  private final Object queue = new Object();
  private List<Piece> waiting = new ArrayList<>();
  private int characters;
  private int work;
  private boolean lost;
  private boolean scheduled;

  // Of the lock of the screen.
  private long asOf;
  private long bytes;
  private Delivery.@Nullable Snapshot latest;

  /**
   * @param worker follows beside whoever speaks
   * @param painted counts the screens that were asked for
   * @param answers is given what the program is to be told when it asks
   */
  Follower(
      Size size,
      int scrollback,
      ScheduledExecutorService worker,
      LongAdder painted,
      Consumer<String> answers) {
    this.worker = worker;
    this.painted = painted;
    this.scrollback = scrollback;
    this.screen = new Screen(size.rows(), size.cols(), scrollback, answers);
  }

  /**
   * Something was said.
   *
   * @param offset of the newest event by now
   * @param saidBytes how many bytes have come by now
   * @param plain whether no sequence begins in it
   * @param asked whether the program waits for an answer
   */
  void said(long offset, long saidBytes, String text, boolean plain, boolean asked) {
    add(new Piece(offset, saidBytes, text, plain, null), text.length(), asked);
  }

  /** The screen was made larger or smaller. */
  void resized(long offset, long saidBytes, Size size) {
    add(new Piece(offset, saidBytes, "", false, size), 1, false);
  }

  private void add(Piece piece, int length, boolean asked) {
    boolean begin;
    boolean now;
    synchronized (queue) {
      if (characters + length > MOST_WAITING) {
        // Sizes count, whatever is lost.
        waiting.removeIf(before -> before.size == null);
        characters = 0;
        work = 0;
        lost = true;
      }
      waiting.add(piece);
      characters += length;
      int before = work;
      work += piece.plain ? length / PLAIN_IS_LESS : length;
      begin = !scheduled;
      now = asked || (work >= MUCH && before < MUCH);
      scheduled = true;
    }
    if (now) {
      worker.execute(this::followAll);
    }
    if (begin) {
      worker.schedule(this::catchUp, SOON_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void catchUp() {
    followAll();
    synchronized (queue) {
      scheduled = !waiting.isEmpty();
      if (scheduled) {
        // Not at once: of a flood that gathers meanwhile only the end has to be followed.
        worker.schedule(this::catchUp, SOON_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void followAll() {
    try {
      synchronized (screen) {
        follow(take());
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a screen can''t be followed", e);
      synchronized (queue) {
        lost = true;
      }
    }
  }

  private List<Piece> take() {
    synchronized (queue) {
      List<Piece> taken = waiting;
      waiting = new ArrayList<>();
      characters = 0;
      work = 0;
      if (lost) {
        lost = false;
        screen.doubt();
      }
      return taken;
    }
  }

  private void follow(List<Piece> pieces) {
    int i = 0;
    for (Piece piece : pieces) {
      agent.take(piece.text);
    }
    while (i < pieces.size()) {
      Piece piece = pieces.get(i);
      int end = i + 1;
      if (piece.plain) {
        while (end < pieces.size() && pieces.get(end).plain) {
          end++;
        }
        plain(pieces.subList(i, end));
      } else if (piece.size != null) {
        screen.resize(piece.size.rows(), piece.size.cols());
      } else {
        screen.write(piece.text);
      }
      i = end;
    }
    if (!pieces.isEmpty()) {
      asOf = pieces.getLast().offset;
      bytes = pieces.getLast().bytes;
      latest = null;
    }
  }

  /**
   * Follows plain text. Of a flood of lines only the last ones are worth it: those before have left
   * the screen, and the lines kept beyond it, by the time anybody could look.
   */
  private void plain(List<Piece> pieces) {
    int first = 0;
    int from = 0;
    if (screen.mayLeaveOut()) {
      int lines = screen.rows() + scrollback + 1;
      for (int i = pieces.size() - 1; i >= 0 && from == 0; i--) {
        String text = pieces.get(i).text;
        int at = text.length();
        while (at > 0 && from == 0) {
          at = text.lastIndexOf('\n', at - 1);
          if (at >= 0 && --lines == 0 && at > 0 && text.charAt(at - 1) == '\r') {
            first = i;
            from = at + 1;
          }
        }
      }
    }
    if (from > 0 && fills(pieces, first, from)) {
      screen.leaveOut();
      screen.write(pieces.get(first).text.substring(from));
      first++;
    } else {
      first = 0;
    }
    for (int i = first; i < pieces.size(); i++) {
      screen.write(pieces.get(i).text);
    }
  }

  /** Whether there are as many lines up to a place as the screen has rows. */
  private boolean fills(List<Piece> pieces, int last, int to) {
    int lines = screen.rows();
    for (int i = 0; i <= last; i++) {
      String text = pieces.get(i).text;
      int end = i == last ? to : text.length();
      int at = -1;
      while ((at = text.indexOf('\n', at + 1)) >= 0 && at < end) {
        lines--;
        if (lines == 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** The session of the agent that runs in it, if one has said so. */
  @Nullable String agentSession() {
    return agent.id();
  }

  @Override
  public Delivery.@Nullable Snapshot latest() {
    synchronized (screen) {
      follow(take());
      if (latest == null) {
        painted.increment();
        latest = new Delivery.Snapshot(asOf, Payload.of("screen", body()));
      }
      return latest;
    }
  }

  private byte[] body() {
    StringBuilder body = new StringBuilder();
    JsonStringEncoder encoder = JsonStringEncoder.getInstance();
    body.append("\"rows\":").append(screen.rows()).append(",\"cols\":").append(screen.cols());
    body.append(",\"bytes\":").append(bytes);
    body.append(",\"title\":\"").append(encoder.quoteAsCharArray(screen.title())).append('"');
    if (!screen.certain()) {
      body.append(",\"stale\":true");
    }
    body.append(",\"data\":\"").append(encoder.quoteAsCharArray(screen.paint())).append('"');
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }
}
