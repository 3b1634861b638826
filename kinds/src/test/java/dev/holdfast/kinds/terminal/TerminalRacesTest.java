package dev.holdfast.kinds.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Event;
import dev.holdfast.feed.From;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to terminals, by several at once and in any order, nothing is left of them. */
@Timeout(120)
class TerminalRacesTest {

  private static final int ROUNDS = 40;
  private static final int THREADS = 4;
  private static final int STEPS = 30;

  private static final List<List<String>> PROGRAMS =
      List.of(
          List.of("cat"),
          List.of("true"),
          List.of("yes"),
          List.of("sh", "-c", "sleep 1000 & cat"),
          List.of("sh", "-c", "set -m; (sleep 1000 &); exit 3"),
          List.of("sh", "-i"),
          List.of("/no/such/program"));

  private static final List<String> TYPED =
      List.of("x\n", "\u0003", "\u0004", "\u001a", "exit\n", "sleep 1000 &\n", "", "\u001c");

  @TempDir Path folder;

  /** One of those that do things, with what it has seen. */
  private static final class Actor {

    private final TerminalRig rig;
    private final Random random;
    private final Queue<Terminal> terminals;
    private final Queue<Viewer> viewers;

    Actor(TerminalRig rig, long seed, Queue<Terminal> terminals, Queue<Viewer> viewers) {
      this.rig = rig;
      this.random = new Random(seed);
      this.terminals = terminals;
      this.viewers = viewers;
    }

    private <T> T any(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    private Size size() {
      return new Size(1 + random.nextInt(50), 1 + random.nextInt(100));
    }

    Void act() throws Exception {
      for (int i = 0; i < STEPS; i++) {
        List<Terminal> there = List.copyOf(terminals);
        List<Viewer> watching = List.copyOf(viewers);
        int what = there.isEmpty() ? 0 : random.nextInt(12);
        if (what < 2) {
          if (there.size() < 12
              && rig.terminals.open("ann", any(PROGRAMS), null, size())
                  instanceof Terminals.Opened.Done(Terminal terminal)) {
            terminals.add(terminal);
          }
        } else if (what < 9 || watching.isEmpty()) {
          with(any(there), what);
        } else {
          with(any(watching), what);
        }
      }
      return null;
    }

    private void with(Terminal terminal, int what) throws Exception {
      switch (what) {
        case 2, 3 -> viewers.add(terminal.watch("s" + random.nextInt(1_000_000), "ann"));
        case 4 -> terminal.resize(size(), "ann", null);
        case 5 -> terminal.signal(any(List.of(TerminalSignal.values())));
        case 6 -> terminal.close();
        case 7 -> {
          var _ = terminal.feed().attach(From.START).snapshot();
          try {
            var _ = terminal.recording();
          } catch (IOException e) {
            assertThat(e).hasMessage("nothing is recorded any more");
          }
        }
        default -> {
          var _ = terminal.type(any(TYPED).getBytes(UTF_8), null);
          rig.terminals.sweep();
        }
      }
    }

    private void with(Viewer viewer, int what) {
      switch (what) {
        case 9 -> viewer.leave();
        case 10 -> {
          viewer.show(random.nextBoolean());
          viewer.sent(viewer.terminal().feed().tail().offset());
        }
        default -> {
          viewer.ack(random.nextInt(100));
          viewer.terminal().resize(size(), "ann", viewer);
          var _ = viewer.terminal().type(any(TYPED).getBytes(UTF_8), viewer);
        }
      }
    }
  }

  @Test
  void whateverIsDoneNothingIsLeft() throws Exception {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("races: seed " + seed + " (-Dholdfast.seed)");
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      TerminalRig rig = new TerminalRig(folder.resolve("r" + round), 50_000);
      Queue<Terminal> terminals = new ConcurrentLinkedQueue<>();
      Queue<Viewer> viewers = new ConcurrentLinkedQueue<>();
      // Or all at once, while they are at it.
      boolean byThemselves = random.nextBoolean();
      try (ExecutorService all = Executors.newFixedThreadPool(THREADS)) {
        List<Future<Void>> acting = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          acting.add(all.submit(new Actor(rig, random.nextLong(), terminals, viewers)::act));
        }
        if (!byThemselves) {
          rig.terminals.close();
        }
        for (Future<Void> each : acting) {
          each.get();
        }
      }
      if (byThemselves) {
        terminals.forEach(Terminal::close);
        TerminalRig.await(() -> rig.terminals.active() == 0);
        for (Terminal terminal : terminals) {
          TerminalRig.await(() -> terminal.feed().ended());
        }
        rig.millis.addAndGet(1_000);
        rig.terminals.sweep();
        assertThat(rig.terminals.list("ann", true)).isEmpty();
      }
      rig.close();
      for (Terminal terminal : terminals) {
        assertThat(terminal.feed().ended()).as("seed %s", seed).isTrue();
        List<Event> events = terminal.feed().history(null, 1_000, false).events();
        assertThat(events.getLast().type()).isEqualTo("closed");
        assertThat(events.stream().filter(event -> event.type().equals("closed"))).hasSize(1);
        assertThat(terminal.type(new byte[] {'x'}, null)).isFalse();
      }
      if (byThemselves) {
        try (Stream<Path> left = Files.list(folder.resolve("r" + round))) {
          assertThat(left).as("seed %s", seed).isEmpty();
        } catch (NoSuchFileException e) {
          assertThat(terminals).isEmpty();
        }
      }
      assertThat(descriptors()).as("seed %s", seed).isEmpty();
    }
  }

  /** Pseudo-terminals that are open in this process. */
  private static List<String> descriptors() throws IOException {
    List<String> found = new ArrayList<>();
    Path all = Path.of("/proc/self/fd");
    if (Files.isDirectory(all)) {
      try (Stream<Path> open = Files.list(all)) {
        for (Path each : open.toList()) {
          try {
            String target = Files.readSymbolicLink(each).toString();
            if (target.matches("/dev/(ptmx|pts/.*)|.*\\.cast.*")) {
              found.add(target);
            }
          } catch (IOException e) {
            // It has been closed meanwhile.
          }
        }
      }
    }
    return found;
  }
}
