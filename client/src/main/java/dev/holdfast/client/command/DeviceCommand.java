package dev.holdfast.client.command;

import dev.holdfast.client.Device;
import dev.holdfast.client.Frame;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast device}: makes this machine a device. */
public final class DeviceCommand extends ClientCommand {

  public DeviceCommand() {
    super("device", "make this machine a device of the gateway's", Run::new);
  }

  @Command(
      footer = {
        "",
        "It runs until Ctrl-C, and comes back by itself. execute_command runs what",
        "--allow names, without a shell, and nothing else; send_notification is there",
        "on a desktop."
      })
  private static final class Run extends Action {

    @Option(names = "--id", paramLabel = "ID", description = "Its id; the host's name unless said.")
    private @Nullable String id;

    @Option(names = "--name", paramLabel = "NAME", description = "What people call it.")
    private @Nullable String name;

    @Option(
        names = "--allow",
        paramLabel = "PROGRAM",
        description = "A program that may be run; once for each.")
    private List<String> allowed = new ArrayList<>();

    @Option(
        names = "--pair",
        paramLabel = "CODE",
        description = "Be let in by a code; the token that this gives is kept for the next time.")
    private @Nullable String code;

    @Option(
        names = "--token-file",
        paramLabel = "FILE",
        description = "Where that is; ~/.config/holdfast/device-ID.token unless said.")
    private @Nullable Path file;

    @Mixin private Target target = new Target();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
      PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
      String named = id == null ? host() : id;
      try (Device device = new Device(target.url(), named).user(target.user())) {
        device.token(token(named));
        device.info("name", name == null ? named : name).info("type", "computer");
        device.info("platform", System.getProperty("os.name"));
        device.info("architecture", System.getProperty("os.arch"));
        device.info("version", System.getProperty("os.version"));
        Programs programs = new Programs(allowed);
        if (!allowed.isEmpty()) {
          device.can("execute_command", order -> told(err, order, programs::execute));
        }
        if (Programs.desktop()) {
          device.can("send_notification", order -> told(err, order, Programs::notify));
        }
        device.start().get();
        say(err, "* " + named + " is a device");
        String why = device.ended().get();
        say(err, "* it is one no more: " + why);
        return 1;
      }
    }

    private static @Nullable Object told(PrintWriter err, Device.Order order, Device.Handler does)
        throws Exception {
      // In one line, so that nothing in it passes for a line of ours.
      String line = Talk.plain(order.command() + " " + order.params());
      say(err, "* " + line.replace('\n', ' '));
      return does.obey(order);
    }

    private static synchronized void say(PrintWriter err, String line) {
      err.println(line);
      err.flush();
    }

    private static String host() {
      try {
        String host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
        return host.isEmpty() || !Character.isLetterOrDigit(host.charAt(0)) ? "device" : host;
      } catch (UnknownHostException e) {
        return "device";
      }
    }

    /** Its own token, where it has been let in; else its user's. */
    private @Nullable String token(String named) throws IOException, InterruptedException {
      Path kept =
          file == null
              ? Path.of(
                  System.getProperty("user.home"),
                  ".config",
                  "holdfast",
                  "device-" + named + ".token")
              : file;
      boolean known = target.token() == null && Files.exists(kept);
      if ((code != null || known) && target.user() != null) {
        throw new IllegalArgumentException(
            "--user: the token of " + named + " says whose device it is (--token-file, --pair)");
      }
      if (code != null) {
        String body =
            "{\"code\":%s,\"device_id\":%s,\"name\":%s}"
                .formatted(
                    Frame.quoted(code),
                    Frame.quoted(named),
                    Frame.quoted(name == null ? "" : name));
        String own = Frame.of(target.post("/api/pairings", body)).text("token");
        keep(kept, String.valueOf(own));
        return own;
      }
      return known ? Files.readString(kept).strip() : target.token();
    }

    private static void keep(Path file, String token) throws IOException {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.deleteIfExists(file);
      // Nobody else ever gets to read it.
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(file, token + System.lineSeparator());
    }
  }
}
