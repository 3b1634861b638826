package dev.holdfast.kinds.common;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A database of SQLite, in a file or in memory. One thread at a time; each call waits for the disk.
 */
public final class Database implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Database.class.getName());

  private final String of;
  private final @Nullable Path file;
  private final Connection connection;

  /** Takes one row of an answer. */
  public interface Taker {
    void take(ResultSet row) throws SQLException;
  }

  /**
   * @param of what is kept in it, as people call it
   * @param file where; null for nowhere
   * @param tables makes the tables that are not there
   * @throws IOException when nothing can be kept there
   */
  public Database(String of, @Nullable Path file, String tables) throws IOException {
    this.of = of;
    this.file = file;
    try {
      if (file != null) {
        PrivateFiles.file(file);
      }
      connection = DriverManager.getConnection("jdbc:sqlite:" + (file == null ? ":memory:" : file));
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode = WAL");
        // Several of these share a file.
        statement.execute("PRAGMA busy_timeout = 5000");
        statement.execute(tables);
      }
    } catch (IOException | SQLException e) {
      throw new IOException(of + " can't be kept in " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads all rows of a question.
   *
   * @throws IOException when they can't be read
   */
  public void read(String sql, Taker taker) throws IOException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        taker.take(rows);
      }
    } catch (SQLException e) {
      throw new IOException(of + " can't be read from " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Changes what is there.
   *
   * @param values of the question marks in it
   * @throws IllegalStateException when the database fails
   */
  public void run(String sql, @Nullable Object... values) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("the database of " + of + " fails: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.log(System.Logger.Level.WARNING, "the database of " + of + " can''t be closed", e);
    }
  }
}
