package dev.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client reads: feeds with a subscriber each, and those that are read from admission on and
 * have none, of which the places are kept. On the client's thread.
 */
final class Feeds {

  private final Consumer<String> detach;
  private final Listener listener;
  private final Map<String, FeedFlow> flows = new LinkedHashMap<>();

  /** Places in feeds without a subscriber. */
  private final Map<String, String> unclaimed = new HashMap<>();

  /** The feeds whose places the gateway was told last. */
  private final Set<String> told = new HashSet<>();

  /**
   * @param detach asks the gateway to let go of a feed
   * @param listener hears what comes of feeds without a subscriber
   */
  Feeds(Consumer<String> detach, Listener listener) {
    this.detach = detach;
    this.listener = listener;
  }

  /** Takes a flow; false where its feed has one already. */
  boolean add(FeedFlow flow) {
    if (flows.putIfAbsent(flow.feed(), flow) != null) {
      return false;
    }
    unclaimed.remove(flow.feed());
    return true;
  }

  /** Lets go of a flow; false where that was done before. */
  boolean remove(FeedFlow flow) {
    return flows.remove(flow.feed(), flow);
  }

  @Nullable FeedFlow find(String feed) {
    return flows.get(feed);
  }

  /**
   * Where each feed would go on, as far as there is room; the others are asked for once there is a
   * connection.
   *
   * @param room for all of them as JSON, in bytes
   */
  Map<String, String> positions(long room) {
    Map<String, String> all = new LinkedHashMap<>(unclaimed);
    flows.forEach((feed, flow) -> {
      String position = flow.resumePosition();
      if (position != null) {
        all.put(feed, position);
      }
    });
    Map<String, String> positions = new LinkedHashMap<>();
    long left = room;
    for (Map.Entry<String, String> one : all.entrySet()) {
      String text = Json.text(Map.of(one.getKey(), one.getValue()));
      left -= text.getBytes(StandardCharsets.UTF_8).length;
      if (left < 0) {
        break;
      }
      positions.put(one.getKey(), one.getValue());
    }
    told.clear();
    told.addAll(positions.keySet());
    return positions;
  }

  /**
   * The client is admitted.
   *
   * @param places the feeds that are read, as the gateway says
   * @param resumed whether with the same session
   * @return the flows whose feeds are not read from where their subscribers are
   */
  List<FeedFlow> placed(@Nullable Object places, boolean resumed) {
    Map<String, String> before = Map.copyOf(unclaimed);
    unclaimed.clear();
    Map<String, FeedFlow> left = new LinkedHashMap<>(flows);
    if (places instanceof List<?> all) {
      for (Object one : all) {
        if (one instanceof Map<?, ?> place) {
          placed(place, resumed, left, before);
        }
      }
    }
    return new ArrayList<>(left.values());
  }

  private void placed(
      Map<?, ?> place, boolean resumed, Map<String, FeedFlow> left, Map<String, String> before) {
    String feed = String.valueOf(place.get("feed"));
    String position = String.valueOf(place.get("position"));
    FeedFlow flow = flows.get(feed);
    if (flow == null) {
      String seen = resumed ? before.get(feed) : null;
      unclaimed.put(feed, seen != null && Places.later(seen, position) ? seen : position);
    } else if (!resumed
        || flow.resumePosition() == null
        || !(told.contains(feed) || position.equals(flow.resumePosition()))) {
      // Attached, but not from where the subscriber is: it is asked for anew.
      detach.accept(feed);
    } else {
      left.remove(feed);
      flow.resumed(position, Boolean.TRUE.equals(place.get("recovered")));
    }
  }

  /** Something came of a feed. */
  void received(String feed, Frame frame) {
    FeedFlow flow = flows.get(feed);
    if (flow == null) {
      unclaimed(feed, frame);
    } else if (frame.fields().containsKey("offset")) {
      flow.event(frame);
    } else {
      aside(flow, frame);
    }
  }

  private static void aside(FeedFlow flow, Frame frame) {
    switch (frame.type()) {
      case "gap" -> flow.gap(frame);
      case "snapshot" -> flow.snapshot(frame);
      case "detached" -> {
        if (frame.text("id") == null) {
          flow.fail(new CommandException("forbidden", "it may no longer be read", -1));
        }
      }
      default -> {}
    }
  }

  private void unclaimed(String feed, Frame frame) {
    String position = unclaimed.get(feed);
    if (position != null && frame.fields().containsKey("offset")) {
      String now = Places.of(Places.epoch(position), frame.number("offset", 0));
      if (!Places.later(now, position)) {
        return;
      }
      unclaimed.put(feed, now);
      listener.event(new Delivery.Event(feed, now, frame));
    } else if (frame.type().equals("detached")) {
      unclaimed.remove(feed);
    }
  }

  /** The client has ended by a failure. */
  void fail(RuntimeException why) {
    List.copyOf(flows.values()).forEach(flow -> flow.fail(why));
  }

  /** The client was closed. */
  void complete() {
    List.copyOf(flows.values()).forEach(FeedFlow::complete);
    flows.clear();
  }
}
