package dev.holdfast.client;

import dev.holdfast.wire.ClientFrame.Begin;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks the gateway for feeds and lets them go; again where it was asked too fast, as long as that
 * is still wanted. On the client's thread.
 */
final class Attaching {

  private final Client client;
  private final Feeds feeds;

  Attaching(Client client, Feeds feeds) {
    this.client = client;
    this.feeds = feeds;
  }

  /** Asks for a feed; returns the id of the command. */
  String attach(String feed, Begin from) {
    Object wire =
        switch (from) {
          case Begin.Start() -> "start";
          case Begin.Now() -> "now";
          case Begin.After(String position) -> Map.of("after", position);
        };
    CompletableFuture<Frame> answer = new CompletableFuture<>();
    String[] id = {""};
    id[0] =
        client.give(
            "attach", Map.of("feed", feed, "from", wire), () -> askedBy(feed, id[0]), answer);
    answer.whenComplete(
        (frame, failure) -> client.run(() -> attached(feed, id[0], frame, failure)));
    return id[0];
  }

  private boolean askedBy(String feed, String id) {
    FeedFlow flow = feeds.find(feed);
    return flow != null && flow.askedBy(id);
  }

  private void attached(
      String feed, String id, @Nullable Frame frame, @Nullable Throwable failure) {
    FeedFlow flow = feeds.find(feed);
    if (flow == null || !flow.askedBy(id)) {
      return;
    }
    if (frame != null) {
      flow.attached(frame);
    } else if (failure != null) {
      flow.fail(failure);
    }
  }

  void detach(String feed) {
    client.give("detach", Map.of("feed", feed), () -> still(feed), new CompletableFuture<>());
  }

  /** Whether a feed is still to be let go. */
  private boolean still(String feed) {
    FeedFlow flow = feeds.find(feed);
    if (flow != null && flow.attaching()) {
      // It may be attached meanwhile, from where it had come to: both are asked for anew.
      detach(feed);
      flow.reattach();
      return false;
    }
    return flow == null || flow.paused();
  }
}
