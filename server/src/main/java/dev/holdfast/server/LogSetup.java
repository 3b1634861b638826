package dev.holdfast.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import dev.holdfast.server.config.Logging;
import java.io.Console;
import org.slf4j.LoggerFactory;

/** Sets the log's form and level. */
final class LogSetup {

  private LogSetup() {}

  static void configure(Logging logging) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(logging.level()));
    if (json(logging.format())) {
      JsonEncoder encoder = new JsonEncoder();
      encoder.setContext(context);
      encoder.setWithSequenceNumber(false);
      encoder.setWithNanoseconds(false);
      encoder.setWithContext(false);
      encoder.setWithArguments(false);
      encoder.setWithMessage(false);
      encoder.setWithFormattedMessage(true);
      encoder.setWithMDC(false);
      encoder.start();
      ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
      appender.setContext(context);
      appender.setTarget("System.err");
      appender.setEncoder(encoder);
      appender.start();
      root.detachAndStopAllAppenders();
      root.addAppender(appender);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // it is null where nobody is at a terminal
  private static boolean json(Logging.Format format) {
    return switch (format) {
      case JSON -> true;
      case TEXT -> false;
      case AUTO -> {
        Console console = System.console();
        yield console == null || !console.isTerminal();
      }
    };
  }
}
