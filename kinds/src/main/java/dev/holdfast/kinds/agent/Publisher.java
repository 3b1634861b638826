package dev.holdfast.kinds.agent;

/** Publishes to channels for a run. Any thread; must not block. */
@FunctionalInterface
public interface Publisher {

  /**
   * Publishes an event in the name of the run's user.
   *
   * @param event its type, with a colon in it
   * @param json one JSON object
   */
  void publish(Run run, String channel, String event, String json);
}
