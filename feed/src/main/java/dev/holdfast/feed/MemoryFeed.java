package dev.holdfast.feed;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A feed in memory.
 *
 * <p>Writers hold the lock; readers hold none. A writer publishes in this order: slot, then tail;
 * and trims in this order: head, then slot. So a reader that is below the tail and finds no event
 * in its slot sees a head beyond its own place, or another ring; both end its search.
 */
final class MemoryFeed implements Feed {

  private static final Owner.Appended FENCED = new Owner.Appended.Fenced();
  private static final Owner.Appended ENDED = new Owner.Appended.Ended();
  private static final Watching[] UNWATCHED = {};

  private final FeedId id;
  private final long epoch;
  private final Retention retention;
  private final InstantSource clock;

  private final ReentrantLock lock = new ReentrantLock();
  private long term;
  private long bytes;
  private @Nullable Keys keys;

  private volatile Ring ring = new Ring(1);
  private volatile long head;
  private volatile long tail;
  private volatile boolean ended;
  private volatile Watching[] watches = UNWATCHED;
  private volatile Owner.@Nullable Snapshots snapshots;

  MemoryFeed(FeedId id, long epoch, Retention retention, InstantSource clock) {
    this.id = id;
    this.epoch = epoch;
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public FeedId id() {
    return id;
  }

  @Override
  public Position tail() {
    return new Position(epoch, tail);
  }

  @Override
  public Position head() {
    return new Position(epoch, head);
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public Attached attach(From from) {
    return switch (from) {
      case From.Now() -> attached(tail, true);
      case From.Start() -> attachedAtStart();
      case From.After(Position at) when at.epoch() == epoch && at.offset() <= tail ->
          attachedAfter(at.offset());
      case From.After(Position elsewhere) -> attachedBeyond(head);
    };
  }

  /** The earliest that there is: whatever went before was not asked for. */
  private Attached attachedAtStart() {
    long first = head;
    Delivery.Snapshot state = first == 0 ? null : stateSince(first);
    return state == null
        ? attached(first, true)
        : new Attached(
            new MemoryReader(state.offset()), new Position(epoch, state.offset()), true, state);
  }

  private Attached attachedAfter(long offset) {
    long first = head;
    return offset >= first ? attached(offset, true) : attachedBeyond(first);
  }

  /** What was asked for is not there: the state where there is one, else all that is retained. */
  private Attached attachedBeyond(long first) {
    Delivery.Snapshot state = stateSince(first);
    return state == null
        ? attached(first, false)
        : new Attached(
            new MemoryReader(state.offset()), new Position(epoch, state.offset()), false, state);
  }

  private Attached attached(long offset, boolean recovered) {
    return new Attached(new MemoryReader(offset), new Position(epoch, offset), recovered, null);
  }

  private Delivery.@Nullable Snapshot stateSince(long first) {
    Owner.Snapshots source = snapshots;
    Delivery.Snapshot state = source == null ? null : source.latest();
    return state != null && state.offset() >= first && state.offset() <= tail ? state : null;
  }

  @Override
  public Watch watch(Signal signal) {
    Watching mine = new Watching(signal);
    lock.lock();
    try {
      Watching[] more = Arrays.copyOf(watches, watches.length + 1);
      more[watches.length] = mine;
      watches = more;
    } finally {
      lock.unlock();
    }
    return mine;
  }

  /** One watch: of its own, so that closing it never ends another on the same signal. */
  private final class Watching implements Watch {
    private final Signal signal;

    Watching(Signal signal) {
      this.signal = signal;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        watches = Arrays.stream(watches).filter(w -> !equals(w)).toArray(Watching[]::new);
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public Page history(@Nullable Long from, int limit, boolean reverse) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: " + limit + " (at least 1)");
    }
    long last = tail;
    List<Event> events = new ArrayList<>(Math.min(limit, 256));
    if (reverse) {
      long offset = from == null ? last : Math.min(from - 1, last);
      while (offset > head && events.size() < limit) {
        Event event = find(offset);
        if (event == null) {
          break;
        }
        events.add(event.part(0, offset));
        offset = event.offset() - event.span();
      }
      return new Page(events, offset <= head);
    }
    long offset = Math.max(from == null ? 0 : from, head) + 1;
    while (offset <= last && events.size() < limit) {
      Event event = find(offset);
      if (event == null) {
        // Trimmed meanwhile: a page has no hole, so it begins anew at what is left.
        events.clear();
        offset++;
      } else {
        events.add(event.part(offset - 1, Long.MAX_VALUE));
        offset = event.offset() + 1;
      }
    }
    return new Page(events, offset > last);
  }

  private @Nullable Event find(long offset) {
    while (offset > head) {
      Event event = ring.at(offset);
      if (event != null) {
        return event;
      }
      Thread.onSpinWait();
    }
    return null;
  }

  /** Takes the right to append; what was taken before is void. */
  Owner own() {
    lock.lock();
    try {
      return new MemoryOwner(++term);
    } finally {
      lock.unlock();
    }
  }

  /** Voids the right to append. */
  void fence() {
    lock.lock();
    try {
      term++;
    } finally {
      lock.unlock();
    }
  }

  void sweep() {
    lock.lock();
    try {
      long now = clock.millis();
      // The end of a feed stays for as long as the feed does.
      trim(tail, ended ? tail - 1 : tail, now, 0, 0);
      if (keys != null) {
        keys.expire(now);
      }
      int kept = (int) (tail - head);
      if (kept < ring.capacity() / 4 && ring.capacity() > Ring.SMALLEST) {
        ring = ring.resized(kept, head, tail);
      }
    } finally {
      lock.unlock();
    }
  }

  private Owner.Appended append(long right, Payload payload, @Nullable String key, boolean last) {
    Owner.Appended outcome;
    lock.lock();
    try {
      if (right != term) {
        return FENCED;
      }
      if (ended) {
        return ENDED;
      }
      long now = clock.millis();
      if (key != null) {
        if (keys == null) {
          keys = new Keys(retention);
        }
        Long before = keys.offsetOf(key, now);
        if (before != null) {
          return new Owner.Appended.Duplicate(before);
        }
        keys.remember(key, tail + 1, now);
      }
      outcome = new Owner.Appended.At(add(payload, now));
      ended = last;
    } finally {
      lock.unlock();
    }
    for (Watching watching : watches) {
      watching.signal.signal();
    }
    return outcome;
  }

  private long add(Payload payload, long now) {
    long offset = tail + 1;
    Event event = new Event(offset, now, payload);
    trim(tail, tail, now, 1, event.cost());
    int count = (int) (offset - head);
    if (count > ring.capacity()) {
      ring = ring.resized(count, head, tail);
    }
    ring.put(event);
    bytes += event.cost();
    tail = offset;
    return offset;
  }

  /** Drops from the front until so many more events and bytes fit, up to {@code until}. */
  private void trim(long last, long until, long now, int moreEvents, int moreBytes) {
    long oldest = now - retention.age().toMillis();
    long first = head;
    long keep = first;
    long left = bytes + moreBytes;
    while (keep < until) {
      Event event = ring.at(keep + 1);
      boolean newest = moreEvents == 0 && keep + 1 == last;
      boolean fits =
          newest || (last - keep + moreEvents <= retention.events() && left <= retention.bytes());
      if (event == null || (fits && event.millis() > oldest)) {
        break;
      }
      left -= event.cost();
      keep = event.offset();
    }
    if (keep == first) {
      return;
    }
    bytes = left - moreBytes;
    head = keep;
    for (long offset = first + 1; offset <= keep; offset++) {
      ring.clear(offset);
    }
  }

  private void merge(long right, long first, long last, Owner.Merged merged) {
    lock.lock();
    try {
      if (right != term || first <= head || last > tail || last <= first) {
        return;
      }
      long millis = 0;
      for (long offset = first; offset <= last; ) {
        Event event = ring.at(offset);
        if (event == null || event.offset() - event.span() < first - 1 || event.offset() > last) {
          // A part of another merger: left as it is.
          return;
        }
        millis = event.millis();
        offset = event.offset() + 1;
      }
      for (long offset = first; offset <= last; ) {
        Event event = ring.at(offset);
        bytes -= event == null ? 0 : event.cost();
        offset = event == null ? offset + 1 : event.offset() + 1;
      }
      Event whole =
          new Event(last, (int) (last - first + 1), millis, merged.part(first - 1, last), merged);
      bytes += whole.cost();
      for (long offset = first; offset <= last; offset++) {
        ring.put(offset, whole);
      }
    } finally {
      lock.unlock();
    }
  }

  private final class MemoryOwner implements Owner {
    private final long right;

    MemoryOwner(long right) {
      this.right = right;
    }

    @Override
    public Feed feed() {
      return MemoryFeed.this;
    }

    @Override
    public Appended append(Payload payload, @Nullable String key) {
      return MemoryFeed.this.append(right, payload, key, false);
    }

    @Override
    public Appended end(Payload last) {
      return MemoryFeed.this.append(right, last, null, true);
    }

    @Override
    public void merge(long first, long last, Merged merged) {
      MemoryFeed.this.merge(right, first, last, merged);
    }

    @Override
    public void snapshots(@Nullable Snapshots source) {
      lock.lock();
      try {
        if (right == term) {
          snapshots = source;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private final class MemoryReader implements Reader {
    private long cursor;
    private boolean behind;

    MemoryReader(long cursor) {
      this.cursor = cursor;
    }

    @Override
    public Position position() {
      return new Position(epoch, cursor);
    }

    @Override
    public long poll(long budget, Consumer<? super Delivery> into) {
      long spent = 0;
      while (spent < budget) {
        if (cursor >= tail) {
          // The end is read before the tail once more: an ended feed's tail is final.
          boolean over = ended;
          if (cursor >= tail) {
            behind = false;
            into.accept(over ? Delivery.Mark.END : Delivery.Mark.CAUGHT_UP);
            return spent;
          }
        }
        Event event = ring.at(cursor + 1);
        if (event != null) {
          Event rest = event.part(cursor, Long.MAX_VALUE);
          cursor = rest.offset();
          spent += rest.cost();
          into.accept(rest);
        } else if (cursor < head) {
          into.accept(skipTo(head));
        }
      }
      behind = true;
      return spent;
    }

    @Override
    public void skip(Consumer<? super Delivery> into) {
      Delivery.Snapshot state = stateSince(Math.max(head, cursor + 1));
      if (state != null) {
        cursor = state.offset();
        into.accept(state);
      }
    }

    private Delivery skipTo(long first) {
      Delivery.Snapshot state = stateSince(first);
      if (state != null) {
        cursor = state.offset();
        return state;
      }
      Delivery.Gap gap =
          new Delivery.Gap(
              cursor + 1, first, behind ? Delivery.Gap.Reason.SLOW : Delivery.Gap.Reason.RETENTION);
      cursor = first;
      return gap;
    }
  }
}
