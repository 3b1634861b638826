package dev.holdfast.kinds.device;

import dev.holdfast.kinds.common.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commands that wait for devices which are away, kept over a restart of the gateway in a database
 * of SQLite. Any thread may ask; what is asked is done in order, on a thread of its own.
 */
public final class Backlog implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Backlog.class.getName());
  private static final int PATIENCE_SECONDS = 5;

  private final Database database;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("holdfast-backlog").factory());

  /**
   * A command as it is kept.
   *
   * @param handed whether the device may have been given it
   */
  record Kept(
      String id,
      String user,
      String deviceId,
      String name,
      @Nullable String params,
      String by,
      long deadlineMillis,
      boolean handed) {}

  /**
   * @throws IOException when nothing can be kept there
   */
  public Backlog(Path file) throws IOException {
    database =
        new Database(
            "commands",
            file,
            """
            CREATE TABLE IF NOT EXISTS device_command (
              place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL,
              device TEXT NOT NULL, name TEXT NOT NULL, params TEXT, by_user TEXT NOT NULL,
              deadline INTEGER NOT NULL, handed INTEGER NOT NULL) STRICT\
            """);
  }

  /** All that are kept, the oldest first. Before anything else is asked. */
  List<Kept> all() throws IOException {
    List<Kept> all = new ArrayList<>();
    database.read(
        "SELECT id, user, device, name, params, by_user, deadline, handed"
            + " FROM device_command ORDER BY place",
        row ->
            all.add(
                new Kept(
                    row.getString("id"),
                    row.getString("user"),
                    row.getString("device"),
                    row.getString("name"),
                    row.getString("params"),
                    row.getString("by_user"),
                    row.getLong("deadline"),
                    row.getBoolean("handed"))));
    return all;
  }

  /** Keeps a command that waits, after all others. */
  void keep(Kept command) {
    ask(() -> write(command));
  }

  private void write(Kept command) {
    run(
        "INSERT OR REPLACE INTO device_command"
            + " (id, user, device, name, params, by_user, deadline, handed)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        command.id(),
        command.user(),
        command.deviceId(),
        command.name(),
        command.params(),
        command.by(),
        command.deadlineMillis(),
        command.handed() ? 1 : 0);
  }

  /**
   * Their device is about to be given them: once that is on disk, it may be.
   *
   * @param then gives those that wait again after all, as the device is gone already
   */
  void handOver(List<String> ids, Supplier<List<Kept>> then) {
    ask(() -> {
      String any = String.join(", ", Collections.nCopies(ids.size(), "?"));
      run("UPDATE device_command SET handed = 1 WHERE id IN (" + any + ")", ids.toArray());
      then.get().forEach(this::write);
    });
  }

  /** It has ended. */
  void forget(String id) {
    ask(() -> run("DELETE FROM device_command WHERE id = ?", id));
  }

  private void ask(Runnable what) {
    try {
      writer.execute(what);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "closed", e);
    }
  }

  /** What can't be kept is done all the same: only a restart would tell. */
  private void run(String sql, @Nullable Object... values) {
    try {
      database.run(sql, values);
    } catch (IllegalStateException e) {
      LOG.log(System.Logger.Level.ERROR, "commands that wait are not kept", e);
    }
  }

  /** Returns when all that was asked is done. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "not all commands that wait are kept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    database.close();
  }
}
