package dev.holdfast.kinds.terminal;

/** Whose size a terminal has that several watch. */
public enum SizePolicy {
  /** The one that was asked for last. */
  LATEST,
  /** The smallest, so that everybody sees all of it. */
  SMALLEST,
  /** That of whoever types. */
  TYPIST
}
