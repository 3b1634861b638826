package dev.holdfast.server.terminal;

import dev.holdfast.kinds.terminal.Size;
import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.TerminalSignal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.terminal.Viewer;
import dev.holdfast.session.Caller;
import dev.holdfast.session.Commands;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ClientFrame;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands to terminals, from sessions. Any thread. */
public final class TerminalCommands implements Commands {

  static final String MANY_START = "too many terminals are being opened";
  private static final String ONLY_VIEWED = "terminal_id: may only be viewed";

  private static final JsonMapper JSON = new JsonMapper();

  /** Bytes that one frame may type. */
  private static final int MOST_TYPED = 2_048;

  private final Terminals terminals;

  public TerminalCommands(Terminals terminals) {
    this.terminals = terminals;
  }

  @Override
  public void execute(ClientFrame command, Caller caller) {
    switch (command) {
      case ClientFrame.OpenTerminal open -> open(open, caller);
      case ClientFrame.TerminalInput(String id, String terminalId, RawJson data) -> {
        Terminal terminal = typed(id, terminalId, caller);
        if (terminal != null) {
          type(id, terminal, data, caller);
        }
      }
      case ClientFrame.Resize(String id, String terminalId, int rows, int cols) -> {
        Terminal terminal = found(id, terminalId, caller);
        if (terminal != null) {
          resize(id, terminal, new Size(rows, cols), caller);
        }
      }
      case ClientFrame.Show(String id, String terminalId, boolean visible) -> {
        Viewer viewer = viewer(id, terminalId, caller);
        if (viewer != null) {
          viewer.show(visible);
          caller.goOn(viewer.feed());
          done(id, viewer.terminal(), caller);
        }
      }
      case ClientFrame.AckOutput(String id, String terminalId, long offset) -> {
        Viewer viewer = viewer(id, terminalId, caller);
        if (viewer != null) {
          viewer.ack(offset);
          caller.goOn(viewer.feed());
          done(id, viewer.terminal(), caller);
        }
      }
      case ClientFrame.Signal(String id, String terminalId, String name) -> {
        TerminalSignal signal = TerminalSignal.named(name);
        Terminal terminal = typed(id, terminalId, caller);
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
        Terminal terminal = typed(id, terminalId, caller);
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
    if (!TerminalRights.mayOpen(who)) {
      caller.refuse(
          open.id(), ErrorCode.FORBIDDEN, "open_terminal needs the role " + TerminalRights.OPEN);
      return;
    }
    List<String> command;
    try {
      RawJson words = open.command();
      command = words == null ? null : Program.words(JSON.readTree(words.toString()));
    } catch (IllegalArgumentException e) {
      caller.refuse(open.id(), ErrorCode.BAD_REQUEST, "command: " + e.getMessage());
      return;
    }
    Size size =
        new Size(
            open.rows() == null ? Size.USUAL.rows() : open.rows(),
            open.cols() == null ? Size.USUAL.cols() : open.cols());
    boolean starts =
        terminals.start(
            () -> opened(open, caller, terminals.open(who.userId(), command, open.cwd(), size)));
    if (!starts) {
      caller.refuse(open.id(), ErrorCode.OVER_CAPACITY, MANY_START);
    }
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
      case BAD_REQUEST, NO_FOLDER -> ErrorCode.BAD_REQUEST;
      case FORBIDDEN -> ErrorCode.FORBIDDEN;
      case GONE -> ErrorCode.NOT_FOUND;
      case OVER_CAPACITY -> ErrorCode.OVER_CAPACITY;
      case FAILED -> ErrorCode.UNAVAILABLE;
    };
  }

  private static void type(@Nullable String id, Terminal terminal, RawJson data, Caller caller) {
    JsonNode node = JSON.readTree(data.toString());
    String text = node.isString() ? node.stringValue() : "";
    byte[] typed = text.getBytes(StandardCharsets.UTF_8);
    if (!node.isString()) {
      caller.refuse(id, ErrorCode.BAD_REQUEST, "data: must be a string");
      return;
    }
    if (typed.length > MOST_TYPED) {
      caller.refuse(
          id, ErrorCode.BAD_REQUEST, "data: must be at most " + MOST_TYPED + " bytes of UTF-8");
      return;
    }
    String refused = terminal.refuses(text);
    if (refused != null) {
      caller.refuse(id, ErrorCode.BAD_REQUEST, "data: " + refused);
    } else if (!terminal.type(typed, terminal.viewer(caller.sessionId()))) {
      caller.refuse(id, ErrorCode.CONFLICT, "terminal_id: it has ended, or has too much to read");
    } else {
      done(id, terminal, caller);
    }
  }

  private static void resize(@Nullable String id, Terminal terminal, Size size, Caller caller) {
    if (!TerminalRights.mayType(terminal, caller.principal())) {
      caller.refuse(id, ErrorCode.FORBIDDEN, ONLY_VIEWED);
      return;
    }
    // That of one which only views is taken, and does not count.
    Viewer viewer = terminal.viewer(caller.sessionId());
    terminal.resize(size, caller.principal().userId(), viewer);
    done(id, terminal, caller);
  }

  /** The terminal of a command, which its session sees. */
  private @Nullable Terminal found(
      @Nullable String id, @Nullable String terminalId, Caller caller) {
    String named = terminalId == null ? caller.terminal() : terminalId;
    if (named == null) {
      caller.refuse(id, ErrorCode.BAD_REQUEST, "terminal_id: missing");
      return null;
    }
    Terminal terminal = TerminalRights.find(terminals, named, caller.principal());
    if (terminal == null) {
      caller.refuse(id, ErrorCode.NOT_FOUND, "terminal_id: no such terminal");
    }
    return terminal;
  }

  /** The same, which it may type into. */
  private @Nullable Terminal typed(
      @Nullable String id, @Nullable String terminalId, Caller caller) {
    Terminal terminal = found(id, terminalId, caller);
    if (terminal == null) {
      return null;
    }
    Viewer viewer = terminal.viewer(caller.sessionId());
    if (!TerminalRights.mayType(terminal, caller.principal())
        || (viewer != null && viewer.viewOnly())) {
      caller.refuse(id, ErrorCode.FORBIDDEN, ONLY_VIEWED);
      return null;
    }
    return terminal;
  }

  /** The watching of a terminal by the session that gave a command. */
  private @Nullable Viewer viewer(@Nullable String id, @Nullable String terminalId, Caller caller) {
    Terminal terminal = found(id, terminalId, caller);
    Viewer viewer = terminal == null ? null : terminal.viewer(caller.sessionId());
    if (terminal != null && viewer == null) {
      caller.refuse(id, ErrorCode.CONFLICT, "terminal_id: is not attached");
    }
    return viewer;
  }

  private static void done(@Nullable String id, Terminal terminal, Caller caller) {
    if (id != null) {
      caller.ack(id, Map.of("terminal_id", terminal.id()));
    }
  }
}
