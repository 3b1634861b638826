package dev.holdfast.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server that is compared.
 *
 * @param echo how to be sent one's own messages alone
 * @param fanOut how to be in a group
 */
record Contestant(String name, Dialogue echo, Dialogue fanOut, Starter starter) {

  /** Starts its server. */
  interface Starter {
    Child start() throws IOException;
  }

  /** The gateway, with options of its JVM, settings, and options of serve. */
  static Contestant holdfast(List<String> jvm, List<String> settings, List<String> options) {
    List<String> command = java(jvm);
    command.addAll(List.of("dev.holdfast.server.Main", "serve", "--port", "0"));
    command.addAll(options);
    command.addAll(List.of("--set", "log.level=error", "--set", "server.loops=1"));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    Dialogue dialogue = new Dialogue.Holdfast();
    return new Contestant(
        "holdfast", dialogue, dialogue, () -> Child.start(Path.of("").toAbsolutePath(), command));
  }

  /** Netty, bytes for bytes. */
  static Starter tcp() {
    List<String> command = java(List.of());
    command.addAll(List.of(Bare.class.getName(), "tcp"));
    return () -> Child.start(Path.of("").toAbsolutePath(), command);
  }

  /** A loop that reads a pseudo-terminal. */
  static Starter barePty() {
    List<String> command = java(List.of());
    command.add(BarePty.class.getName());
    return () -> Child.start(Path.of("").toAbsolutePath(), command);
  }

  /** The ceiling: Netty with nothing between. */
  static Contestant bare() {
    List<String> command = java(List.of());
    command.add(Bare.class.getName());
    return new Contestant(
        "bare netty",
        new Dialogue.Plain(false),
        new Dialogue.Plain(true),
        () -> Child.start(Path.of("").toAbsolutePath(), command));
  }

  static Contestant ws(Path peers) {
    return new Contestant(
        "ws", new Dialogue.Plain(false), new Dialogue.Plain(true), node(peers, "ws.js"));
  }

  static Contestant socketIo(Path peers) {
    return new Contestant(
        "socket.io",
        new Dialogue.SocketIo(false),
        new Dialogue.SocketIo(true),
        node(peers, "socketio.js"));
  }

  static Starter node(Path peers, String script) {
    return () -> Child.start(peers, List.of("node", script));
  }

  /** The JVM of this process with the flags of the launcher, and this process's class path. */
  private static List<String> java(List<String> more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseCompactObjectHeaders",
            "-XX:MaxRAMPercentage=50",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(more);
    command.add("-cp");
    command.add(
        Stream.of(classPath().split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElse(""));
    return command;
  }

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", System.getProperty("java.class.path", ""));
  }

  /** Whether the peers can be started: node, and their packages. */
  static boolean peersAreThere(Path peers) {
    if (!Files.isDirectory(peers.resolve("node_modules"))) {
      return false;
    }
    try {
      return new ProcessBuilder("node", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
