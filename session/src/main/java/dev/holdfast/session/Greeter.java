package dev.holdfast.session;

import dev.holdfast.feed.FeedId;
import dev.holdfast.wire.ErrorCode;
import dev.holdfast.wire.ServerFrame;
import java.util.function.Consumer;
import java.util.function.Function;

/** Finds what the endpoints lead to that lead somewhere. Any thread. */
public interface Greeter {

  /** Leads nobody anywhere. */
  Greeter NOWHERE =
      (opening, caller, then) ->
          then.accept(
              new Greeting.Refused(
                  ErrorCode.NO_SUCH, "there are no terminals here", CloseCode.NOT_THERE));

  /** Where a connection leads. */
  sealed interface Greeting {

    /**
     * To a feed, which is read from its start, or goes on being read.
     *
     * @param terminalId which frames mean that name none
     * @param status what the client is told first; called on the connection's loop
     */
    record Leads(
        FeedId feed, String terminalId, Function<ServerFrame.FeedPlace, ServerFrame> status)
        implements Greeting {}

    /** Nowhere: the connection is closed. */
    record Refused(ErrorCode code, String message, int closeCode) implements Greeting {}
  }

  /**
   * A client has been admitted that came by such an endpoint. Called on its loop; must not block.
   * What the client says waits for the greeting, which may come on any thread.
   */
  void greet(Opening opening, Caller caller, Consumer<Greeting> then);
}
