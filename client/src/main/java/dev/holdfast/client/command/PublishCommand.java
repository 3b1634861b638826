package dev.holdfast.client.command;

import dev.holdfast.client.Client;
import dev.holdfast.client.Frame;
import dev.holdfast.wire.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast publish}: one event into a channel. */
public final class PublishCommand extends ClientCommand {

  public PublishCommand() {
    super("publish", "publish an event in a channel", Run::new);
  }

  private static final class Run extends Action {

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
    private String channel = "";

    @Parameters(
        index = "1",
        paramLabel = "EVENT",
        description = "The type of the event, with a colon in it: canvas:update.")
    private String event = "";

    @Parameters(
        index = "2",
        arity = "0..1",
        paramLabel = "DATA",
        defaultValue = "null",
        description = "Any JSON; - reads it from standard input. Default: ${DEFAULT-VALUE}.")
    private String data = "null";

    @Option(
        names = "--key",
        paramLabel = "KEY",
        description = "An event with this key is published once, however often it is said.")
    private @Nullable String key;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      CommandSpec line = Objects.requireNonNull(spec);
      String json =
          data.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : data;
      if (!Client.isJson(json)) {
        throw new ParameterException(
            line.commandLine(), "DATA: not JSON (a text needs its quotation marks): " + json);
      }
      try (Client client = target.connect()) {
        Frame ack =
            client
                .publish(channel, event, RawJson.of(json.strip()), key)
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        line.commandLine()
            .getOut()
            .println(
                ack.text("position")
                    + (ack.flag("published") ? "" : " (published before, with that key)"));
        return 0;
      }
    }
  }
}
