package dev.holdfast.kinds.agent;

/** Counts runs. Any thread; must not block. */
@FunctionalInterface
public interface RunTelemetry {

  /** A run has ended. */
  void ended(Run run);
}
