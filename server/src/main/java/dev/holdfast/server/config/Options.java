package dev.holdfast.server.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says about the configuration. Immutable; any thread.
 *
 * @param file the YAML file; null for none
 * @param values by the name of the key, as in {@code server.port}
 * @param dev whether development mode is wanted
 */
public record Options(@Nullable Path file, Map<String, String> values, boolean dev) {

  /** A command line without options. */
  public static final Options NONE = new Options(null, Map.of(), false);

  public Options {
    values = Map.copyOf(values);
  }
}
