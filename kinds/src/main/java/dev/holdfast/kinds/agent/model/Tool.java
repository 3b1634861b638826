package dev.holdfast.kinds.agent.model;

import java.util.Map;

/**
 * Something that a model may have done. Immutable; any thread.
 *
 * @param name letters, digits, {@code _} and {@code -}
 * @param parameters by name, what each is; all of them texts
 */
public record Tool(String name, String description, Map<String, String> parameters, Work work) {

  public Tool {
    parameters = Map.copyOf(parameters);
  }

  /** Does it. */
  @FunctionalInterface
  public interface Work {
    /**
     * @param run that asks for it
     * @param arguments a JSON object
     */
    Answer call(dev.holdfast.kinds.agent.Run run, String arguments) throws InterruptedException;
  }

  /**
   * What came of it.
   *
   * @param text for the model to read
   */
  public record Answer(boolean ok, String text) {}
}
