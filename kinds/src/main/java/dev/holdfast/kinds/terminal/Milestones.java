package dev.holdfast.kinds.terminal;

import dev.holdfast.kinds.common.Database;
import dev.holdfast.kinds.terminal.Terminals.Opened;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * All milestones, in a database of SQLite where there is a folder for it, else in memory. Any
 * thread; what changes one waits for the disk.
 */
public final class Milestones implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<List<String>> WORDS = new TypeReference<>() {};
  private static final HexFormat HEX = HexFormat.of();

  private final Terminals terminals;
  private final TerminalSettings settings;
  private final LongSupplier random;
  private final Database database;
  private final ConcurrentMap<String, Milestone> milestones = new ConcurrentHashMap<>();

  /** By milestone, the terminal that was opened for it last. */
  private final ConcurrentMap<String, String> opened = new ConcurrentHashMap<>();

  /** What came of making one. */
  public sealed interface Made {

    /** It is there. */
    record Done(Milestone milestone) implements Made {}

    /** There are too many. */
    record Refused(String message) implements Made {}
  }

  /**
   * @param settings say how many there may be
   * @param file where they are kept; null for nowhere
   * @throws IOException when they can't be kept there
   */
  public Milestones(
      Terminals terminals, TerminalSettings settings, @Nullable Path file, LongSupplier random)
      throws IOException {
    this.terminals = terminals;
    this.settings = settings;
    this.random = random;
    database =
        new Database(
            "milestones",
            file,
            """
            CREATE TABLE IF NOT EXISTS milestone (
              id TEXT PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
              command TEXT, folder TEXT) STRICT\
            """);
    database.read(
        "SELECT id, user, name, status, command, folder FROM milestone",
        row -> {
          Milestone milestone = read(row);
          milestones.put(milestone.id(), milestone);
        });
  }

  private static Milestone read(ResultSet row) throws SQLException {
    Milestone.Status status = Milestone.Status.named(row.getString("status"));
    String command = row.getString("command");
    try {
      return new Milestone(
          row.getString("id"),
          row.getString("user"),
          row.getString("name"),
          status == null ? Milestone.Status.PENDING : status,
          command == null ? null : JSON.readValue(command, WORDS),
          row.getString("folder"));
    } catch (JacksonException e) {
      throw new SQLException("the command of milestone " + row.getString("id") + " is broken", e);
    }
  }

  /** A new one, where there is room for it. */
  public synchronized Made create(
      String user,
      String name,
      Milestone.Status status,
      @Nullable List<String> command,
      @Nullable String folder) {
    if (milestones.size() >= settings.milestones()) {
      return new Made.Refused("there may be " + settings.milestones() + " milestones");
    }
    long mine = milestones.values().stream().filter(each -> each.user().equals(user)).count();
    if (mine >= settings.milestonesPerUser()) {
      return new Made.Refused("a user may have " + settings.milestonesPerUser() + " milestones");
    }
    byte[] id = new byte[16];
    for (int i = 0; i < id.length; i++) {
      id[i] = (byte) (random.getAsLong() >>> 24);
    }
    Milestone milestone =
        new Milestone(HEX.formatHex(id, 0, 12), user, name, status, command, folder);
    keep(milestone);
    return new Made.Done(milestone);
  }

  /** The one of that id, for its own user and for administrators; null for others. */
  public @Nullable Milestone find(String id, String user, boolean admin) {
    Milestone milestone = milestones.get(id);
    return milestone != null && (admin || milestone.user().equals(user)) ? milestone : null;
  }

  /** Those that somebody may see, in no order. */
  public Stream<Milestone> list(String user, boolean admin) {
    return milestones.values().stream().filter(milestone -> admin || milestone.user().equals(user));
  }

  /** Changes one; null where it is not there any more. */
  public synchronized @Nullable Milestone change(String id, UnaryOperator<Milestone> change) {
    Milestone before = milestones.get(id);
    if (before == null) {
      return null;
    }
    Milestone after = change.apply(before);
    if (!after.equals(before)) {
      keep(after);
    }
    return after;
  }

  /** Removes one; its terminal is closed. */
  public synchronized void remove(String id) {
    database.run("DELETE FROM milestone WHERE id = ?", id);
    milestones.remove(id);
    String terminal = opened.remove(id);
    if (terminal != null) {
      terminals.close(terminal);
    }
  }

  private synchronized void keep(Milestone milestone) {
    database.run(
        "INSERT OR REPLACE INTO milestone (id, user, name, status, command, folder)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        milestone.id(),
        milestone.user(),
        milestone.name(),
        milestone.status().text(),
        milestone.command() == null ? null : JSON.writeValueAsString(milestone.command()),
        milestone.folder());
    milestones.put(milestone.id(), milestone);
  }

  /** The terminal of one, where there is one; null for none. */
  public @Nullable Terminal terminal(Milestone milestone) {
    String id = opened.get(milestone.id());
    return id == null ? null : terminals.find(id, milestone.user(), true);
  }

  /**
   * The terminal of one; it is opened where there is none that runs. Two that ask at once get the
   * same one. As {@link Terminals#open}, on a platform thread.
   */
  public synchronized Opened open(Milestone milestone, Size size) {
    Terminal before = terminal(milestone);
    if (before != null && before.endedMillis() == 0) {
      return new Opened.Done(before);
    }
    if (!milestones.containsKey(milestone.id())) {
      return new Opened.Refused(Terminals.Why.GONE, "no such milestone");
    }
    Opened now = terminals.open(milestone.user(), milestone.command(), milestone.folder(), size);
    if (now instanceof Opened.Done(Terminal terminal)) {
      opened.put(milestone.id(), terminal.id());
      change(
          milestone.id(),
          was ->
              was.status() == Milestone.Status.PENDING
                  ? was.with(Milestone.Status.IN_PROGRESS)
                  : was);
    }
    return now;
  }

  @Override
  public void close() {
    database.close();
  }
}
