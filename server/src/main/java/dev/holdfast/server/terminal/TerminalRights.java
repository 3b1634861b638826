package dev.holdfast.server.terminal;

import dev.holdfast.kinds.terminal.Terminal;
import dev.holdfast.kinds.terminal.Terminals;
import dev.holdfast.session.Principal;
import org.jspecify.annotations.Nullable;

/** Who may do what with terminals. Stateless; any thread. */
public final class TerminalRights {

  /** The role that opening a terminal needs; whoever opened it may do everything with it. */
  public static final String OPEN = "terminal";

  /** The role that sees the terminals of all users. */
  public static final String VIEW = "terminal:view";

  /** The role that types into the terminals of all users, and closes them. */
  public static final String TYPE = "terminal:type";

  private TerminalRights() {}

  static boolean mayOpen(Principal who) {
    return who.admin() || who.roles().contains(OPEN);
  }

  /** Whether somebody sees every terminal. */
  public static boolean seesAll(Principal who) {
    return typesAll(who) || who.roles().contains(VIEW);
  }

  static boolean typesAll(Principal who) {
    return who.admin() || who.roles().contains(TYPE);
  }

  /** Whether somebody may type into a terminal that it sees. */
  public static boolean mayType(Terminal terminal, Principal who) {
    return typesAll(who) || terminal.user().equals(who.userId());
  }

  /** The terminal of that id, for those who may see it; null for others, as if there were none. */
  public static @Nullable Terminal find(Terminals terminals, String id, Principal who) {
    return terminals.find(id, who.userId(), seesAll(who));
  }
}
