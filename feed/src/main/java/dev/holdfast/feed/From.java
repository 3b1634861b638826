package dev.holdfast.feed;

/** Where a reader wants to begin. Immutable; any thread. */
public sealed interface From {

  /** At the earliest event that is still retained. */
  record Start() implements From {}

  /** After the newest event: only what comes from now on. */
  record Now() implements From {}

  /** Right after a position that was reached before. */
  record After(Position position) implements From {}

  /** The one {@link Start}. */
  From START = new Start();

  /** The one {@link Now}. */
  From NOW = new Now();
}
