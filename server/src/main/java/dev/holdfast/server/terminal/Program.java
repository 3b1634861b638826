package dev.holdfast.server.terminal;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What clients say to have a program run. Stateless; any thread. */
public final class Program {

  private Program() {}

  /**
   * A program and its arguments.
   *
   * @throws IllegalArgumentException where it is no list of texts that names one
   */
  public static List<String> words(JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      throw new IllegalArgumentException("must be a list that names a program");
    }
    List<String> words = new ArrayList<>();
    for (JsonNode word : list) {
      if (!word.isString() || word.stringValue().indexOf('\0') >= 0) {
        throw new IllegalArgumentException("must be a list of texts");
      }
      words.add(word.stringValue());
    }
    return words;
  }
}
