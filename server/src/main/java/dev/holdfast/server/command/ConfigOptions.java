package dev.holdfast.server.command;

import dev.holdfast.server.config.Options;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every subcommand that reads the configuration. One thread. */
public final class ConfigOptions {

  @Option(names = "--config", paramLabel = "FILE", description = "The YAML file to read.")
  private @Nullable Path file;

  @Option(names = "--host", description = "The address to bind: server.host.")
  private @Nullable String host;

  @Option(names = "--port", description = "The port to bind: server.port.")
  private @Nullable String port;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any key; it wins over the environment and the file.")
  private Map<String, String> values = new HashMap<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The folder for what is kept across restarts (server.data).")
  private @Nullable String data;

  @Option(names = "--dev", description = "Let everybody in, on a loopback address only.")
  private boolean dev;

  /** What was given. */
  public Options options() {
    Map<String, String> all = new HashMap<>(values);
    if (host != null) {
      all.put("server.host", host);
    }
    if (port != null) {
      all.put("server.port", port);
    }
    if (data != null) {
      all.put("server.data", data);
    }
    return new Options(file, all, dev);
  }
}
