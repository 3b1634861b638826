package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.USERS;

import dev.holdfast.client.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What holds when things go wrong or become many: MSG12, MSG14, MSG17 to MSG21. */
final class RecoveryCases {

  private static final int MANY = 1_000;

  private RecoveryCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "MSG12",
            "recovery gives exactly what was missed, or says that it can't",
            OWN,
            RecoveryCases::recovery),
        new Case("MSG14", "an event is published once per key", USERS, RecoveryCases::keys),
        new Case(
            "MSG17",
            "a broken recipient does not disturb the others",
            USERS,
            RecoveryCases::broken),
        new Case("MSG18", "the figures are exact after churn", OWN, RecoveryCases::churn),
        new Case(
            "MSG19",
            "a thousand subscribers hear a thousand messages, each once and in order",
            OWN,
            RecoveryCases::million),
        new Case(
            "MSG20",
            "a slow reader is told its gap, and the others hear all",
            OWN,
            RecoveryCases::slowReader),
        new Case(
            "MSG21",
            "a command with a known id is answered and not obeyed again, also after a cut",
            USERS,
            RecoveryCases::duplicates));
  }

  private static void recovery(Trial t) throws Exception {
    Trial own = t.own(false, "channels.events", "10");
    Peer ann = own.as("ann");
    String start = String.valueOf(Trial.subscribe(ann, "c").text("position"));
    String epoch = start.substring(0, start.indexOf(':'));
    for (int i = 1; i <= 25; i++) {
      ann.say("{'type':'message','channel':'c','content':%d}", i);
      ann.next("message");
    }
    for (int after : List.of(15, 20, 25)) {
      Frame subscribed = from(own, "{'after':'" + epoch + ":" + after + "'}", 25 - after);
      Check.equal("recovered after " + after, true, subscribed.fields().get("recovered"));
    }
    for (String lost : List.of(epoch + ":14", epoch + ":0", epoch + ":26", "zz:20")) {
      Frame subscribed = from(own, "{'after':'" + lost + "'}", 10);
      Check.equal("recovered after " + lost, false, subscribed.fields().get("recovered"));
      Check.equal("position", epoch + ":15", subscribed.text("position"));
    }
    from(own, "'start'", 10);
    from(own, "'now'", 0);
    for (String bad : List.of("'later'", "{'after':'x'}", "{}", "1")) {
      ann.say("{'type':'subscribe','channel':'other','from':%s}", bad);
      ann.error("bad_request");
    }
  }

  private static Frame from(Trial own, String from, int events) throws Exception {
    try (Peer peer = own.as("bob")) {
      peer.say("{'type':'subscribe','channel':'c','from':" + from + "}");
      Frame subscribed = peer.next("subscribed");
      for (int i = 26 - events; i <= 25; i++) {
        Check.equal("content", i, peer.next("message").number("content", -1));
      }
      peer.nothing();
      return subscribed;
    }
  }

  private static void keys(Trial t) throws Exception {
    String channel = Trial.name("c");
    Peer ann = t.as(Trial.name("ann"));
    Trial.subscribe(ann, channel);
    String body = "{'channel':'" + channel + "','event':'a:b','data':1,'idempotency_key':'k'}";
    Frame first = t.json(t.http("POST", "/api/publish", body));
    Frame second = t.json(t.http("POST", "/api/publish", body));
    Check.equal("first", false, first.fields().get("duplicate"));
    Check.equal("second", true, second.fields().get("duplicate"));
    Check.equal("position", first.text("position"), second.text("position"));
    ann.next("a:b");
    ann.say(
        "{'type':'publish','id':'p','channel':'%s','event':'a:b','data':2,'idempotency_key':'k'}",
        channel);
    Frame third = ann.next("ack");
    Check.equal("published", false, third.fields().get("published"));
    Check.equal("position", first.text("position"), third.text("position"));
    ann.nothing();
  }

  private static void broken(Trial t) throws Exception {
    String channel = Trial.name("c");
    Peer healthy = t.as(Trial.name("ann"));
    Trial.subscribe(healthy, channel);
    Peer stuck = t.as(Trial.name("stuck")).slow(0);
    Peer rude = t.as(Trial.name("rude"));
    Peer gone = t.as(Trial.name("gone"));
    for (Peer peer : List.of(rude, gone)) {
      Trial.subscribe(peer, channel);
    }
    stuck.say("{'type':'subscribe','channel':'%s'}", channel);
    gone.cut();
    for (int i = 1; i <= 200; i++) {
      healthy.say("{'type':'message','channel':'%s','content':%d}", channel, i);
      if (i == 100) {
        rude.wire().raw(new byte[] {0x03, 0x00, (byte) 0xff});
      }
    }
    for (int i = 1; i <= 200; i++) {
      Check.equal("content", i, healthy.next("message").number("content", -1));
    }
    healthy.nothing();
  }

  private static void churn(Trial t) throws Exception {
    Trial own = t.own(false);
    List<Peer> in = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 20; i++) {
        Peer peer = own.as("u" + i % 7);
        Trial.subscribe(peer, "c" + i % 3);
        in.add(peer);
      }
      for (int i = 0; i < 10; i++) {
        in.remove(i % in.size()).cut();
      }
    }
    Check.becomes("connections", () -> own.metric("holdfast_connections") == 50);
    Peer admin = own.connect("/ws?token=" + own.adminToken());
    admin.next("connected");
    admin.say("{'type':'get_stats'}");
    Frame stats = admin.next("stats");
    Map<?, ?> data = (Map<?, ?>) java.util.Objects.requireNonNull(stats.fields().get("data"));
    Check.equal("connections", 51, data.get("connections"));
    Check.equal("connected_users", 8, data.get("connected_users"));
    Map<?, ?> channels = (Map<?, ?>) java.util.Objects.requireNonNull(data.get("channels"));
    int inChannels = 0;
    for (int c = 0; c < 3; c++) {
      inChannels += channels.get("c" + c) instanceof Number n ? n.intValue() : 0;
    }
    Check.equal("subscribed", 50, inChannels);
    in.forEach(Peer::cut);
    admin.cut();
    Check.becomes("nobody", () -> own.metric("holdfast_connections") == 0);
    Frame after = own.json(own.http("GET", "/api/stats", null));
    Check.equal("channels", Map.of(), after.fields().get("channels"));
    Check.equal("active_channels", 0, after.number("active_channels", -1));
  }

  /** Counts messages without parsing them, as a million of them would take long. */
  private static final class Counter implements java.util.function.Consumer<String> {
    private static final String CONTENT = "\"content\":";
    private final AtomicLong heard;
    private final AtomicReference<@Nullable String> fault;
    private long last;

    Counter(AtomicLong heard, AtomicReference<@Nullable String> fault) {
      this.heard = heard;
      this.fault = fault;
    }

    @Override
    public void accept(String text) {
      int at = text.indexOf(CONTENT) + CONTENT.length();
      long content = Long.parseLong(text.substring(at, text.indexOf(',', at)));
      if (content != last + 1 || !text.contains("\"offset\":" + content + "}")) {
        fault.compareAndSet(null, text + " after " + last);
      }
      last = content;
      heard.incrementAndGet();
    }
  }

  private static void million(Trial t) throws Exception {
    Trial own = t.own(false, "channels.bytes", "64MiB");
    AtomicLong heard = new AtomicLong();
    AtomicReference<@Nullable String> fault = new AtomicReference<>();
    for (int i = 0; i < MANY; i++) {
      Peer peer = own.as("u" + i);
      Trial.subscribe(peer, "c");
      peer.tally(new Counter(heard, fault));
    }
    Peer writer = own.as("writer");
    for (int i = 1; i <= MANY; i++) {
      writer.say("{'type':'message','channel':'c','content':%d}", i);
    }
    long wanted = (long) MANY * MANY;
    long before = -1;
    while (heard.get() < wanted && fault.get() == null && heard.get() > before) {
      // As long as something comes.
      before = heard.get();
      for (int waited = 0; waited < 100 && heard.get() == before; waited++) {
        Thread.sleep(100);
      }
    }
    Check.equal("fault", null, fault.get());
    Check.equal("deliveries", wanted, heard.get());
    Check.equal("gaps", 0.0, own.metric("holdfast_gap_events_total"));
  }

  private static void slowReader(Trial t) throws Exception {
    Trial own = t.own(false, "channels.events", "100");
    Peer slow = own.as("slow");
    Trial.subscribe(slow, "c");
    Peer fast = own.as("fast");
    Trial.subscribe(fast, "c");
    Peer writer = own.as("writer");
    slow.slow(1_000);
    String filler = "x".repeat(2_000);
    int messages = 3_000;
    for (int i = 1; i <= messages; i++) {
      writer.say("{'type':'message','id':'%d','channel':'c','content':[%d,'%s']}", i, i, filler);
      writer.next("ack");
      Check.equal("offset", i, fast.next("message").number("offset", -1));
    }
    Check.becomes(
        "the slow one is known to be behind", () -> own.metric("holdfast_connections_behind") == 1);
    // From here on it reads as fast as it can: what was kept, and one gap with its range.
    slow.slow(-1);
    long gaps = 0;
    long lost = 0;
    while (slow.offset("channel:c") < messages) {
      Frame frame = slow.next();
      if (frame.type().equals("gap")) {
        gaps++;
        lost += frame.number("to", 0) - frame.number("from", 0) + 1;
        Check.equal("reason", "slow", frame.text("reason"));
      }
    }
    slow.nothing();
    Check.that("gaps", gaps >= 1 && lost > 0 && lost < messages, gaps + " with " + lost);
    Check.equal(
        "gap events", (double) lost, own.metric("holdfast_gap_events_total{reason=\"slow\"}"));
  }

  private static void duplicates(Trial t) throws Exception {
    String ann = Trial.name("ann");
    String channel = Trial.name("c");
    Peer peer = t.connect("/ws");
    t.hello(peer, ann, "");
    String session = String.valueOf(peer.next("connected").text("session_id"));
    Peer witness = t.as(Trial.name("witness"));
    Trial.subscribe(witness, channel);
    String command = "{'type':'message','id':'once','channel':'" + channel + "','content':1}";
    peer.say(command);
    Frame first = peer.next("ack");
    peer.say(command);
    Frame second = peer.next("ack");
    Check.equal("duplicate", true, second.fields().get("duplicate"));
    Check.equal("position", first.text("position"), second.text("position"));
    peer.cut();
    Peer again = t.resume(ann, session);
    again.next("connected");
    again.say(command);
    Frame third = again.next("ack");
    Check.equal("duplicate", true, third.fields().get("duplicate"));
    Check.equal("position", first.text("position"), third.text("position"));
    witness.next("message");
    witness.nothing();
  }
}
