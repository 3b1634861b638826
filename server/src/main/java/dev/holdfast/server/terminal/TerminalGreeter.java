package dev.holdfast.server.terminal;

import dev.holdfast.kinds.terminal.Milestone;
import dev.holdfast.kinds.terminal.Milestones;
import dev.holdfast.kinds.terminal.Size;
import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.kinds.terminal.Terminals.Opened;
import dev.holdfast.kinds.terminal.Viewer;
import dev.holdfast.session.Caller;
import dev.holdfast.session.CloseCode;
import dev.holdfast.session.Endpoint;
import dev.holdfast.session.Greeter;
import dev.holdfast.session.Opening;
import dev.holdfast.session.Principal;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.ServerFrame;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Leads those who come by the endpoints of terminals to a terminal. Any thread. */
public final class TerminalGreeter implements Greeter {

  private final Terminals terminals;
  private final Milestones milestones;

  public TerminalGreeter(Terminals terminals, Milestones milestones) {
    this.terminals = terminals;
    this.milestones = milestones;
  }

  /** What a client asked for by its query. */
  private record Wish(Size size, boolean create, boolean viewOnly) {

    static Wish of(Map<String, String> query) {
      Size size =
          new Size(
              number(query, "rows", Size.USUAL.rows()), number(query, "cols", Size.USUAL.cols()));
      if (!size.valid()) {
        throw new IllegalArgumentException("rows, cols: must each be from 1 to " + Size.MOST);
      }
      return new Wish(
          size,
          choice(query, "create", "true", "false").equals("true"),
          choice(query, "mode", "type", "view").equals("view"));
    }

    private static int number(Map<String, String> query, String name, int byDefault) {
      String text = query.get(name);
      try {
        return text == null ? byDefault : Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(name + ": must be a number", e);
      }
    }

    private static String choice(
        Map<String, String> query, String name, String usual, String other) {
      String text = query.getOrDefault(name, usual);
      if (!text.equals(usual) && !text.equals(other)) {
        throw new IllegalArgumentException(name + ": must be " + usual + " or " + other);
      }
      return text;
    }
  }

  @Override
  public void greet(Opening opening, Caller caller, Consumer<Greeting> then) {
    Wish wish;
    try {
      wish = Wish.of(opening.query());
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      then.accept(new Greeting.Refused(ErrorCode.VALIDATION, why, CloseCode.MALFORMED));
      return;
    }
    // One that comes back goes on where it was, whatever has become of its terminal.
    String before = caller.terminal();
    Terminal known =
        before == null ? null : TerminalRights.find(terminals, before, caller.principal());
    if (known != null) {
      then.accept(leads(known, caller, wish));
    } else if (opening.endpoint().equals(Endpoint.TERMINAL_ID)) {
      Terminal named = TerminalRights.find(terminals, opening.named(), caller.principal());
      then.accept(named == null ? notFound("no such terminal") : leads(named, caller, wish));
    } else if (opening.endpoint().equals(Endpoint.MILESTONE)) {
      milestone(opening.named(), caller, wish, then);
    } else if (!wish.create) {
      then.accept(noSession());
    } else {
      String user = caller.principal().userId();
      open(() -> terminals.open(user, null, null, wish.size), caller, wish, then);
    }
  }

  private void milestone(String id, Caller caller, Wish wish, Consumer<Greeting> then) {
    if (!Milestone.validId(id)) {
      then.accept(
          new Greeting.Refused(
              ErrorCode.INVALID_ID,
              "the id of a milestone is 24 hexadecimal digits",
              CloseCode.MALFORMED));
      return;
    }
    Principal who = caller.principal();
    Milestone milestone = milestones.find(id, who.userId(), TerminalRights.seesAll(who));
    if (milestone == null) {
      then.accept(notFound("no such milestone"));
      return;
    }
    Terminal terminal = milestones.terminal(milestone);
    if (milestone.status().finished()) {
      then.accept(
          new Greeting.Refused(
              ErrorCode.ALREADY_FINISHED,
              "the milestone is " + milestone.status().text(),
              CloseCode.NOT_THERE));
    } else if (terminal != null && (terminal.endedMillis() == 0 || !wish.create)) {
      then.accept(leads(terminal, caller, wish));
    } else if (!wish.create) {
      then.accept(noSession());
    } else if (!milestone.user().equals(who.userId()) && !TerminalRights.typesAll(who)) {
      // Who may look at what others do starts nothing for them.
      then.accept(noSession());
    } else {
      open(() -> milestones.open(milestone, wish.size), caller, wish, then);
    }
  }

  private void open(Supplier<Opened> opens, Caller caller, Wish wish, Consumer<Greeting> then) {
    if (!TerminalRights.mayOpen(caller.principal())) {
      String why = "to open a terminal needs the role " + TerminalRights.OPEN;
      then.accept(new Greeting.Refused(ErrorCode.FORBIDDEN, why, CloseCode.NOT_THERE));
      return;
    }
    if (!terminals.start(() -> then.accept(greeting(opens.get(), caller, wish)))) {
      then.accept(notStarted(TerminalCommands.MANY_START));
    }
  }

  private static Greeting greeting(Opened opened, Caller caller, Wish wish) {
    return switch (opened) {
      case Opened.Done(Terminal terminal) -> leads(terminal, caller, wish);
      case Opened.Refused(Terminals.Why why, String message) ->
          switch (why) {
            case NO_FOLDER ->
                new Greeting.Refused(
                    ErrorCode.WORKSPACE_NOT_FOUND, message, CloseCode.DISCONNECTED);
            case GONE -> notFound(message);
            case BAD_REQUEST, FORBIDDEN, OVER_CAPACITY, FAILED -> notStarted(message);
          };
    };
  }

  private static Greeting notStarted(String message) {
    return new Greeting.Refused(ErrorCode.SESSION_ERROR, message, CloseCode.NOT_STARTED);
  }

  private static Greeting notFound(String message) {
    return new Greeting.Refused(ErrorCode.NO_SUCH, message, CloseCode.NOT_THERE);
  }

  private static Greeting noSession() {
    return new Greeting.Refused(
        ErrorCode.NO_SESSION, "no terminal is open, and none was to be", CloseCode.NOT_THERE);
  }

  private static Greeting leads(Terminal terminal, Caller caller, Wish wish) {
    return new Greeting.Leads(
        terminal.feed().id(),
        terminal.id(),
        place -> {
          Viewer viewer = terminal.viewer(caller.sessionId());
          if (viewer != null && wish.viewOnly) {
            viewer.onlyView();
          }
          Size size = terminal.size();
          return new ServerFrame.Status(
              new ServerFrame.Watched(
                  terminal.id(), size.rows(), size.cols(), terminal.viewers().size(), place));
        });
  }
}
