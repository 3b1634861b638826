package dev.holdfast.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.feed.FeedId;
import dev.holdfast.feed.From;
import dev.holdfast.session.Authenticator.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private final Stepped world = new Stepped();

  @Test
  void aValidTokenIsAnsweredUnasked() {
    Client ann = world.connect(world.first, "ann");
    String connected = ann.only();
    assertThat(connected).startsWith("{\"type\":\"connected\"").contains("\"user_id\":\"ann\"");
    assertThat(connected).contains("\"resumed\":false");
    assertThat(Client.text(connected, "connection_id")).isNotEmpty();
    assertThat(Client.text(connected, "session_id")).isNotEmpty();
  }

  @Test
  void anExpiredTokenIsRefusedBeforeAnythingElse() {
    Client someone = world.connect(world.first, "old");
    assertThat(someone.only())
        .contains("\"code\":\"unauthorized\"")
        .contains("\"reason\":\"expired\"");
    assertThat(someone.closeCode).isEqualTo(CloseCode.UNAUTHORIZED);
    someone.say("{\"type\":\"message\",\"content\":1}");
    assertThat(world.obeyed).isEmpty();
  }

  @Test
  void withoutATokenOnlyConnectIsHeard() {
    Client someone = world.connect(world.first, (String) null);
    assertThat(someone.take()).isEmpty();
    someone.say("{\"type\":\"message\",\"id\":\"7\",\"content\":1}");
    assertThat(someone.only()).contains("\"code\":\"unauthorized\"").contains("\"id\":\"7\"");
    assertThat(someone.closeCode).isEqualTo(4001);
    assertThat(world.obeyed).isEmpty();
  }

  @Test
  void aBinaryFrameIsNoConnectEither() {
    Client someone = world.connect(world.first, (String) null);
    assertThat(someone.admitted).isFalse();
    someone.connection().binary();
    assertThat(someone.only()).contains("\"code\":\"unauthorized\"");
    assertThat(someone.closeCode).isEqualTo(4001);
  }

  private Client tools() {
    return world.connect(
        world.first, new Opening(Endpoint.TOOLS, "10.0.0.1", null, null, null, null));
  }

  @Test
  void anotherOpThanHelloIsMissingItHoweverWrongItsFieldsAre() {
    for (String first : List.of("{\"op\":\"call_tool\"}", "{\"op\":\"ping\"}", "{}")) {
      Client someone = tools().say(first);
      assertThat(someone.only()).contains("\"ok\":false").contains("\"error\":\"missing_hello\"");
      assertThat(someone.closeCode).isEqualTo(CloseCode.MISSING_HELLO);
    }
    Client broken = tools().say("{\"op\":\"hello\",\"session_id\":7}");
    assertThat(broken.only()).contains("\"error\":\"invalid_hello\"");
    assertThat(broken.closeCode).isEqualTo(CloseCode.INVALID_HELLO);
    Client binary = tools();
    binary.connection().binary();
    assertThat(binary.only()).contains("\"error\":\"invalid_hello\"");
    assertThat(binary.closeCode).isEqualTo(CloseCode.INVALID_HELLO);
  }

  @Test
  void whoWaitsToSayHelloIsToldThatTheServerGoes() {
    Client late = tools();
    world.gateway.drain(Duration.ZERO, () -> {});
    world.run();
    world.pass(Duration.ofMillis(250));
    assertThat(late.only())
        .contains("\"ok\":false")
        .contains("\"error\":\"shutdown\"")
        .contains("\"retry_after_ms\":");
    assertThat(late.closeCode).isEqualTo(CloseCode.GOING_AWAY);
  }

  @Test
  void sessionsAreCountedAndTheirAgesToldExactly() {
    assertThat(world.gateway.sessionTotals()).isEqualTo(new SessionTotals(0, 0, 0, 0, 0, 0, 0));
    Client ann = world.connect(world.first, "ann");
    world.pass(Duration.ofSeconds(30));
    Client bob = world.connect(world.second, "bob");
    world.pass(Duration.ofSeconds(10));
    assertThat(world.gateway.sessionTotals())
        .isEqualTo(new SessionTotals(2, 2, 2, 0, 40_000, 10_000, 25_000));
    ann.cut();
    assertThat(world.gateway.sessionTotals().active()).isEqualTo(1);
    assertThat(world.gateway.sessionTotals().total()).isEqualTo(2);
    world.pass(Duration.ofSeconds(121));
    assertThat(world.gateway.sessionTotals())
        .isEqualTo(new SessionTotals(1, 1, 2, 1, 131_000, 131_000, 131_000));
    bob.cut();
    world.pass(Duration.ofSeconds(121));
    assertThat(world.gateway.sessionTotals()).isEqualTo(new SessionTotals(0, 0, 2, 2, 0, 0, 0));
  }

  @Test
  void silenceInsteadOfConnectIsClosedAfterTheHelloTimeout() {
    Client someone = world.connect(world.first, (String) null);
    world.pass(Duration.ofMillis(9_750));
    assertThat(someone.closeCode).isZero();
    world.pass(Duration.ofMillis(250));
    assertThat(someone.closeCode).isEqualTo(4001);
  }

  @Test
  void connectWithATokenAdmits() {
    Client ann = world.connect(world.first, (String) null);
    ann.say("{\"type\":\"connect\",\"id\":\"c1\",\"token\":\"ann\"}");
    assertThat(ann.only()).contains("\"type\":\"connected\"").contains("\"id\":\"c1\"");
  }

  @Test
  void framesThatComeWhileTheTokenIsCheckedAreObeyedAfterwardsInOrder() {
    world.holdVerdicts = true;
    Client ann = world.connect(world.first, (String) null);
    ann.say("{\"type\":\"connect\",\"token\":\"ann\"}");
    ann.say("{\"type\":\"message\",\"content\":1}").say("{\"type\":\"message\",\"content\":2}");
    assertThat(ann.reading).isFalse();
    assertThat(world.obeyed).isEmpty();
    world.lateVerdicts.remove().run();
    world.run();
    assertThat(world.obeyed).extracting(Object::toString).hasSize(2).isSorted();
    assertThat(ann.reading).isTrue();
  }

  @Test
  void aSocketThatIsGoneBeforeTheVerdictLeavesNothing() {
    world.holdVerdicts = true;
    Client ann = world.connect(world.first, (String) null);
    ann.say("{\"type\":\"connect\",\"token\":\"ann\"}");
    ann.cut();
    world.lateVerdicts.remove().run();
    world.run();
    assertThat(world.gateway.connections()).isZero();
    assertThat(world.gateway.sessions()).isZero();
  }

  @Test
  void inDevelopmentAnybodyIsAdmittedSilentlyAndMayNameItself() {
    Stepped dev = new Stepped(Stepped.settings(s -> s.anonymous = Stepped.ANN.as("dev-user")));
    Client someone = dev.connect(dev.first, (String) null);
    assertThat(someone.take()).isEmpty();
    someone.say("{\"type\":\"message\",\"content\":1}");
    assertThat(dev.obeyed).hasSize(1);
    someone.say("{\"type\":\"connect\",\"user_id\":\"zoe\"}");
    assertThat(someone.frames.getLast()).contains("\"user_id\":\"zoe\"");
    assertThat(dev.gateway.sessions()).isEqualTo(1);
  }

  @Test
  void standingFeedsAreReadFromAdmissionOn() {
    world.standing.add(new Catalog.Standing(new FeedId("channel", "user:ann"), From.NOW, true));
    world.standing.add(new Catalog.Standing(new FeedId("channel", "all"), From.NOW, false));
    Client ann = world.connect(world.first, "ann");
    String connected = ann.only();
    assertThat(connected).contains("\"feed\":\"channel:user:ann\"").doesNotContain("channel:all");
    world.say("user:ann", "hello");
    world.say("all", "everyone");
    world.run();
    assertThat(ann.take())
        .satisfiesExactlyInAnyOrder(
            frame ->
                assertThat(frame).contains("hello").contains("\"offset\":1").contains("\"feed\""),
            frame -> assertThat(frame).contains("everyone").doesNotContain("\"offset\""));
  }

  @Test
  void whoMayNotBeInTheChannelOfItsEndpointIsAdmittedFirstAndToldThen() {
    world.forbidden.add("ann lobby");
    Client ann =
        world.connect(world.first, new Opening(Endpoint.CHAT, "10.0.0.1", "ann", null, null, null));
    assertThat(ann.take())
        .satisfiesExactly(
            first -> assertThat(first).contains("\"type\":\"connected\""),
            second -> assertThat(second).contains("\"code\":\"forbidden\""));
  }

  @Test
  void theLimitOfSessionsIsToldInItsWords() {
    Stepped small = new Stepped(Stepped.settings(s -> s.maxSessions = 1));
    Client ann = small.connect(small.first, "ann");
    Client bob = small.connect(small.first, "bob");
    assertThat(bob.only()).contains("Maximum concurrent sessions (1) exceeded");
    assertThat(bob.closeCode).isEqualTo(CloseCode.OVER_CAPACITY);
    ann.cut();
    small.pass(Duration.ofSeconds(121));
    assertThat(small.connect(small.first, "bob").only()).contains("connected");
  }

  @Test
  void theDoorCountsInAllPerUserAndPerAddressAndHasRoomAgainAfterALeave() {
    Stepped small =
        new Stepped(
            Stepped.settings(s -> {
              s.maxConnections = 3;
              s.maxPerUser = 1;
              s.maxPerIp = 2;
            }));
    Client ann = small.connect(small.first, "ann");
    assertThat(small.connect(small.first, "ann").refused)
        .isNotNull()
        .extracting(Knock.Refused::status)
        .isEqualTo(429);
    Client bob = small.connect(small.first, "bob");
    assertThat(small.connect(small.first, (String) null).refused)
        .isNotNull()
        .extracting(Knock.Refused::message)
        .isEqualTo("too many connections from this address");
    Client other =
        small.connect(small.first, new Opening(Endpoint.WS, "10.0.0.2", null, null, null, null));
    assertThat(
            small.connect(small.first, new Opening(Endpoint.WS, "10.0.0.3", null, null, null, null))
                .refused)
        .isNotNull()
        .extracting(Knock.Refused::status)
        .isEqualTo(503);
    ann.cut();
    assertThat(small.connect(small.first, "ann").refused).isNull();
    bob.cut();
    other.cut();
    assertThat(small.gateway.connections()).isEqualTo(1);
  }

  @Test
  void anAddressThatConnectsTooOftenIsRefusedForAWhile() {
    Stepped small = new Stepped(Stepped.settings(s -> s.connectsPerSecond = 1));
    small.connect(small.first, "ann");
    small.connect(small.first, "ann");
    assertThat(small.connect(small.first, "ann").refused)
        .isNotNull()
        .extracting(Knock.Refused::status)
        .isEqualTo(429);
    small.pass(Duration.ofSeconds(1));
    assertThat(small.connect(small.first, "ann").refused).isNull();
  }

  @Test
  void aTokenThatEndsIsAnnouncedAndThenEndsTheConnection() {
    Instant end = world.instant().plusSeconds(90);
    world.tokens.put("brief", new Verdict.Valid(expiring(end)));
    Client ann = world.connect(world.first, "brief");
    ann.take();
    world.pass(Duration.ofSeconds(31));
    assertThat(ann.only()).contains("\"type\":\"token_expiring\"");
    ann.say("{\"type\":\"refresh\",\"token\":\"bob\"}");
    assertThat(ann.only()).contains("forbidden");
    world.pass(Duration.ofSeconds(1));
    assertThat(ann.take()).as("a refused refresh is no new end to warn of").isEmpty();
    world.pass(Duration.ofMinutes(1));
    assertThat(ann.only()).contains("\"reason\":\"expired\"");
    assertThat(ann.closeCode).isEqualTo(4001);
  }

  @Test
  void aRefreshedTokenKeepsTheConnection() {
    world.tokens.put("brief", new Verdict.Valid(expiring(world.instant().plusSeconds(90))));
    world.tokens.put("longer", new Verdict.Valid(expiring(world.instant().plusSeconds(900))));
    Client ann = world.connect(world.first, "brief");
    ann.take();
    ann.say("{\"type\":\"refresh\",\"id\":\"r\",\"token\":\"longer\"}");
    assertThat(ann.only()).contains("\"type\":\"refreshed\"").contains("\"id\":\"r\"");
    world.pass(Duration.ofMinutes(2));
    assertThat(ann.closeCode).isZero();
    ann.say("{\"type\":\"refresh\",\"token\":\"bob\"}");
    assertThat(ann.only()).contains("forbidden");
    assertThat(ann.closeCode).isZero();
  }

  @Test
  void aRevokedTokenEndsTheLiveConnection() {
    Client ann = world.connect(world.first, "ann");
    Client bob = world.connect(world.second, "bob");
    ann.take();
    world.gateway.revoke("jti-ann");
    world.run();
    assertThat(ann.only()).contains("\"reason\":\"revoked\"");
    assertThat(ann.closeCode).isEqualTo(4001);
    assertThat(bob.closeCode).isZero();
  }

  private static Principal expiring(Instant at) {
    Principal ann = Stepped.ANN;
    return new Principal(
        ann.userId(),
        ann.teams(),
        ann.workspace(),
        ann.channels(),
        ann.publish(),
        ann.roles(),
        null,
        at);
  }
}
