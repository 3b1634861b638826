package dev.holdfast.conformance;

import static dev.holdfast.conformance.Case.Need.OWN;
import static dev.holdfast.conformance.Case.Need.TOKENS;
import static dev.holdfast.conformance.Case.Need.USERS;

import dev.holdfast.client.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Talking in channels: MSG1 to MSG11, MSG13, MSG15, MSG16. */
final class ChannelCases {

  private ChannelCases() {}

  static List<Case> all() {
    return List.of(
        new Case(
            "MSG1",
            "a message reaches all subscribers once, in order, the sender included",
            USERS,
            ChannelCases::message),
        new Case(
            "MSG2",
            "a broadcast reaches every other connection and not the sender",
            OWN,
            ChannelCases::broadcast),
        new Case(
            "MSG3",
            "a direct message reaches all sockets of its user, and waits for one away",
            USERS,
            ChannelCases::direct),
        new Case(
            "MSG4",
            "what is said in one channel is not heard in another",
            USERS,
            ChannelCases::isolation),
        new Case("MSG5", "three channels over one connection", USERS, ChannelCases::three),
        new Case(
            "MSG6",
            "subscribing twice is as once; unsubscribing from nothing is harmless",
            USERS,
            ChannelCases::twice),
        new Case(
            "MSG7",
            "an event has its type, its data and a time in UTC",
            USERS,
            ChannelCases::envelope),
        new Case(
            "MSG8",
            "nested JSON and Unicode arrive as they were sent",
            USERS,
            ChannelCases::unicode),
        new Case(
            "MSG9",
            "admission subscribes to user, teams and workspace",
            TOKENS,
            ChannelCases::standing),
        new Case("MSG10", "another user's channel is forbidden", TOKENS, ChannelCases::foreign),
        new Case(
            "MSG11",
            "publishing without the right is forbidden",
            TOKENS,
            ChannelCases::unpublishable),
        new Case("MSG13", "history pages forward and backward", USERS, ChannelCases::history),
        new Case(
            "MSG15",
            "presence counts users; join and leave come once per user",
            USERS,
            ChannelCases::presence),
        new Case(
            "MSG16",
            "publishing to nobody is fine, and so is a direct message to a stranger",
            USERS,
            ChannelCases::nobody));
  }

  private static void message(Trial t) throws Exception {
    String channel = Trial.name("c");
    String ann = Trial.name("ann");
    List<Peer> peers = List.of(t.as(ann), t.as(Trial.name("bob")), t.as(ann));
    for (Peer peer : peers) {
      Trial.subscribe(peer, channel);
    }
    for (int i = 1; i <= 50; i++) {
      peers.getFirst().say("{'type':'message','channel':'%s','content':%d}", channel, i);
    }
    for (Peer peer : peers) {
      for (int i = 1; i <= 50; i++) {
        Frame message = peer.next("message");
        Check.equal("content", i, message.number("content", -1));
        Check.equal("from", ann, message.text("from"));
        Check.equal("channel", channel, message.text("channel"));
        Check.equal("feed", "channel:" + channel, message.text("feed"));
        Check.that("message_id", message.text("message_id") != null, message);
      }
      peer.nothing();
    }
    Peer chat = t.connect("/ws/chat?channel=" + channel);
    t.hello(chat, Trial.name("zoe"), "");
    Peer lobby = t.connect("/ws/chat");
    t.hello(lobby, Trial.name("zoe"), "");
    Frame connected = nextConnected(chat);
    Check.that("joined", connected.json().contains("\"channel:" + channel + "\""), connected);
    Check.that("joined", nextConnected(lobby).json().contains("\"channel:lobby\""), lobby);
    chat.say("{'type':'message','content':'hi'}");
    Check.equal("content", "hi", chat.next("message").text("content"));
  }

  /** In development a chat is in its channel before it says who it is. */
  private static Frame nextConnected(Peer peer) throws InterruptedException {
    Frame frame = peer.next();
    while (!frame.type().equals("connected")) {
      frame = peer.next();
    }
    return frame;
  }

  private static void broadcast(Trial t) throws Exception {
    Trial own = t.own(false);
    Peer sender = own.as("ann");
    List<Peer> others = List.of(own.as("ann"), own.as("bob"), own.as("zoe"));
    sender.say("{'type':'broadcast','id':'b','content':{'a':[1]}}");
    Check.equal("recipients", 3, sender.next("ack").number("recipients", -1));
    for (Peer other : others) {
      Frame heard = other.next("broadcast");
      Check.equal("from", "ann", heard.text("from"));
      Check.equal("content", Map.of("a", List.of(1)), heard.fields().get("content"));
      Check.that("timestamp", String.valueOf(heard.text("timestamp")).endsWith("Z"), heard);
      other.nothing();
    }
    sender.nothing();
    own.json(own.http("POST", "/api/broadcast", "{'content':'maintenance'}"));
    sender.next("broadcast");
    for (Peer other : others) {
      Check.equal("content", "maintenance", other.next("broadcast").text("content"));
    }
  }

  private static void direct(Trial t) throws Exception {
    String zoe = Trial.name("zoe");
    Peer ann = t.as(Trial.name("ann"));
    Peer bob = t.as(Trial.name("bob"));
    List<Peer> sockets = List.of(t.as(zoe), t.as(zoe));
    ann.say("{'type':'direct','id':'1','to':'%s','content':'psst'}", zoe);
    Check.equal("delivered", 2, ann.next("ack").number("delivered", -1));
    for (Peer socket : sockets) {
      Frame heard = socket.next("direct");
      Check.equal("content", "psst", heard.text("content"));
      Check.equal("to", zoe, heard.text("to"));
      socket.nothing();
    }
    bob.nothing();
    ann.nothing();
    String away = Trial.name("away");
    for (int i = 1; i <= 3; i++) {
      ann.say("{'type':'direct','id':'away-%d','to':'%s','content':%d}", i, away, i);
      Check.equal("delivered", 0, ann.next("ack").number("delivered", -1));
    }
    Peer back = t.as(away);
    for (int i = 1; i <= 3; i++) {
      Check.equal("content", i, back.next("direct").number("content", -1));
    }
    back.nothing();
  }

  private static void isolation(Trial t) throws Exception {
    String one = Trial.name("one");
    Peer ann = t.as(Trial.name("ann"));
    Peer bob = t.as(Trial.name("bob"));
    Trial.subscribe(ann, one);
    Trial.subscribe(bob, Trial.name("two"));
    ann.say("{'type':'message','channel':'%s','content':1}", one);
    ann.next("message");
    bob.nothing();
  }

  private static void three(Trial t) throws Exception {
    Peer ann = t.as(Trial.name("ann"));
    List<String> channels = List.of(Trial.name("a"), Trial.name("b"), Trial.name("c"));
    for (String channel : channels) {
      Trial.subscribe(ann, channel);
    }
    for (int i = 0; i < 30; i++) {
      ann.say("{'type':'message','channel':'%s','content':%d}", channels.get(i % 3), i);
    }
    List<Long> heard = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Frame message = ann.next("message");
      heard.add(message.number("content", -1));
      Check.equal(
          "channel",
          channels.get((int) (message.number("content", -1) % 3)),
          message.text("channel"));
    }
    Check.equal("distinct", 30L, heard.stream().distinct().count());
    ann.nothing();
  }

  private static void twice(Trial t) throws Exception {
    String channel = Trial.name("c");
    Peer ann = t.as(Trial.name("ann"));
    Frame first = Trial.subscribe(ann, channel);
    Frame second = Trial.subscribe(ann, channel);
    Check.equal("position", first.text("position"), second.text("position"));
    ann.say("{'type':'message','channel':'%s','content':1}", channel);
    ann.next("message");
    ann.nothing();
    ann.say("{'type':'unsubscribe','id':'u','channel':'%s'}", channel);
    Check.equal("id", "u", ann.next("unsubscribed").text("id"));
    ann.say("{'type':'unsubscribe','channel':'%s'}", Trial.name("never"));
    ann.next("unsubscribed");
    ann.say("{'type':'message','id':'m','channel':'%s','content':2}", channel);
    ann.next("ack");
    ann.nothing();
  }

  private static void envelope(Trial t) throws Exception {
    String channel = Trial.name("c");
    Peer ann = t.as(Trial.name("ann"));
    Trial.subscribe(ann, channel);
    t.json(
        t.http(
            "POST",
            "/api/publish",
            "{'channel':'" + channel + "','event':'canvas:update','data':{'x':1}}"));
    ann.say("{'type':'publish','channel':'%s','event':'canvas:update','data':{'x':2}}", channel);
    for (int i = 1; i <= 2; i++) {
      Frame event = ann.next("canvas:update");
      Check.equal("data", Map.of("x", i), event.fields().get("data"));
      Check.equal("offset", i, event.number("offset", -1));
      String time = String.valueOf(event.text("timestamp"));
      Check.that(
          "timestamp", time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"), time);
    }
    ann.nothing();
  }

  private static void unicode(Trial t) throws Exception {
    String channel = Trial.name("c");
    Peer ann = t.as(Trial.name("ann"));
    Trial.subscribe(ann, channel);
    for (String content :
        List.of(
            "{\"a\":[1,{\"b\":null}],\"n\":-1.5e300,\"e\":{},\"l\":[]}",
            "\"astral \ud83d\ude00 rtl \u05e9\u05dc\u05d5\u05dd \u202e combining e\u0301\"",
            "\"\\u0000\\u001f\\n\\\"\\\\\\/\"",
            "12345678901234567890123456789",
            "\"\\ud83d\\ude00\"",
            "null",
            "[[[[[[[[[[]]]]]]]]]]")) {
      ann.sayRaw(
          "{\"type\":\"message\",\"channel\":\"" + channel + "\",\"content\":" + content + "}");
      String heard = ann.next("message").json();
      Check.that("content", heard.contains("\"content\":" + content + ","), heard);
    }
  }

  private static void standing(Trial t) throws Exception {
    String user = Trial.name("ann");
    String team = Trial.name("team");
    Peer ann =
        t.connect("/ws?token=" + t.token(user, "'teams':['" + team + "','zz'],'workspace':'acme'"));
    List<String> feeds = new ArrayList<>();
    if (ann.next("connected").fields().get("feeds") instanceof List<?> places) {
      for (Object place : places) {
        feeds.add(String.valueOf(((Map<?, ?>) place).get("feed")));
      }
    }
    Check.equal(
        "feeds",
        List.of(
            "channel:user:" + user,
            "channel:team:" + team,
            "channel:team:zz",
            "channel:workspace:acme"),
        feeds);
    t.json(
        t.http("POST", "/api/publish", "{'channel':'team:" + team + "','event':'a:b','data':1}"));
    Check.equal("channel", "team:" + team, ann.next("a:b").text("channel"));
  }

  private static void foreign(Trial t) throws Exception {
    Peer ann = t.connect("/ws?token=" + t.token(Trial.name("ann"), "'channels':['*']"));
    ann.next("connected");
    for (String channel : List.of("user:" + Trial.name("bob"), "team:blue", "workspace:other")) {
      ann.say("{'type':'subscribe','channel':'%s'}", channel);
      ann.error("forbidden");
      ann.say("{'type':'attach','feed':'channel:%s'}", channel);
      ann.error("forbidden");
      ann.say("{'type':'history','feed':'channel:%s'}", channel);
      ann.error("forbidden");
      ann.say("{'type':'presence','channel':'%s'}", channel);
      ann.error("forbidden");
    }
    ann.nothing();
  }

  private static void unpublishable(Trial t) throws Exception {
    String open = Trial.name("open-");
    String claims = "'channels':['open-*'],'publish':['" + open + "']";
    Peer ann = t.connect("/ws?token=" + t.token(Trial.name("ann"), claims));
    ann.next("connected");
    Trial.subscribe(ann, open);
    Trial.subscribe(ann, "open-other");
    ann.say("{'type':'publish','channel':'open-other','event':'a:b','data':1}");
    ann.error("forbidden");
    ann.say("{'type':'message','channel':'open-other','content':1}");
    ann.error("forbidden");
    ann.say("{'type':'subscribe','channel':'closed'}");
    ann.error("forbidden");
    ann.say("{'type':'get_stats'}");
    ann.error("forbidden");
    ann.say("{'type':'message','channel':'%s','content':1}", open);
    ann.next("message");
    ann.nothing();
  }

  private static void history(Trial t) throws Exception {
    String channel = Trial.name("c");
    Peer ann = t.as(Trial.name("ann"));
    Trial.subscribe(ann, channel);
    for (int i = 1; i <= 25; i++) {
      ann.say("{'type':'message','channel':'%s','content':%d}", channel, i);
      ann.next("message");
    }
    String after = "";
    List<Long> forward = new ArrayList<>();
    boolean complete = false;
    while (!complete) {
      ann.say("{'type':'history','feed':'channel:%s','limit':10%s}", channel, after);
      Frame page = ann.next("history");
      forward.addAll(contents(page));
      after = ",'after':'" + page.text("position") + "'";
      complete = page.flag("complete");
    }
    Check.equal(
        "forward", java.util.stream.LongStream.rangeClosed(1, 25).boxed().toList(), forward);
    ann.say("{'type':'history','feed':'channel:%s','limit':10,'reverse':true}", channel);
    Frame last = ann.next("history");
    Check.equal(
        "newest first", List.of(25L, 24L, 23L, 22L, 21L, 20L, 19L, 18L, 17L, 16L), contents(last));
    ann.say(
        "{'type':'history','feed':'channel:%s','limit':20,'reverse':true,'after':'%s'}",
        channel, String.valueOf(last.text("position")));
    Frame rest = ann.next("history");
    Check.equal("rest", 15, contents(rest).size());
    Check.equal("complete", true, rest.fields().get("complete"));
    for (String bad : List.of("'limit':0", "'limit':'x'", "'after':'nonsense'", "'reverse':1")) {
      ann.say("{'type':'history','feed':'channel:%s',%s}", channel, bad);
      ann.error("bad_request");
    }
    ann.nothing();
  }

  private static List<Long> contents(Frame page) {
    List<Long> contents = new ArrayList<>();
    if (page.fields().get("events") instanceof List<?> events) {
      for (Object event : events) {
        contents.add(
            ((Number) java.util.Objects.requireNonNull(((Map<?, ?>) event).get("content")))
                .longValue());
      }
    }
    return contents;
  }

  private static void presence(Trial t) throws Exception {
    String channel = Trial.name("room");
    String ann = Trial.name("ann");
    String me = Trial.name("zwatcher");
    Peer watcher = t.as(me);
    watcher.say("{'type':'subscribe','channel':'%s','presence':true}", channel);
    watcher.next("subscribed");
    watcher.next("attached");
    List<Peer> twice = List.of(t.as(ann), t.as(ann));
    for (Peer peer : twice) {
      Trial.subscribe(peer, channel);
    }
    Check.equal("join", ann, watcher.next("join").text("user_id"));
    watcher.say("{'type':'presence','channel':'%s'}", channel);
    Frame now = watcher.next("presence");
    Check.equal("total", 2, now.number("total", -1));
    Check.equal(
        "members",
        List.of(Map.of("user_id", ann, "connections", 2), Map.of("user_id", me, "connections", 1)),
        now.fields().get("members"));
    twice.getFirst().cut();
    twice.getLast().say("{'type':'unsubscribe','channel':'%s'}", channel);
    Check.equal("leave", ann, watcher.next("leave").text("user_id"));
    watcher.nothing();
  }

  private static void nobody(Trial t) throws Exception {
    Peer ann = t.as(Trial.name("ann"));
    ann.say("{'type':'message','id':'1','channel':'%s','content':1}", Trial.name("empty"));
    Check.that("position", String.valueOf(ann.next("ack").text("position")).endsWith(":1"), ann);
    ann.say("{'type':'direct','id':'2','to':'%s','content':1}", Trial.name("stranger"));
    Check.equal("delivered", 0, ann.next("ack").number("delivered", -1));
    ann.nothing();
  }
}
