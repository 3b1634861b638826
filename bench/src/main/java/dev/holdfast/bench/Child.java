package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server under test: a process of its own, on a processor of its own. Any thread. */
final class Child implements AutoCloseable {

  private static final String READY = "listening on ";
  private static final double TICKS_A_SECOND = 100;

  /** As it was at the start: who keeps off a processor sees one less. */
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private static volatile boolean pinning;

  private final Process process;
  private final InetSocketAddress address;

  private Child(Process process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts one and waits until it says where it listens.
   *
   * @param folder to start it in
   */
  static Child start(Path folder, List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(pinned(command)).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith(READY)) {
        Thread.ofVirtual().start(() -> drain(out));
        URI uri = URI.create(line.substring(READY.length()).strip());
        return new Child(process, new InetSocketAddress(uri.getHost(), uri.getPort()));
      }
    }
    process.destroyForcibly();
    throw new IOException("did not start: " + String.join(" ", command));
  }

  /** The command, on the processor of servers. */
  static List<String> pinned(List<String> command) {
    List<String> pinned = new ArrayList<>();
    if (canPin()) {
      pinned.addAll(List.of("taskset", "-c", "0"));
    }
    pinned.addAll(command);
    return pinned;
  }

  private static void drain(BufferedReader out) {
    try {
      while (out.readLine() != null) {
        // Nobody needs it, and a full pipe would stop it.
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  /** Has this process, and every server from now on, use all processors. */
  static void pinNothing() throws IOException, InterruptedException {
    if (canPin()) {
      pinSelf("0-" + (PROCESSORS - 1));
    }
    pinning = false;
  }

  /** Keeps servers from now on on one processor, and this process off it. */
  static void pin() throws IOException, InterruptedException {
    pinning = true;
    if (canPin()) {
      pinSelf("1-" + (PROCESSORS - 1));
    }
  }

  /** Whether processes are kept on a processor: two of them, and Linux's taskset. */
  private static boolean canPin() {
    return pinning && PROCESSORS > 1 && Files.isExecutable(Path.of("/usr/bin/taskset"));
  }

  private static void pinSelf(String processors) throws IOException, InterruptedException {
    String self = Long.toString(ProcessHandle.current().pid());
    new ProcessBuilder("taskset", "-a", "-c", "-p", processors, self)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  InetSocketAddress address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  /** Seconds of processor time since its start; NaN where there is no /proc. */
  double cpuSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  /** Resident memory in bytes; NaN where there is no /proc. */
  double resident() {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> 1024.0 * Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(3, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(3, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
