package dev.holdfast.server.http;

import dev.holdfast.feed.Delivery;
import dev.holdfast.feed.Event;
import dev.holdfast.feed.Feed;
import dev.holdfast.feed.From;
import dev.holdfast.feed.Position;
import dev.holdfast.kinds.agent.Run;
import dev.holdfast.transport.HttpBody;
import dev.holdfast.wire.EventFrame;
import dev.holdfast.wire.ServerFrame;
import dev.holdfast.wire.TypeDialect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A run as server-sent events (the EventSource interface of the HTML standard): each event's id is
 * its position, its type the event's, its data the frame that a WebSocket client would get.
 */
final class RunStream implements Reply.Streaming {

  private static final int BATCH = 64 * 1024;
  private static final int HEARTBEAT_SECONDS = 15;
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Run run;
  private final Feed.Attached attached;

  private RunStream(Run run, Feed.Attached attached) {
    this.run = run;
    this.attached = attached;
  }

  /**
   * The run's events from its start, or after a position.
   *
   * @param after as the client was told it, the id of the last event it has; null for the start
   */
  static Reply of(Run run, @Nullable String after) {
    From from = From.START;
    if (after != null && !after.isEmpty()) {
      Position place =
          Position.parse(after)
              .orElseThrow(() -> Refusal.badRequest("last-event-id: is not a position"));
      from = new From.After(place);
      if (run.feed().ended() && place.equals(run.feed().tail())) {
        // Told so, a browser does not ask again.
        return Reply.nothing();
      }
    }
    return Reply.stream(
        Map.of("content-type", "text/event-stream", "cache-control", "no-store"),
        new RunStream(run, run.feed().attach(from)));
  }

  @Override
  public void write(HttpBody body, Semaphore wake) throws IOException, InterruptedException {
    run.followed();
    try (Feed.Watch _ = run.feed().watch(wake::release)) {
      Batch batch = new Batch();
      Delivery.Snapshot state = attached.snapshot();
      if (state != null) {
        batch.accept(state);
      }
      while (body.open()) {
        wake.drainPermits();
        do {
          batch.caughtUp = false;
          attached.reader().poll(BATCH, batch::accept);
          if (batch.size() > 0) {
            body.write(batch.toByteArray());
            batch.reset();
          }
        } while (!batch.caughtUp);
        if (batch.ended) {
          return;
        }
        if (!wake.tryAcquire(HEARTBEAT_SECONDS, TimeUnit.SECONDS)) {
          body.write(HEARTBEAT);
        }
      }
    } finally {
      run.unfollowed();
    }
  }

  /** What goes out in one piece. */
  private final class Batch extends ByteArrayOutputStream {
    boolean caughtUp;
    boolean ended;

    void accept(Delivery delivery) {
      String feed = run.feed().id().toString();
      long epoch = run.feed().tail().epoch();
      switch (delivery) {
        case Event event ->
            line(
                new Position(epoch, event.offset()),
                event.type(),
                TypeDialect.encode(ChannelRoutes.frame(event, run.feed().id())));
        case Delivery.Snapshot(long offset, var state) -> {
          Position at = new Position(epoch, offset);
          EventFrame frame =
              new EventFrame(state.type(), state.body(), System.currentTimeMillis(), null, offset);
          line(
              at,
              "snapshot",
              TypeDialect.encode(new ServerFrame.SnapshotFrame(feed, at.toString(), frame)));
        }
        case Delivery.Gap(long from, long to, Delivery.Gap.Reason why) ->
            line(
                new Position(epoch, to),
                "gap",
                TypeDialect.encode(
                    new ServerFrame.Gap(feed, from, to, why.name().toLowerCase(Locale.ROOT))));
        case Delivery.Mark mark -> {
          caughtUp = true;
          ended = mark == Delivery.Mark.END;
        }
      }
    }

    private void line(Position id, String type, byte[] frame) {
      writeBytes(("id: " + id + "\nevent: " + type + "\ndata: ").getBytes(StandardCharsets.UTF_8));
      writeBytes(frame);
      writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    }
  }
}
