package dev.holdfast.kinds.agent;

/** Sees what a run says, for whoever wants to pass it on. Any thread. */
interface Witness {

  /**
   * Called in the order of the run's events, under its lock: must not block.
   *
   * @param body the event's members as a JSON object
   */
  void said(Run run, String type, String body);
}
