package dev.holdfast.conformance;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Where the gateways under test come from. */
interface Gateways extends AutoCloseable {

  /** The secret of the tokens that cases make. */
  String SECRET = "the secret of the conformance cases, for tokens";

  /** A gateway that tokens of {@link #SECRET}, or development mode, let in; shared by cases. */
  Gateway shared(boolean dev) throws IOException;

  /** A gateway of its own for one case, with those settings; null where none can be started. */
  Gateway own(boolean dev, Map<String, String> settings) throws IOException;

  /** Whether {@link #own} works. */
  boolean startsOwn();

  /** Whether there is a shared gateway of that mode. */
  boolean has(boolean dev);

  /** Errors that its gateways have logged: there should be none, whatever is sent to them. */
  default List<String> errors() {
    return List.of();
  }

  @Override
  void close();
}
