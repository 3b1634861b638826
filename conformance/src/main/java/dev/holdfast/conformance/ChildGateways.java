package dev.holdfast.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gateways as child processes of this one: the real program with its real command line. */
final class ChildGateways implements Gateways {

  private static final String MAIN = "dev.holdfast.server.Main";
  private static final String READY = "listening on ";

  private final List<String> machine;

  /** Where they put what goes with them: those that are killed do not take it away. */
  private final Path passing;

  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final Map<Boolean, Gateway> shared = new ConcurrentHashMap<>();

  private final Consumer<String> log;

  ChildGateways() {
    this(List.of(), System.err::println);
  }

  /**
   * @param machine options of their virtual machines
   * @param log is given what they log, line by line, by threads of its own
   */
  ChildGateways(List<String> machine, Consumer<String> log) {
    this.log = log;
    try {
      passing = Files.createTempDirectory("holdfast-verify");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> options = new ArrayList<>(machine);
    options.add("-Djava.io.tmpdir=" + passing);
    this.machine = List.copyOf(options);
  }

  @Override
  public synchronized Gateway shared(boolean dev) throws IOException {
    Gateway found = shared.get(dev);
    if (found == null) {
      found = own(dev, Map.of());
      shared.put(dev, found);
    }
    return found;
  }

  @Override
  public Gateway own(boolean dev, Map<String, String> settings) throws IOException {
    Map<String, String> all = new java.util.LinkedHashMap<>(settings);
    if (!dev && !settings.containsKey("auth.jwks_url")) {
      all.putIfAbsent("auth.secret", SECRET);
    }
    all.putIfAbsent("log.level", "warn");
    Process process = start(machine, dev, all, List.of());
    Thread.ofVirtual().start(() -> watch(process));
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith(READY)) {
        Thread.ofVirtual().start(() -> drain(out));
        URI base = URI.create(line.substring(READY.length()).strip());
        return new Gateway(base, dev, all.get("auth.secret"), process);
      }
    }
    process.destroyForcibly();
    throw new IOException("the gateway did not start: its log says why");
  }

  private static void drain(BufferedReader out) {
    try {
      while (out.readLine() != null) {
        // Its log is of no interest here, and a full pipe would stop it.
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  /** Passes its log on, and keeps what a gateway never should log. */
  private void watch(Process process) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        log.accept(line);
        if (line.contains("\"ERROR\"") || line.contains(" ERROR ")) {
          errors.add(line);
        }
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  @Override
  public List<String> errors() {
    return List.copyOf(errors);
  }

  /** Starts one that is expected to fail, or to be waited for otherwise. */
  static Process start(boolean dev, Map<String, String> settings, List<String> more)
      throws IOException {
    return start(List.of(), dev, settings, more);
  }

  private static Process start(
      List<String> machine, boolean dev, Map<String, String> settings, List<String> more)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("serve"));
    if (dev) {
      command.add("--dev");
    }
    settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    if (!settings.containsKey("server.port")) {
      command.addAll(List.of("--port", "0"));
    }
    command.addAll(more);
    return program(machine, command).start();
  }

  /** The program itself, with those arguments. */
  static ProcessBuilder program(List<String> arguments) {
    return program(List.of(), arguments);
  }

  private static ProcessBuilder program(List<String> machine, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(machine);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Dio.netty.leakDetection.level=paranoid",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            classPath(),
            MAIN));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
    return builder;
  }

  private static String classPath() {
    @Nullable String surefire = System.getProperty("surefire.test.class.path");
    return surefire == null ? System.getProperty("java.class.path", "") : surefire;
  }

  @Override
  public boolean startsOwn() {
    return true;
  }

  @Override
  public boolean has(boolean dev) {
    return true;
  }

  @Override
  public void close() {
    shared.values().forEach(Gateway::close);
    try (Stream<Path> left = Files.walk(passing)) {
      for (Path file : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a gateway says that does not start. */
  static String refused(Map<String, String> settings) throws IOException, InterruptedException {
    Process process = start(true, settings, List.of());
    try {
      String complaint =
          new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      Check.that("it ends", process.waitFor(Check.PATIENCE_SECONDS, TimeUnit.SECONDS), complaint);
      Check.that("with an error", process.exitValue() != 0, complaint);
      return complaint;
    } finally {
      process.destroyForcibly();
    }
  }
}
