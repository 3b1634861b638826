package dev.holdfast.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast bench}: what the gateway can do on this machine, beside others. */
public final class BenchCommand implements ToolProvider {

  private static final String DESCRIPTION = "measure the gateway on this machine, beside others";

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public Optional<String> description() {
    return Optional.of(DESCRIPTION);
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Run())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(args);
  }

  private enum Bench {
    ECHO,
    PING_PONG,
    FAN_OUT,
    FAN_OUT_10,
    HANDSHAKE,
    IDLE,
    RECOVERY,
    RUNS,
    TOKEN_LATENCY,
    FOLLOWERS,
    TERMINALS,
    TOOLS,
    DEVICES,
    SLOW;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** One call. */
  @Command(
      name = "holdfast bench",
      description = DESCRIPTION,
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "",
        "Each server runs as its own process on processor 0, one event loop each; the",
        "load runs on the others. Compare lines of one run: the machine is another at",
        "another time."
      })
  private static final class Run implements Callable<Integer> {

    @Option(
        names = "--only",
        split = ",",
        paramLabel = "BENCH",
        description =
            "These alone: echo, ping-pong, fan-out, fan-out-10, handshake, idle, recovery, runs,"
                + " token-latency, followers, terminals, tools, devices, slow.")
    private List<String> only = List.of();

    @Option(
        names = "--seconds",
        defaultValue = "5",
        description =
            "How long each part is measured, after as long a warm-up; ${DEFAULT-VALUE} unless"
                + " said.")
    private int seconds;

    @Option(
        names = "--payload",
        defaultValue = "100",
        description = "Characters of a message; ${DEFAULT-VALUE} unless said.")
    private int payload;

    @Option(
        names = "--subscribers",
        defaultValue = "1000",
        description = "Of a fan-out; ${DEFAULT-VALUE} unless said.")
    private int subscribers;

    @Option(
        names = "--connections",
        defaultValue = "10000",
        description = "Idle, and returning, ones, and devices; ${DEFAULT-VALUE} unless said.")
    private int connections;

    @Option(
        names = "--missed",
        defaultValue = "100",
        description = "Events that each returning one missed; ${DEFAULT-VALUE} unless said.")
    private int missed;

    @Option(
        names = "--runs",
        defaultValue = "1000",
        description = "Of agents at once; ${DEFAULT-VALUE} unless said.")
    private int runs;

    @Option(
        names = "--rate",
        defaultValue = "2",
        description =
            "Tokens a second of each run whose latency is measured, and ten times as many of a"
                + " tenth of the runs; ${DEFAULT-VALUE} unless said.")
    private int rate;

    @Option(
        names = "--peers",
        paramLabel = "DIR",
        description =
            "The npm peers, with their packages installed (npm ci); bench/peers where it is there.")
    private Path peers = Path.of("bench", "peers");

    @Option(
        names = "--calls",
        defaultValue = "50000",
        paramLabel = "N",
        description = "Of tools a second; ${DEFAULT-VALUE} unless said.")
    private int rateOfCalls;

    @Option(names = "--no-peers", description = "Leave the npm peers out.")
    private boolean noPeers;

    @Option(
        names = "--no-pin",
        description = "Let servers and load share all processors, as they would in use.")
    private boolean noPin;

    @Option(names = "--no-bare", description = "Leave the ceilings out.")
    private boolean noBare;

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "A setting of the gateway; may be repeated.")
    private List<String> settings = List.of();

    @Option(
        names = "--jvm",
        paramLabel = "OPTION",
        description = "An option of the gateway's JVM; may be repeated.")
    private List<String> jvm = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result there too.")
    private @Nullable Path json;

    @Spec private @Nullable CommandSpec spec;

    private final List<Row> rows = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
      CommandLine line = Objects.requireNonNull(spec).commandLine();
      for (String name : only) {
        if (Stream.of(Bench.values()).noneMatch(bench -> bench.toString().equals(name))) {
          throw new ParameterException(line, "--only: there is no bench '" + name + "'");
        }
      }
      PrintWriter out = line.getOut();
      if (!noPin) {
        Child.pin();
      }
      Path work = Files.createTempDirectory("holdfast-bench");
      Path gc = work.resolve("gc.log");
      try {
        measure(out, work, gc);
        out.println();
        out.println(Summary.pauses(gc));
        Summary.ratios(out, rows);
        failures.forEach(out::println);
        out.flush();
        if (json != null) {
          Files.writeString(
              json, "[" + String.join(",\n", rows.stream().map(Row::json).toList()) + "]\n");
        }
        return failures.isEmpty() ? 0 : 1;
      } finally {
        try (Stream<Path> files = Files.walk(work)) {
          files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
      }
    }

    private void measure(PrintWriter out, Path work, Path gc)
        throws IOException, InterruptedException {
      List<String> flags = new ArrayList<>(jvm);
      flags.add("-Xlog:gc:file=" + work + "/gc-%p.log");
      List<String> all = new ArrayList<>(settings);
      all.add("session.connects_per_second=1000000");
      Contestant holdfast = Contestant.holdfast(flags, all, List.of("--dev"));
      List<Contestant> contestants = new ArrayList<>(List.of(holdfast));
      if (!noBare) {
        contestants.add(Contestant.bare());
      }
      boolean there = !noPeers && Contestant.peersAreThere(peers);
      if (there) {
        contestants.add(Contestant.ws(peers));
        contestants.add(Contestant.socketIo(peers));
      } else if (!noPeers) {
        out.println("The npm peers are left out: no node, or no node_modules in " + peers);
      }
      Scale scale = new Scale(seconds, payload, subscribers, connections, connections, missed);
      out.println(Row.HEAD);
      out.flush();
      if (wanted(Bench.ECHO) && !noBare) {
        row(out, "tcp echo", () -> TcpEcho.run(Contestant.tcp(), scale, 50, 100));
      }
      each(out, Bench.ECHO, contestants, who -> Echo.run(who, scale, 50, 100));
      each(out, Bench.PING_PONG, contestants, who -> Echo.pingPong(who, scale));
      if (wanted(Bench.FAN_OUT) || wanted(Bench.FAN_OUT_10)) {
        int frame = frame(holdfast, scale);
        each(out, Bench.FAN_OUT, contestants, who -> FanOut.run(who, scale, 1, padded(who, frame)));
        each(
            out,
            Bench.FAN_OUT_10,
            contestants,
            who -> FanOut.run(who, scale, 10, padded(who, frame)));
      }
      each(out, Bench.HANDSHAKE, contestants, who -> Handshakes.steady(who, scale));
      each(out, Bench.HANDSHAKE, contestants, who -> Handshakes.most(who, scale));
      each(out, Bench.IDLE, contestants, who -> Idle.run(who, scale));
      if (wanted(Bench.RECOVERY)) {
        String token = token(work, Objects.requireNonNull(spec).commandLine().getErr());
        Contestant strict =
            Contestant.holdfast(
                flags, all, List.of("--config", work.resolve("bench.yaml").toString()));
        row(
            out,
            "recovery",
            () ->
                Recovery.run(
                    "holdfast",
                    strict.starter(),
                    () -> new Returning.Holdfast(token, "recovery"),
                    scale));
        if (there) {
          row(
              out,
              "recovery",
              () ->
                  Recovery.run(
                      "socket.io",
                      Contestant.socketIo(peers).starter(),
                      Returning.SocketIo::new,
                      scale));
        }
      }
      agents(out, flags, all, scale, there);
      if (wanted(Bench.TERMINALS)) {
        terminals(out, flags, all, scale, there, work);
      }
      if (wanted(Bench.TOOLS)) {
        tools(out, flags, all, scale, there);
      }
      List<Contestant> gateways = List.of(DeviceLoad.holdfast(flags, all));
      each(out, Bench.DEVICES, gateways, who -> DeviceLoad.heartbeats(who, scale));
      each(out, Bench.DEVICES, gateways, who -> DeviceLoad.commands(who, scale));
      List<Contestant> buffering =
          contestants.stream().filter(who -> !who.name().startsWith("bare")).toList();
      for (SlowReaders.Crowd crowd :
          List.of(
              new SlowReaders.Crowd(subscribers, 0, 50, 1_000),
              new SlowReaders.Crowd(subscribers, subscribers / 10, 50, 1_000),
              new SlowReaders.Crowd(subscribers / 10 + 1, subscribers / 10, 100, 8_000))) {
        each(out, Bench.SLOW, buffering, who -> SlowReaders.run(who, scale, crowd));
      }
      each(
          out,
          Bench.SLOW,
          List.of(holdfast),
          who ->
              SlowReaders.run(
                  who, scale, new SlowReaders.Crowd(subscribers + 1, subscribers, 50, 8_000)));
      Files.writeString(gc, Summary.collected(work));
    }

    private void agents(
        PrintWriter out, List<String> flags, List<String> all, Scale scale, boolean there) {
      if (wanted(Bench.RUNS)) {
        for (int count : new int[] {1, runs / 10, runs}) {
          row(out, "runs", () -> Runs.tokens(flags, all, scale, Math.max(1, count)));
        }
      }
      if (wanted(Bench.TOKEN_LATENCY)) {
        for (AddedLatency.Crowd crowd :
            List.of(
                new AddedLatency.Crowd(runs, rate),
                new AddedLatency.Crowd(Math.max(1, runs / 10), 10 * rate))) {
          row(out, "direct", () -> AddedLatency.direct(scale, crowd));
          row(out, "holdfast", () -> AddedLatency.holdfast(flags, all, scale, crowd));
          if (there) {
            row(out, "ws", () -> AddedLatency.relay(peers, scale, crowd));
          }
        }
      }
      if (wanted(Bench.FOLLOWERS)) {
        several(out, "followers", () -> Runs.followers(flags, all, scale));
      }
    }

    private void tools(
        PrintWriter out, List<String> flags, List<String> all, Scale scale, boolean there) {
      List<Contestant> daemons = new ArrayList<>(List.of(ToolCalls.holdfast(flags, all)));
      if (there) {
        daemons.add(ToolCalls.node(peers));
      }
      each(out, Bench.TOOLS, daemons, who -> Handshakes.steady(who, scale).as("tool hello"));
      each(out, Bench.TOOLS, daemons, who -> Echo.pingPong(who, scale).as("tool call"));
      each(out, Bench.TOOLS, daemons, who -> Echo.run(who, scale, 50, 20).as("tool calls"));
      each(out, Bench.TOOLS, daemons, who -> ToolCalls.steady(who, scale, rateOfCalls));
      each(out, Bench.TOOLS, daemons.subList(0, 1), ToolCalls::pings);
      each(out, Bench.TOOLS, daemons.subList(0, 1), ToolCalls::storm);
      if (there) {
        List<Contestant> gateway = List.of(McpCalls.holdfast(flags, all, peers));
        row(out, "mcp call", () -> McpCalls.direct(peers, scale));
        each(out, Bench.TOOLS, gateway, who -> Echo.pingPong(who, scale).as("mcp call"));
        row(out, "mcp cold", () -> McpCalls.directCold(peers, scale));
        each(out, Bench.TOOLS, gateway, who -> McpCalls.cold(who, scale));
      }
    }

    private void terminals(
        PrintWriter out,
        List<String> flags,
        List<String> all,
        Scale scale,
        boolean there,
        Path work)
        throws IOException, InterruptedException {
      List<Terminals.Host> hosts = new ArrayList<>();
      hosts.add(Terminals.Host.holdfast(flags, all));
      if (there) {
        hosts.add(Terminals.Host.nodePty(peers));
      }
      // The system has workers of its own that carry the bytes, for which a load that has a
      // processor to itself would leave no other.
      Child.pinNothing();
      if (!noBare) {
        row(out, "terminal output", () -> Terminals.bareOutput(work, scale));
      }
      for (int viewers : new int[] {1, 10}) {
        several(out, "terminal output", () -> Terminals.output(hosts, work, scale, viewers));
      }
      if (!noPin) {
        Child.pin();
      }
      if (!noBare) {
        row(out, "key echo", () -> Terminals.bareKeys(scale));
      }
      for (Terminals.Host host : hosts) {
        row(out, "key echo", () -> Terminals.keys(host, scale, false));
      }
      row(out, "key echo", () -> Terminals.keys(hosts.getFirst(), scale, true));
      for (String replay : List.of("64KiB", "2MiB")) {
        row(out, "attach", () -> Terminals.attach(flags, all, scale, replay));
      }
      for (Terminals.Host host : hosts) {
        row(out, "idle terminals", () -> Terminals.idle(host, scale));
      }
    }

    /**
     * The ceiling carries frames as long as the gateway's; the npm peers carry the message alone.
     */
    private int padded(Contestant who, int frame) {
      return who.name().startsWith("bare")
          ? frame - "{\"type\":\"message\",\"content\":\"\"}".length()
          : payload;
    }

    private static int frame(Contestant holdfast, Scale scale) throws IOException {
      try {
        return FanOut.frameBytes(holdfast, scale.text());
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }

    /** A token by the gateway's own subcommand, and the configuration that believes it. */
    private static String token(Path work, PrintWriter err) throws IOException {
      Path config = work.resolve("bench.yaml");
      Files.writeString(config, "auth:\n  secret: the secret of the bench, for its own tokens\n");
      StringWriter token = new StringWriter();
      ToolProvider.findFirst("token")
          .orElseThrow()
          .run(
              new PrintWriter(token, true),
              err,
              "--user",
              "bench",
              "--channel",
              "*",
              "--publish",
              "*",
              "--config",
              config.toString());
      return token.toString().strip();
    }

    private interface Measurement {
      Row of(Contestant who) throws Exception;
    }

    private boolean wanted(Bench bench) {
      return only.isEmpty() || only.contains(bench.toString());
    }

    private void each(PrintWriter out, Bench bench, List<Contestant> contestants, Measurement one) {
      if (wanted(bench)) {
        contestants.forEach(who -> row(out, bench + " " + who.name(), () -> one.of(who)));
      }
    }

    private void row(PrintWriter out, String what, Callable<Row> one) {
      several(out, what, () -> List.of(one.call()));
    }

    private void several(PrintWriter out, String what, Callable<List<Row>> some) {
      try {
        for (Row row : some.call()) {
          rows.add(row);
          out.println(row.line());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failures.add(what + ": interrupted");
      } catch (Exception e) {
        failures.add(what + ": " + e);
      }
      out.flush();
    }
  }
}
