package dev.holdfast.kinds.terminal;

import static dev.holdfast.kinds.terminal.TerminalRig.await;
import static dev.holdfast.kinds.terminal.TerminalRig.output;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Engine;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Retention;
import dev.holdfast.kinds.terminal.Terminals.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs in real pseudo-terminals. */
@Timeout(60)
class TerminalsTest {

  private static final Size SIZE = new Size(24, 80);

  private final AtomicLong ids = new AtomicLong(1_000);
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final Engine engine = Engine.inMemory(clock, ids::incrementAndGet);
  private final Terminals terminals = terminals(settings(List.of(), SizePolicy.LATEST));

  @TempDir Path folder;

  private static TerminalSettings settings(List<String> commands, SizePolicy sizes) {
    return settings(commands, sizes, null);
  }

  private static TerminalSettings settings(
      List<String> commands, SizePolicy sizes, @Nullable Path recordings) {
    return settings(commands, sizes, recordings, Duration.ofSeconds(60));
  }

  private static TerminalSettings settings(
      List<String> commands, SizePolicy sizes, @Nullable Path recordings, Duration keptFor) {
    return new TerminalSettings(
        3,
        2,
        3,
        2,
        new Retention(1 << 20, 64 * 1024, Duration.ofDays(1)),
        100,
        Duration.ofSeconds(10),
        keptFor,
        Duration.ofMillis(500),
        0,
        1,
        sizes,
        false,
        recordings,
        10_000,
        List.of("/bin/sh"),
        commands,
        null,
        Map.of("PATH", "/usr/bin:/bin", "WHO", "me"));
  }

  private Terminals terminals(TerminalSettings settings) {
    return new Terminals(engine, settings, clock, ids::incrementAndGet);
  }

  @AfterEach
  void leaveNothing() throws InterruptedException {
    TerminalRig.close(terminals);
  }

  private Terminal open(String user, String... command) {
    if (terminals.open(user, List.of(command), folder.toString(), SIZE)
        instanceof Opened.Done(Terminal terminal)) {
      return terminal;
    }
    throw new AssertionError("not opened");
  }

  private static String said(Terminal terminal) {
    StringBuilder said = new StringBuilder();
    for (Event event : terminal.feed().history(null, 1_000, false).events()) {
      said.append(event.type()).append(' ').append(new String(event.body(), UTF_8)).append('\n');
    }
    return said.toString();
  }

  @Test
  void aProgramHasTheEnvironmentThatItIsGivenAndNoOther() throws Exception {
    Terminal terminal = open("ann", "sh", "-c", "env | cut -d= -f1 | sort | xargs; pwd");
    await(() -> terminal.feed().ended());
    assertThat(said(terminal))
        .contains("PATH PWD")
        .contains("TERM WHO")
        .contains(folder.toString());
    assertThat(said(terminal)).endsWith("closed \"exit_code\":0\n");
  }

  @Test
  void thereIsRoomForSoManyOfEachUserAndInAllAndAgainAfterTheirEnd() throws Exception {
    Terminal first = open("ann", "cat");
    open("ann", "cat");
    assertThat(terminals.open("ann", null, null, SIZE))
        .isEqualTo(
            new Opened.Refused(
                Terminals.Why.OVER_CAPACITY,
                "Maximum concurrent sessions (2) exceeded for this user"));
    open("bob", "cat");
    assertThat(terminals.open("zoe", null, null, SIZE))
        .isEqualTo(
            new Opened.Refused(
                Terminals.Why.OVER_CAPACITY, "Maximum concurrent sessions (3) exceeded"));
    first.signal(TerminalSignal.SIGTERM);
    await(() -> terminals.active() == 2);
    assertThat(terminals.open("zoe", null, null, SIZE)).isInstanceOf(Opened.Done.class);
  }

  @Test
  void oneThatNobodyWatchesAndInWhichNothingHappensIsClosed() throws Exception {
    Terminal watched = open("ann", "cat");
    Terminal idle = open("ann", "cat");
    Viewer viewer = watched.watch("s", "ann");
    millis.addAndGet(9_999);
    terminals.sweep();
    millis.addAndGet(1);
    terminals.sweep();
    await(() -> idle.feed().ended());
    assertThat(watched.feed().ended()).isFalse();
    viewer.leave();
    millis.addAndGet(9_999);
    assertThat(watched.type("x\n".getBytes(UTF_8), null)).isTrue();
    await(() -> output(watched).contains("x\r\nx"));
    millis.addAndGet(9_999);
    terminals.sweep();
    assertThat(watched.feed().ended()).isFalse();
    millis.addAndGet(60_000);
    terminals.sweep();
    await(() -> watched.feed().ended());
    assertThat(terminals.find(idle.id(), "ann", false)).isNull();
    assertThat(engine.find(idle.feed().id())).isNull();
  }

  @Test
  void onlyItsOwnUserAndAdministratorsFindATerminal() {
    Terminal terminal = open("ann", "cat");
    assertThat(terminals.find(terminal.id(), "ann", false)).isSameAs(terminal);
    assertThat(terminals.find(terminal.id(), "bob", false)).isNull();
    assertThat(terminals.find(terminal.id(), "bob", true)).isSameAs(terminal);
    assertThat(terminals.list("bob", false)).isEmpty();
  }

  @Test
  void programsThatMayNotBeRunAreNot() {
    try (Terminals few = terminals(settings(List.of("cat"), SizePolicy.LATEST))) {
      assertThat(few.open("ann", List.of("sh"), null, SIZE))
          .isEqualTo(
              new Opened.Refused(
                  Terminals.Why.FORBIDDEN, "command: is not among those that may be run"));
    }
  }

  @Test
  void whatIsTypedIsBoundedAndNeverLost() throws Exception {
    Terminal terminal =
        open(
            "ann",
            "sh",
            "-c",
            "stty raw -echo; echo up; until [ -e go ]; do sleep 0.01; done; head -c $(cat go) |"
                + " md5sum");
    await(() -> said(terminal).contains("up"));
    MessageDigest sum = MessageDigest.getInstance("MD5");
    int taken = 0;
    byte[] piece = "0 ".repeat(1_024).getBytes(UTF_8);
    while (terminal.type(piece, null)) {
      sum.update(piece);
      taken++;
      assertThat(taken).isLessThan(10_000);
      piece = (taken + " ").repeat(1_024).substring(0, 2_048).getBytes(UTF_8);
    }
    assertThat(taken).isGreaterThan(500);
    assertThat(terminal.feed().ended()).isFalse();
    Files.writeString(folder.resolve("size"), Integer.toString(taken * 2_048));
    Files.move(folder.resolve("size"), folder.resolve("go"));
    await(() -> terminal.feed().ended());
    assertThat(output(terminal)).contains(HexFormat.of().formatHex(sum.digest()));
  }

  @Test
  void whoComesTooLateForTheBeginningIsGivenTheScreen() throws Exception {
    Terminal terminal = open("ann", "sh", "-c", "seq 1 100000; printf '\\033[1mbold'; exec cat");
    await(() -> said(terminal).contains("bold"));
    Feed.Attached late = terminal.feed().attach(From.START);
    Delivery.Snapshot screen = late.snapshot();
    assertThat(screen).isNotNull();
    assertThat(screen.state().type()).isEqualTo("screen");
    assertThat(new String(screen.state().body(), UTF_8))
        .startsWith("\"rows\":24,\"cols\":80,\"bytes\":")
        .contains("\\u001Bc99878\\r\\n99879")
        .contains("100000\\r\\n\\u001B[0;1mbold");
    assertThat(terminals.figures().snapshots()).isEqualTo(1);
  }

  @Test
  void aProgramIsAnsweredOnceAndViewersNeverSeeTheQuestion() throws Exception {
    Terminal terminal =
        open(
            "ann",
            "sh",
            "-c",
            "stty raw -echo; printf 'ab\\033[6n'; head -c 6 | od -c | head -1; exec cat");
    await(() -> said(terminal).contains("033"));
    assertThat(said(terminal)).contains("\"data\":\"ab").contains("033   [   1   ;   3   R");
    assertThat(said(terminal)).doesNotContain("[6n");
  }

  @Test
  void aProgramIsReadNoFurtherAheadThanItsFastestViewerButWaitsForNoneForEver() throws Exception {
    Terminal terminal = open("ann", "yes");
    Viewer fast = terminal.watch("fast", "ann");
    Viewer slow = terminal.watch("slow", "ann");
    await(terminal::paused);
    long before = terminal.bytes();
    assertThat(before).isLessThan(256 * 1024);
    fast.sent(terminal.feed().tail().offset());
    await(() -> terminal.bytes() > before && terminal.paused());
    assertThat(slow.lag()).isGreaterThan(fast.lag());
    // Neither moves any more: after some patience it goes on without them.
    long then = terminal.bytes();
    await(() -> terminal.bytes() > then + 10 * 1024 * 1024);
    fast.leave();
    slow.leave();
    await(() -> !terminal.paused());
    assertThat(terminals.figures().pausedSeconds()).isGreaterThan(0.4);
  }

  @Test
  void aViewerThatAcknowledgesIsSentNoMoreThanItsWindow() throws Exception {
    Terminal terminal = open("ann", "sh", "-c", "seq 1 5000; exec cat");
    Viewer viewer = terminal.watch("s", "ann");
    await(() -> output(terminal).contains("\n5000"));
    long tail = terminal.feed().tail().offset();
    assertThat(viewer.room(tail)).isEqualTo(Long.MAX_VALUE);
    viewer.sent(tail);
    viewer.ack(-5);
    assertThat(viewer.room(0)).isEqualTo(32 * 1024);
    assertThat(viewer.room(tail)).isLessThan(32 * 1024 - 24_000);
    viewer.ack(tail + 1_000);
    assertThat(viewer.room(tail)).isEqualTo(32 * 1024);
    assertThat(viewer.lag()).isZero();
    viewer.show(false);
    assertThat(viewer.room(tail)).isZero();
  }

  @Test
  void everySignalReachesAProgramThoughTheGatewayBlocksSome() throws Exception {
    // No shell, as most shells let through again what is blocked.
    Terminal terminal = open("ann", "cat");
    assertThat(terminal.type("x\n".getBytes(UTF_8), null)).isTrue();
    await(() -> output(terminal).contains("x\r\nx"));
    terminal.signal(TerminalSignal.SIGQUIT);
    await(() -> terminal.feed().ended());
    assertThat(said(terminal)).endsWith("closed \"exit_code\":131,\"signal\":3\n");
  }

  @Test
  void thePolicySaysWhoseSizeCounts() throws Exception {
    for (SizePolicy policy : SizePolicy.values()) {
      try (Terminals all = terminals(settings(List.of(), policy))) {
        Opened opened = all.open("ann", List.of("cat"), null, SIZE);
        Terminal terminal = ((Opened.Done) opened).terminal();
        Viewer one = terminal.watch("one", "ann");
        Viewer other = terminal.watch("other", "bob");
        terminal.resize(new Size(30, 100), "ann", one);
        terminal.resize(new Size(40, 90), "bob", other);
        switch (policy) {
          case LATEST -> becomes(terminal, 40, 90);
          case SMALLEST -> {
            becomes(terminal, 30, 90);
            one.show(false);
            becomes(terminal, 40, 90);
            one.show(true);
            becomes(terminal, 30, 90);
            other.onlyView();
            terminal.resize(new Size(5, 5), "bob", other);
            other.leave();
            becomes(terminal, 30, 100);
          }
          case TYPIST -> {
            assertThat(terminal.type("x".getBytes(UTF_8), one)).isTrue();
            becomes(terminal, 30, 100);
            assertThat(terminal.type("x".getBytes(UTF_8), other)).isTrue();
            becomes(terminal, 40, 90);
          }
        }
      }
    }
  }

  @Test
  void ofTwoViewersThatAskAtOnceBothAreHeard() throws Exception {
    try (Terminals all = terminals(settings(List.of(), SizePolicy.SMALLEST));
        ExecutorService both = Executors.newFixedThreadPool(2)) {
      Terminal terminal = ((Opened.Done) all.open("ann", List.of("cat"), null, SIZE)).terminal();
      Viewer one = terminal.watch("one", "ann");
      Viewer other = terminal.watch("other", "bob");
      CyclicBarrier together = new CyclicBarrier(2);
      for (int i = 1; i <= 200; i++) {
        Size low = new Size(i, 300);
        Size narrow = new Size(300, i);
        Future<?> first =
            both.submit(() -> {
              together.await();
              terminal.resize(low, "ann", one);
              return null;
            });
        together.await();
        terminal.resize(narrow, "bob", other);
        first.get();
        becomes(terminal, i, i);
      }
    }
  }

  @Test
  void aRecordingHasAllThatWasSaidUpToItsSizeAndGoesWithItsTerminal() throws Exception {
    try (Terminals recorded =
        terminals(settings(List.of(), SizePolicy.LATEST, folder.resolve("recordings")))) {
      Opened opened =
          recorded.open(
              "ann", List.of("sh", "-c", "echo one; read -r x; stty size; seq 1 9999"), null, SIZE);
      Terminal terminal = ((Opened.Done) opened).terminal();
      await(() -> output(terminal).contains("one"));
      terminal.resize(new Size(30, 100), "ann", null);
      becomes(terminal, 30, 100);
      assertThat(terminal.type("x\n".getBytes(UTF_8), null)).isTrue();
      await(() -> terminal.feed().ended());
      Path file = Objects.requireNonNull(terminal.recording()).file();
      List<String> lines = Files.readAllLines(file);
      assertThat(lines.getFirst())
          .startsWith("{\"version\":2,\"width\":80,\"height\":24,\"timestamp\":1000,");
      assertThat(lines).contains("[0.000,\"o\",\"one\\r\\n\"]", "[0.000,\"r\",\"100x30\"]");
      assertThat(String.join("", lines)).contains("30 100\\r\\n");
      assertThat(Files.size(file)).isLessThanOrEqualTo(10_000);
      millis.addAndGet(60_000);
      recorded.sweep();
      await(() -> !Files.exists(file));
    }
  }

  private static void becomes(Terminal terminal, int rows, int cols) throws InterruptedException {
    await(() -> terminal.size().equals(new Size(rows, cols)));
  }

  /** One that its shell has left behind: nobody's child any more, in a group of its own. */
  private static ProcessHandle orphan(Terminal terminal) throws InterruptedException {
    await(() -> output(terminal).contains(" is left"));
    String pid = output(terminal).replaceFirst("(?s)^.*?pid (\\d+) is left.*$", "$1");
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  @Test
  void whateverRunsInATerminalEndsWithItWhoeverStartedIt() throws Exception {
    String[] command = {"sh", "-c", "set -m; (sleep 1000 & echo pid $! is left); read -r x"};
    Terminal closed = open("ann", command);
    ProcessHandle ofClosed = orphan(closed);
    closed.close();
    await(() -> !ofClosed.isAlive());
    Terminal ends = open("ann", command);
    ProcessHandle ofEnded = orphan(ends);
    assertThat(ends.type("\n".getBytes(UTF_8), null)).isTrue();
    await(() -> !ofEnded.isAlive());
    assertThat(said(ends)).endsWith("closed \"exit_code\":0\n");
    Terminal killed = open("ann", command);
    ProcessHandle ofKilled = orphan(killed);
    terminals.close();
    await(() -> !ofKilled.isAlive());
  }

  @Test
  void whoeverTakesAMomentToEndIsGivenItThoughTheShellIsGone() throws Exception {
    Terminal terminal =
        open(
            "ann",
            "sh",
            "-c",
            "(trap 'sleep 0.3; echo saved > state; exit' TERM; trap '' HUP; echo up; while :; do"
                + " sleep 0.1; done) & wait");
    await(() -> output(terminal).contains("up"));
    terminal.close();
    await(() -> terminal.feed().ended());
    await(() -> Files.exists(folder.resolve("state")));
  }

  @Test
  void aFolderThatIsNoPathIsRefused() {
    assertThat(terminals.open("ann", List.of("cat"), "a\0b", SIZE))
        .isEqualTo(new Opened.Refused(Terminals.Why.NO_FOLDER, "cwd: is no path"));
  }

  @Test
  void aMilestoneThatWasRemovedMeanwhileOpensNothing() throws Exception {
    try (Milestones milestones = milestones()) {
      Milestone milestone = made(milestones, "ann");
      milestones.remove(milestone.id());
      assertThat(milestones.open(milestone, SIZE))
          .isEqualTo(new Opened.Refused(Terminals.Why.GONE, "no such milestone"));
    }
    assertThat(terminals.active()).isZero();
  }

  private Milestones milestones() throws IOException {
    TerminalSettings settings = settings(List.of(), SizePolicy.LATEST);
    return new Milestones(terminals, settings, null, () -> ids.incrementAndGet() << 24);
  }

  private static Milestone made(Milestones milestones, String user) {
    return milestones.create(user, "one", Milestone.Status.PENDING, List.of("cat"), null)
            instanceof Milestones.Made.Done(Milestone milestone)
        ? milestone
        : new Milestone("none", user, "none", Milestone.Status.FAILED, null, null);
  }

  @Test
  void thereIsRoomForSoManyMilestonesOfEachUserAndInAll() throws Exception {
    try (Milestones milestones = milestones()) {
      Milestone first = made(milestones, "ann");
      made(milestones, "ann");
      assertThat(milestones.create("ann", "x", Milestone.Status.COMPLETED, null, null))
          .isEqualTo(new Milestones.Made.Refused("a user may have 2 milestones"));
      made(milestones, "bob");
      assertThat(milestones.create("zoe", "x", Milestone.Status.PENDING, null, null))
          .isEqualTo(new Milestones.Made.Refused("there may be 3 milestones"));
      milestones.remove(first.id());
      assertThat(made(milestones, "zoe").name()).isEqualTo("one");
    }
  }

  @Test
  void oneThatIsToBeForgottenAtOnceIsKeptForASecondSoThatItsEndIsRead() throws Exception {
    try (Terminals all = terminals(settings(List.of(), SizePolicy.LATEST, null, Duration.ZERO))) {
      Opened opened = all.open("ann", List.of("true"), null, SIZE);
      Feed feed = ((Opened.Done) opened).terminal().feed();
      await(feed::ended);
      millis.addAndGet(999);
      all.sweep();
      assertThat(engine.find(feed.id())).isNotNull();
      millis.addAndGet(1);
      all.sweep();
      assertThat(engine.find(feed.id())).isNull();
    }
  }

  @Test
  void ofThoseThatHaveEndedNoMoreAreKeptThanMayRun() throws Exception {
    List<Terminal> ended = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Terminal terminal = open("ann", "true");
      await(() -> terminal.feed().ended());
      ended.add(terminal);
      millis.addAndGet(1);
    }
    terminals.sweep();
    assertThat(terminals.list("ann", false))
        .containsExactlyInAnyOrderElementsOf(ended.subList(2, 5));
    assertThat(engine.find(ended.getFirst().feed().id())).isNull();
  }

  @Test
  void howLargeItWasIsKnownOfEachEventThatIsRetained() throws Exception {
    Terminal terminal = open("ann", "sh", "-c", "echo one; read -r x; seq 1 40000");
    await(() -> output(terminal).contains("one"));
    terminal.resize(new Size(30, 100), "ann", null);
    becomes(terminal, 30, 100);
    await(() -> said(terminal).contains("resized"));
    terminal.resize(new Size(10, 20), "ann", null);
    becomes(terminal, 10, 20);
    await(() -> said(terminal).contains("\"rows\":10"));
    assertThat(terminal.sizeAfter(0)).isEqualTo(SIZE);
    assertThat(terminal.sizeAfter(2)).isEqualTo(new Size(30, 100));
    assertThat(terminal.sizeAfter(3)).isEqualTo(new Size(10, 20));
  }

  @Test
  void noMoreThanAFewProgramsAreStartedAtOnceAndNoMoreThanSoManyWait() throws Exception {
    CountDownLatch begun = new CountDownLatch(4);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger started = new AtomicInteger();
    Runnable start =
        () -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          started.incrementAndGet();
        };
    for (int i = 0; i < 4; i++) {
      assertThat(terminals.start(start)).isTrue();
    }
    begun.await();
    for (int i = 0; i < 256; i++) {
      assertThat(terminals.start(start)).isTrue();
    }
    assertThat(terminals.start(start)).isFalse();
    go.countDown();
    await(() -> started.get() == 260);
    assertThat(terminals.start(start)).isTrue();
  }

  @Test
  void aCodeIsNoSignalThoughItLooksLikeOne() throws Exception {
    for (int code : new int[] {130, 137, 255}) {
      Terminal terminal = open("ann", "sh", "-c", "exit " + code);
      await(() -> terminal.feed().ended());
      assertThat(said(terminal)).isEqualTo("closed \"exit_code\":" + code + "\n");
    }
  }

  @Test
  void openedAndClosedManyTimesNothingIsLeft() throws Exception {
    int threads = Thread.activeCount();
    for (int i = 0; i < 20; i++) {
      Terminal terminal = open("ann", "cat");
      assertThat(terminal.type("x\n".getBytes(UTF_8), null)).isTrue();
      await(() -> output(terminal).contains("x\r\nx"));
      terminal.signal(TerminalSignal.EOF);
      await(() -> terminals.active() == 0);
    }
    assertThat(Thread.activeCount()).isLessThan(threads + 5);
    if (Files.isDirectory(Path.of("/proc/self/fd"))) {
      try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
        assertThat(open.filter(TerminalsTest::isTerminal)).isEmpty();
      }
    }
  }

  private static boolean isTerminal(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().matches("/dev/(ptmx|pts/.*)");
    } catch (IOException e) {
      return false;
    }
  }
}
