package dev.holdfast.server.terminal;

import dev.holdfast.kinds.terminal.Size;
import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.TerminalSignal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands to terminals, from sessions. Any thread. */
public final class TerminalCommands implements Commands {

  /** The role that opening a terminal needs. */
  public static final String ROLE = "terminal";

  private static final JsonMapper JSON = new JsonMapper();

  /** Bytes that one frame may type. */
  private static final int MOST_TYPED = 2_048;

  private static final Size USUAL = new Size(24, 80);

  private final Terminals terminals;

  public TerminalCommands(Terminals terminals) {
    this.terminals = terminals;
  }

  @Override
  public void execute(ClientFrame command, Caller caller) {
    switch (command) {
      case ClientFrame.OpenTerminal open -> open(open, caller);
      case ClientFrame.TerminalInput(String id, String terminalId, RawJson data) ->
          type(id, terminalId, data, caller);
      case ClientFrame.Resize(String id, String terminalId, int rows, int cols) -> {
        Terminal terminal = found(id, terminalId, caller);
        if (terminal != null) {
          terminal.resize(new Size(rows, cols), caller.principal().userId());
          done(id, terminal, caller);
        }
      }
      case ClientFrame.Signal(String id, String terminalId, String name) -> {
        TerminalSignal signal = TerminalSignal.named(name);
        Terminal terminal = found(id, terminalId, caller);
        if (terminal != null && signal == null) {
          caller.refuse(
              id,
              ErrorCode.BAD_REQUEST,
              "signal: must be one of " + List.of(TerminalSignal.values()));
        } else if (terminal != null && signal != null) {
          terminal.signal(signal);
          done(id, terminal, caller);
        }
      }
      case ClientFrame.CloseTerminal(String id, String terminalId) -> {
        Terminal terminal = found(id, terminalId, caller);
        if (terminal != null) {
          terminal.close();
          done(id, terminal, caller);
        }
      }
      default -> throw new IllegalArgumentException("not a terminal's: " + command);
    }
  }

  private void open(ClientFrame.OpenTerminal open, Caller caller) {
    Principal who = caller.principal();
    if (!who.admin() && !who.roles().contains(ROLE)) {
      caller.refuse(open.id(), ErrorCode.FORBIDDEN, "open_terminal needs the role terminal");
      return;
    }
    List<String> command;
    try {
      command = words(open.command());
    } catch (IllegalArgumentException e) {
      caller.refuse(open.id(), ErrorCode.BAD_REQUEST, "command: " + e.getMessage());
      return;
    }
    Size size =
        new Size(
            open.rows() == null ? USUAL.rows() : open.rows(),
            open.cols() == null ? USUAL.cols() : open.cols());
    // To start a program takes longer than an event loop may wait.
    Thread.ofVirtual()
        .name("terminal-open")
        .start(() -> opened(open, caller, terminals.open(who.userId(), command, open.cwd(), size)));
  }

  private static @Nullable List<String> words(@Nullable RawJson json) {
    if (json == null) {
      return null;
    }
    JsonNode list = JSON.readTree(json.toString());
    if (!list.isArray() || list.isEmpty()) {
      throw new IllegalArgumentException("must be a list that names a program");
    }
    List<String> words = new ArrayList<>();
    for (JsonNode word : list) {
      if (!word.isString() || word.stringValue().indexOf('\0') >= 0) {
        throw new IllegalArgumentException("must be a list of texts");
      }
      words.add(word.stringValue());
    }
    return words;
  }

  private static void opened(
      ClientFrame.OpenTerminal open, Caller caller, Terminals.Opened outcome) {
    switch (outcome) {
      case Terminals.Opened.Refused(Terminals.Why why, String message) ->
          caller.refuse(open.id(), code(why), message);
      case Terminals.Opened.Done(Terminal terminal) -> {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("terminal_id", terminal.id());
        details.put("feed", terminal.feed().id().toString());
        caller.ack(open.id(), details);
      }
    }
  }

  private static ErrorCode code(Terminals.Why why) {
    return switch (why) {
      case BAD_REQUEST -> ErrorCode.BAD_REQUEST;
      case FORBIDDEN -> ErrorCode.FORBIDDEN;
      case OVER_CAPACITY -> ErrorCode.OVER_CAPACITY;
      case FAILED -> ErrorCode.UNAVAILABLE;
    };
  }

  private void type(@Nullable String id, String terminalId, RawJson data, Caller caller) {
    Terminal terminal = found(id, terminalId, caller);
    if (terminal == null) {
      return;
    }
    JsonNode text = JSON.readTree(data.toString());
    byte[] typed =
        text.isString() ? text.stringValue().getBytes(StandardCharsets.UTF_8) : new byte[0];
    if (!text.isString()) {
      caller.refuse(id, ErrorCode.BAD_REQUEST, "data: must be a string");
    } else if (typed.length > MOST_TYPED) {
      caller.refuse(
          id, ErrorCode.BAD_REQUEST, "data: must be at most " + MOST_TYPED + " bytes of UTF-8");
    } else if (!terminal.type(typed)) {
      caller.refuse(id, ErrorCode.CONFLICT, "terminal_id: it has ended, or has too much to read");
    } else {
      done(id, terminal, caller);
    }
  }

  private @Nullable Terminal found(@Nullable String id, String terminalId, Caller caller) {
    Principal who = caller.principal();
    Terminal terminal = terminals.find(terminalId, who.userId(), who.admin());
    if (terminal == null) {
      caller.refuse(id, ErrorCode.NOT_FOUND, "terminal_id: no such terminal");
    }
    return terminal;
  }

  private static void done(@Nullable String id, Terminal terminal, Caller caller) {
    if (id != null) {
      caller.ack(id, Map.of("terminal_id", terminal.id()));
    }
  }
}
