package dev.holdfast.kinds.common;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that a worker is given: a run, or a call. Of a kind {@code run} the worker is
 * told by {@code run_assigned} and {@code run_cancelled} with a {@code run_id}. Any thread.
 */
public abstract class Assignment {

  private final String kind;
  private final String name;
  private final String id;
  private final Members told;
  private @Nullable Worker worker;

  /**
   * @param kind of work, in one word
   * @param name of what the worker serves
   * @param id of this piece
   * @param told what the worker has to know of it besides
   */
  protected Assignment(String kind, String name, String id, Members told) {
    this.kind = kind;
    this.name = name;
    this.id = id;
    this.told = told;
  }

  final String kind() {
    return kind;
  }

  final String name() {
    return name;
  }

  final String id() {
    return id;
  }

  final Members told() {
    return told;
  }

  final void given(Worker to) {
    worker = to;
  }

  /** Who has it. */
  public final Worker worker() {
    return Objects.requireNonNull(worker);
  }

  /** Whether its worker has said how it ended, or is gone. */
  protected abstract boolean ended();

  /** Its worker is gone for good. */
  protected abstract void lost();

  /** The beginning of what its worker is told of it. */
  public final Members about() {
    return new Members().text(kind + "_id", id);
  }

  /** Tells its worker something. */
  public final void tell(String type, Members what) {
    worker().tell(type, what);
  }

  /**
   * It is over: whatever the worker says of it further is refused. A worker that has not said that
   * itself is told.
   */
  public final void close() {
    if (worker().release(this) && !ended()) {
      tell(kind + "_cancelled", about());
    }
  }
}
