package dev.holdfast.kinds.tool;

import java.util.List;

/** What serves tools: a program, a server elsewhere, the gateway itself. Any thread. */
public interface Provider extends AutoCloseable {

  /** Its name, by which it is configured and watched. */
  String id();

  /** The tools that it has now. */
  List<Described> tools();

  /**
   * Runs a tool. On a virtual thread of the call, which is interrupted when the call is to stop;
   * where it {@link #answersAtOnce}, on whatever thread the caller is on.
   *
   * @return a JSON array of outputs, as {@link Outputs} makes them
   */
  String call(Work work) throws ToolException, InterruptedException;

  /** Whether its calls neither block nor take more than some microseconds. */
  default boolean answersAtOnce() {
    return false;
  }

  @Override
  void close();

  /**
   * A tool as its provider describes it.
   *
   * @param schema the JSON schema of its arguments
   * @param idempotent whether to call it twice is as good as once
   */
  record Described(String name, String description, String schema, boolean idempotent) {}

  /** A tool beside what its provider needs to run it. */
  interface Offered {

    Described described();

    /** The tools of all of them. */
    static List<Described> tools(List<? extends Offered> all) {
      return all.stream().map(Offered::described).toList();
    }

    /**
     * The one of that name.
     *
     * @throws ToolException when there is none
     */
    static <T extends Offered> T named(String name, List<T> all) throws ToolException {
      for (T one : all) {
        if (one.described().name().equals(name)) {
          return one;
        }
      }
      throw new ToolException(ToolError.TOOL_NOT_FOUND, "there is no such tool", null, false);
    }
  }
}
