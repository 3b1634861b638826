package dev.holdfast.server.config;

/** What can be configured, as a page for people. Any thread. */
public final class Reference {

  private static final String INTRODUCTION =
      """
      # Configuration

      Values come from the defaults, then from one YAML file (`--config FILE`), then from the
      environment, then from the command line (`--set KEY=VALUE`, and `--host`, `--port`); the later
      ones win. In the file a key may be nested or written with its dots. The environment variable of
      a key is `HOLDFAST_` and the key in capitals, with `_` for each dot: `HOLDFAST_SERVER_PORT`.
      A key that does not exist, or a value out of range, stops the start, and all of them are named at
      once. `holdfast config` prints the values in force and where each came from.

      This page is what `holdfast config --reference` prints.

      | key | type | default | expected | what it is |
      |---|---|---|---|---|
      """;

  private Reference() {}

  /** The page, in Markdown. */
  public static String page() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (Key key : Key.values()) {
      String byDefault = key.byDefault();
      page.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  key.text(),
                  key.form().name(),
                  byDefault == null || byDefault.isEmpty() ? "" : "`" + byDefault + "`",
                  key.form().range(),
                  key.doc()));
    }
    return page.toString();
  }
}
