package dev.holdfast.server.config;

import java.util.List;

/** The configuration is wrong: everything that is wrong with it, at once. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
