package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.USERS;

import dev.holdfast.client.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The life of connections and sessions: CON11, CON12, CON14, CON15, CON17 to CON20, CON22. */
final class ConnectionCases {

  private ConnectionCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "CON11",
            "what a connection held is free again when it is gone",
            OWN,
            ConnectionCases::freed),
        new Case(
            "CON12",
            "a session that is taken up again goes on without loss or duplicate",
            USERS,
            ConnectionCases::resumed),
        new Case(
            "CON14",
            "the newer of two connections has the session, the older is closed 4009",
            USERS,
            ConnectionCases::takenOver),
        new Case(
            "CON15",
            "limits at the door are told with Retry-After, and there is room after a leave",
            OWN,
            ConnectionCases::limits),
        new Case(
            "CON17",
            "an idle limit closes an idle connection, and no other",
            USERS,
            ConnectionCases::idle),
        new Case("CON18", "who does not answer pings is closed 4008", OWN, ConnectionCases::silent),
        new Case(
            "CON19",
            "a ping is answered with its timestamp, whatever that is",
            USERS,
            ConnectionCases::pings),
        new Case(
            "CON20",
            "fifty clients at once hear what is theirs and nothing else",
            USERS,
            ConnectionCases::fifty),
        new Case(
            "CON22",
            "SIGTERM sends clients away one after the other, with advice",
            OWN,
            ConnectionCases::drained));
  }

  private static void freed(Trial t) throws Exception {
    Trial own =
        t.own(false, "session.resume_window", "0s", "channels.linger", "0s", "channels.age", "1ms");
    double feeds = own.metric("holdfast_feeds");
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Peer peer = own.as("u" + i % 3);
      Trial.subscribe(peer, "c" + i % 2);
      peers.add(peer);
    }
    Check.equal("connections", 10.0, own.metric("holdfast_connections"));
    Frame stats = own.json(own.http("GET", "/api/stats", null));
    Check.equal("connections", 10, stats.number("connections", -1));
    Check.equal("connected_users", 3, stats.number("connected_users", -1));
    for (int i = 0; i < peers.size(); i++) {
      if (i % 2 == 0) {
        peers.get(i).cut();
      } else {
        peers.get(i).wire().send(Wire.CLOSE, new byte[] {0x03, (byte) 0xe8});
        peers.get(i).closed(1000);
      }
    }
    for (String gauge : List.of("holdfast_connections", "holdfast_sessions")) {
      Check.becomes(gauge, () -> own.metric(gauge) == 0);
    }
    Check.becomes("feeds", () -> own.metric("holdfast_feeds") == feeds);
    Frame after = own.json(own.http("GET", "/api/stats", null));
    Check.equal("channels", Map.of(), after.fields().get("channels"));
    Check.equal("connected_users", 0, after.number("connected_users", -1));
  }

  private static void resumed(Trial t) throws Exception {
    String channel = Trial.name("news");
    String feed = "channel:" + channel;
    String ann = Trial.name("ann");
    Peer reader = t.connect("/ws");
    t.hello(reader, ann, "");
    String session = String.valueOf(reader.next("connected").text("session_id"));
    String position = String.valueOf(Trial.subscribe(reader, channel).text("position"));
    String epoch = position.substring(0, position.indexOf(':'));
    Peer writer = t.as(Trial.name("bob"));
    long seen = 0;
    for (int said = 1; said <= 1_000; said++) {
      writer.say("{'type':'message','channel':'%s','content':%d}", channel, said);
      if (said % 50 == 0) {
        seen = read(reader, seen, 10);
        reader.cut();
        reader = t.resume(ann, session, feed, epoch + ":" + seen);
        Check.equal("resumed", true, reader.next("connected").fields().get("resumed"));
      }
    }
    read(reader, seen, (int) (1_000 - seen));
    reader.nothing();
    // Without positions: from what is known to have been received, so nothing is lost.
    reader.cut();
    writer.say("{'type':'message','id':'last','channel':'%s','content':1001}", channel);
    writer.next("ack");
    reader = t.resume(ann, session);
    reader.next("connected");
    Frame frame;
    do {
      frame = reader.next("message");
    } while (frame.number("content", 0) < 1_001);
    reader.nothing();
  }

  private static long read(Peer reader, long seen, int count) throws InterruptedException {
    long last = seen;
    for (int i = 0; i < count; i++) {
      Frame message = reader.next("message");
      Check.equal("content", ++last, message.number("content", -1));
    }
    return last;
  }

  private static void takenOver(Trial t) throws Exception {
    String ann = Trial.name("ann");
    String channel = Trial.name("c");
    Peer older = t.connect("/ws");
    t.hello(older, ann, "");
    String session = String.valueOf(older.next("connected").text("session_id"));
    Trial.subscribe(older, channel);
    Peer newer = t.resume(ann, session);
    Check.equal("resumed", true, newer.next("connected").fields().get("resumed"));
    Check.equal("reason", "taken_over", older.closed(4009).reason());
    newer.say("{'type':'message','channel':'%s','content':1}", channel);
    newer.next("message");
    newer.nothing();
  }

  private static void limits(Trial t) throws Exception {
    Trial own =
        t.own(
            false,
            "session.max_connections",
            "4",
            "session.max_per_user",
            "2",
            "session.max_per_ip",
            "3",
            "server.trusted_proxies",
            "127.0.0.0/8");
    Map<String, String> here = Map.of("X-Forwarded-For", "192.0.2.1");
    Map<String, String> there = Map.of("X-Forwarded-For", "192.0.2.2");
    Peer first = own.connect("/ws", here);
    own.connect("/ws", here);
    own.connect("/ws", here);
    full(own, here, 429);
    own.connect("/ws", there);
    full(own, there, 503);
    first.cut();
    Check.becomes(
        "room again",
        () -> {
          try (Peer again = own.connect("/ws", there)) {
            return again.open();
          } catch (Wire.Refused e) {
            return false;
          }
        });

    Trial users = t.own(false, "session.max_per_user", "2");
    Peer one = users.as("ann");
    users.as("ann");
    Peer three = users.connect("/ws");
    users.hello(three, "ann", "");
    Check.that("retry", three.error("over_capacity").number("retry_after_ms", 0) > 0, three);
    three.closed(4013);
    Check.equal("status", 429, users.refused("/ws?token=" + users.token("ann"), Map.of()).status());
    users.as("bob");
    one.cut();
    Check.becomes(
        "room for the user again",
        () -> {
          try (Peer again = users.connect("/ws")) {
            users.hello(again, "ann", "");
            return again.next().type().equals("connected");
          }
        });

    Trial rate = t.own(false, "session.connects_per_second", "1");
    rate.connect("/ws");
    rate.connect("/ws");
    full(rate, Map.of(), 429);
    Check.becomes(
        "a new second",
        () -> {
          try (Peer again = rate.connect("/ws")) {
            return again.open();
          } catch (Wire.Refused e) {
            return false;
          }
        });

    Trial sessions = t.own(false, "session.max", "1");
    sessions.as("ann");
    Peer second = sessions.connect("/ws");
    sessions.hello(second, "bob", "");
    String message = String.valueOf(second.error("over_capacity").text("message"));
    Check.that("message", message.contains("Maximum concurrent sessions (1) exceeded"), message);
    second.closed(4013);
  }

  private static void full(Trial t, Map<String, String> headers, int status) throws IOException {
    Wire.Refused refused = t.refused("/ws", headers);
    Check.equal("status", status, refused.status());
    Check.that(
        "Retry-After",
        String.valueOf(refused.headers().get("retry-after")).matches("[1-9][0-9]*"),
        refused.headers());
  }

  private static void idle(Trial t) throws Exception {
    long begin = System.nanoTime();
    Peer idle = t.connect("/ws?timeout=1");
    t.hello(idle, Trial.name("u"), "");
    idle.next("connected");
    Peer busy = t.connect("/ws?timeout=1");
    t.hello(busy, Trial.name("u"), "");
    busy.next("connected");
    while (idle.open()) {
      busy.nothing();
      Thread.sleep(100);
      Check.that("still open after 20 s", System.nanoTime() - begin < 20_000_000_000L, idle);
    }
    Check.equal("reason", "idle", idle.closed(4008).reason());
    busy.nothing();
    for (String bad : List.of("0", "-1", "x", "1e9", "")) {
      Check.equal("timeout=" + bad, 400, t.refused("/ws?timeout=" + bad, Map.of()).status());
    }
  }

  private static void silent(Trial t) throws Exception {
    Trial own = t.own(false, "session.heartbeat", "200ms", "session.pong_timeout", "300ms");
    Peer alive = own.as("ann");
    Peer dead = own.as("bob").ignorePings();
    dead.closed(4008);
    alive.nothing();
    Check.that("the other is open", alive.open(), alive);
  }

  private static void pings(Trial t) throws Exception {
    Peer peer = t.as(Trial.name("u"));
    for (String timestamp :
        List.of("1", "1.5e300", "'x'", "{'a':[null]}", "true", "12345678901234567890")) {
      peer.say("{'type':'ping','id':'p','timestamp':%s}", timestamp);
      Frame pong = peer.next("pong");
      Check.equal("id", "p", pong.text("id"));
      String wanted = "\"timestamp\":" + timestamp.replace('\'', '"');
      Check.that("timestamp", pong.json().contains(wanted), pong);
    }
    peer.say("{'type':'ping'}");
    Check.equal("fields", Set.of("type"), peer.next("pong").fields().keySet());
    peer.wire().send(Wire.PING, "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    peer.nothing();
  }

  private static void fifty(Trial t) throws Exception {
    List<Peer> peers = new ArrayList<>();
    List<String> channels = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Peer peer = t.as(Trial.name("u"));
      channels.add(Trial.name("c"));
      Trial.subscribe(peer, channels.get(i));
      peers.add(peer);
    }
    for (int said = 1; said <= 20; said++) {
      for (int i = 0; i < 50; i++) {
        peers
            .get(i)
            .say(
                "{'type':'message','channel':'%s','content':'%d of %d'}", channels.get(i), said, i);
      }
    }
    for (int i = 0; i < 50; i++) {
      for (int said = 1; said <= 20; said++) {
        Check.equal("content", said + " of " + i, peers.get(i).next("message").text("content"));
      }
      peers.get(i).nothing();
    }
  }

  private static void drained(Trial t) throws Exception {
    Trial own = t.own(false, "server.drain", "2s");
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Peer peer = own.as("u" + i);
      Trial.subscribe(peer, "news");
      peers.add(peer);
    }
    Peer writer = peers.getFirst();
    for (int said = 1; said <= 500; said++) {
      writer.say("{'type':'message','channel':'news','content':%d}", said);
    }
    writer.say("{'type':'ping','id':'all said'}");
    own.gateway().terminate();
    Set<Long> ticks = new TreeSet<>();
    long begin = System.nanoTime();
    for (Peer peer : peers) {
      long last = 0;
      Frame frame = peer.next();
      while (!frame.type().equals("reconnect")) {
        if (frame.type().equals("message")) {
          Check.equal("content", last + 1, frame.number("content", -1));
          last++;
        }
        frame = peer.next();
      }
      Check.that("advice", frame.number("reconnect_after_ms", 0) > 0, frame);
      Check.that("reason", peer.closed(1001).reason().startsWith("reconnect_after_ms="), peer);
      ticks.add((peer.endedNanos() - begin) / 250_000_000L);
    }
    Check.that("one after the other", ticks.size() >= 3, ticks);
    Process process = own.gateway().process();
    Check.that(
        "ends",
        process != null && process.waitFor(10, java.util.concurrent.TimeUnit.SECONDS),
        process);
  }
}
