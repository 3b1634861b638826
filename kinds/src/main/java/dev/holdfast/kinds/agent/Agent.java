package dev.holdfast.kinds.agent;

/** Something that works on behalf of users, one run at a time or many. Any thread. */
@FunctionalInterface
public interface Agent {

  /**
   * Does the work of one run, on a thread of its own, which is interrupted when the run is
   * cancelled. When this returns the run is done; an {@link AgentException} says how it failed.
   */
  void work(Run run) throws Exception;
}
