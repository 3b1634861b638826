package dev.holdfast.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a test during which an error was logged that it did not expect: a leak, a fault, a task
 * that threw. It is found by the test engine itself, for every test of this room.
 */
public final class LogWatch implements BeforeEachCallback, AfterEachCallback {

  private static final class Errors extends AppenderBase<ILoggingEvent> {
    private final List<String> errors = new ArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
        errors.add(event.getLoggerName() + ": " + event.getFormattedMessage());
      }
    }

    synchronized List<String> taken() {
      List<String> all = List.copyOf(errors);
      errors.clear();
      return all;
    }
  }

  private static final Errors ERRORS = new Errors();

  @Override
  public void beforeEach(ExtensionContext context) {
    // Each time: a test may have set the log up anew.
    LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    if (!root.isAttached(ERRORS)) {
      ERRORS.setContext(loggers);
      ERRORS.start();
      root.addAppender(ERRORS);
    }
    ERRORS.taken();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    List<String> errors = ERRORS.taken();
    if (!errors.isEmpty()) {
      throw new AssertionError("logged meanwhile: " + errors);
    }
  }

  /** What was logged up to now was expected. */
  static List<String> expected() {
    return ERRORS.taken();
  }
}
