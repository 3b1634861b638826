package dev.holdfast.kinds.tool;

import java.time.Duration;
import java.util.Map;

/**
 * How a provider is kept apart from the others. Immutable; any thread.
 *
 * @param limit calls at once
 * @param perSecond calls a second, and in a burst; 0 for any number
 * @param failures in a row after which it is left alone
 * @param rest for how long it is left alone
 * @param retries of a call of an idempotent tool that might go well a little later
 * @param retryDelay before the first retry, doubled for each further one
 * @param prefix before the names of its tools
 * @param tools how those of its tools are dealt with, by the name that it gives them
 */
public record ProviderSettings(
    int limit,
    int perSecond,
    int failures,
    Duration rest,
    int retries,
    Duration retryDelay,
    String prefix,
    Map<String, Traits> tools) {

  /** Nothing special. */
  public static final ProviderSettings USUAL =
      new ProviderSettings(
          24, 0, 5, Duration.ofSeconds(60), 3, Duration.ofSeconds(1), "", Map.of());

  public ProviderSettings {
    tools = Map.copyOf(tools);
  }
}
