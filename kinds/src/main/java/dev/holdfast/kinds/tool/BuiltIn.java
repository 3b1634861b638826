package dev.holdfast.kinds.tool;

import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** What the gateway itself serves: its own health, and in development an echo. Any thread. */
public final class BuiltIn implements Provider {

  private static final Described STATUS =
      new Described(
          "status",
          "How the gateway is.",
          "{\"type\":\"object\",\"additionalProperties\":false}",
          true);

  private static final Described ECHO =
      new Described(
          "echo",
          "Says a text again.",
          """
          {"type":"object","properties":{"text":{"type":"string","description":"What to say."}},\
          "required":["text"]}\
          """,
          true);

  private final Supplier<String> health;
  private final boolean dev;

  /**
   * @param health one JSON object
   * @param dev whether there is something to try too
   */
  public BuiltIn(Supplier<String> health, boolean dev) {
    this.health = health;
    this.dev = dev;
  }

  @Override
  public String id() {
    return "gateway";
  }

  @Override
  public List<Described> tools() {
    return dev ? List.of(STATUS, ECHO) : List.of(STATUS);
  }

  @Override
  public boolean answersAtOnce() {
    return true;
  }

  @Override
  public String call(Work work) {
    JsonNode text = work.arguments().path("text");
    return work.tool().equals(ECHO.name())
        ? Outputs.text(text.asString(""))
        : Outputs.text(health.get());
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
