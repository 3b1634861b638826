package dev.holdfast.server;

import dev.holdfast.kinds.common.PrivateFiles;
import dev.holdfast.server.command.ConfigOptions;
import dev.holdfast.server.config.Config;
import dev.holdfast.server.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast serve}: runs the gateway. */
public final class ServeCommand implements ToolProvider {

  private static final System.Logger LOG = System.getLogger(ServeCommand.class.getName());
  private static final String DESCRIPTION = "run the gateway until SIGTERM or Ctrl-C";

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public Optional<String> description() {
    return Optional.of(DESCRIPTION);
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new Run()).setOut(out).setErr(err).execute(args);
  }

  /** One call. */
  @Command(
      name = "holdfast serve",
      description = DESCRIPTION,
      mixinStandardHelpOptions = true,
      sortOptions = false)
  private static final class Run implements Callable<Integer> {

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Option(names = "--train", hidden = true, description = "Start, use everything once, stop.")
    private boolean train;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      PrintWriter err = spec.commandLine().getErr();
      Config config;
      Server server;
      try {
        config = Config.load(options.options(), System.getenv());
        if (config.data() != null) {
          prepare(config.data());
        }
        LogSetup.configure(config.logging());
        server = Server.start(config);
      } catch (ConfigException e) {
        err.println("holdfast: the configuration can't be used:");
        e.problems().forEach(problem -> err.println("  " + problem));
        err.flush();
        return 1;
      } catch (IOException e) {
        err.println("holdfast: " + e.getMessage());
        err.flush();
        return 1;
      }
      if (config.dev()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "DEVELOPMENT MODE: everybody on this machine is admitted as dev-user with all rights,"
                + " terminals included: whatever you may do here, everybody may"
                + " (--set terminals.max=0 opens none)");
      }
      String scheme = config.transport().tls() == null ? "http" : "https";
      String address = scheme + "://" + hostOf(server) + ":" + server.address().getPort();
      out.println("listening on " + address);
      out.flush();
      LOG.log(
          System.Logger.Level.INFO,
          "holdfast {0} serves {1}, {2} ms after the start of the JVM",
          Main.version(),
          address,
          String.valueOf(ManagementFactory.getRuntimeMXBean().getUptime()));
      if (train) {
        rehearse(server);
        server.close();
        return 0;
      }
      awaitStop(server, config.drain());
      return 0;
    }

    private static void prepare(Path data) throws ConfigException {
      String problem = null;
      try {
        PrivateFiles.folder(data);
        if (!Files.isWritable(data)) {
          problem = "it may not be written to";
        }
      } catch (AccessDeniedException e) {
        problem = e.getFile() + " may not be made";
      } catch (FileAlreadyExistsException e) {
        problem = e.getFile() + " is no folder";
      } catch (IOException e) {
        problem = e.getMessage();
      }
      if (problem != null) {
        throw new ConfigException(List.of("server.data: '" + data + "': " + problem));
      }
    }

    private static String hostOf(Server server) {
      String host = server.address().getAddress().getHostAddress();
      return host.contains(":") ? "[" + host + "]" : host;
    }

    private static void awaitStop(Server server, Duration drain) throws InterruptedException {
      CountDownLatch stopped = new CountDownLatch(1);
      Thread hook =
          new Thread(
              () -> {
                try {
                  LOG.log(System.Logger.Level.INFO, "stopping: connections are sent away");
                  server.drain(drain);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } finally {
                  server.close();
                  LOG.log(System.Logger.Level.INFO, "stopped");
                  stopped.countDown();
                }
              },
              "holdfast-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      stopped.await();
    }

    /** Uses what every start uses, so that an ahead-of-time cache knows it. */
    private static void rehearse(Server server) throws InterruptedException {
      String base = hostOf(server) + ":" + server.address().getPort();
      try (HttpClient http = HttpClient.newHttpClient()) {
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + base + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());
        CompletableFuture<String> echo = new CompletableFuture<>();
        WebSocket socket =
            http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://" + base + "/ws/chat?token=dev-token"), heard(echo))
                .join();
        socket.sendText("{\"type\":\"message\",\"id\":\"1\",\"content\":\"hi\"}", true).join();
        String heard = echo.completeOnTimeout("nothing", 5, TimeUnit.SECONDS).join();
        LOG.log(System.Logger.Level.DEBUG, "the rehearsal heard {0}", heard);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "the rehearsal failed: {0}", e.getMessage());
      }
    }

    private static WebSocket.Listener heard(CompletableFuture<String> echo) {
      return new WebSocket.Listener() {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
          if (data.toString().contains("\"content\"")) {
            echo.complete(data.toString());
          }
          socket.request(1);
          return CompletableFuture.completedStage(null);
        }
      };
    }
  }
}
