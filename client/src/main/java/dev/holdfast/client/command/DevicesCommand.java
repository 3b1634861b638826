package dev.holdfast.client.command;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Option;

/** {@code holdfast devices}: which devices there are. */
public final class DevicesCommand extends ClientCommand {

  private static final String ROW = "%-24s %-12s %-7s %8s  %-30s %s%n";

  public DevicesCommand() {
    super("devices", "list the devices that are known, or let one in", Run::new);
  }

  private static final class Run extends Listing {

    @Option(
        names = "--pair",
        description =
            "Make a code that lets one device in: holdfast device --pair CODE there, or the address"
                + " that is told with it, in a browser.")
    private boolean pair;

    Run() {
      super("devices", "There are no devices that you may see.");
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
      if (!pair) {
        return super.call();
      }
      if (inPart()) {
        throw new IllegalArgumentException(
            "--pair makes a code: --find and --limit are for the list");
      }
      String answer = target().post("/api/pairing-codes", "{}");
      String code = Frame.of(answer).text("code");
      err().println("* in a browser: " + target().http("/#/this-device/pair/" + code));
      err().flush();
      PrintWriter out = out();
      out.println(json() ? answer : code);
      out.flush();
      return 0;
    }

    @Override
    void head(PrintWriter out) {
      out.printf(ROW, "DEVICE", "USER", "STATE", "COMMANDS", "SEEN", "CAN");
    }

    @Override
    void item(PrintWriter out, Map<?, ?> device) {
      Object can =
          device.get("device_info") instanceof Map<?, ?> map ? map.get("capabilities") : null;
      out.printf(
          ROW,
          device.get("device_id"),
          text(device, "user_id"),
          Boolean.TRUE.equals(device.get("online")) ? "there" : "away",
          device.get("commands"),
          device.get("seen_at"),
          line(can));
    }
  }
}
