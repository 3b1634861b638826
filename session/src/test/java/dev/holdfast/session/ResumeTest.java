package dev.holdfast.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResumeTest {

  private final Stepped world = new Stepped();

  private Client back(Stepped.StepLoop on, String user, String session) {
    return world.connect(on, new Opening(Endpoint.WS, "10.0.0.1", user, session, null, null));
  }

  private static String sessionOf(Client client) {
    return Client.text(client.take().getFirst(), "session_id");
  }

  @Test
  void whatWasMissedComesOnceAndInOrder() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    world.say("a", "one");
    world.run();
    assertThat(ann.take()).hasSize(2);
    world.pass(Duration.ofMillis(250));
    ann.cut();
    world.say("a", "two");
    world.say("a", "three");
    Client again = back(world.first, "ann", session);
    List<String> frames = again.take();
    assertThat(frames).hasSize(3);
    assertThat(frames.get(0))
        .contains("\"resumed\":true")
        .contains("\"session_id\":\"" + session + "\"")
        .contains("\"feed\":\"channel:a\"")
        .contains("\"recovered\":true");
    assertThat(frames.get(1)).contains("two").contains("\"offset\":2");
    assertThat(frames.get(2)).contains("three").contains("\"offset\":3");
  }

  @Test
  void whatTheClientNeverConfirmedComesAgain() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    ann.answersPings = false;
    world.say("a", "one");
    world.run();
    assertThat(ann.take()).hasSize(2);
    ann.cut();
    assertThat(back(world.first, "ann", session).take())
        .hasSize(2)
        .last()
        .asString()
        .contains("one");
  }

  @Test
  void thePositionsThatTheClientGivesDecide() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.answersPings = false;
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    String position = Client.text(ann.only(), "position");
    String epoch = position.substring(0, position.indexOf(':'));
    for (int i = 1; i <= 5; i++) {
      world.say("a", "n" + i);
    }
    world.run();
    ann.cut();
    Client again = world.connect(world.second, (String) null);
    again.say(
        "{\"type\":\"connect\",\"token\":\"ann\",\"session_id\":\"%s\",\"positions\":{\"channel:a\":\"%s:3\"}}"
            .formatted(session, epoch));
    List<String> frames = again.take();
    assertThat(frames).hasSize(3);
    assertThat(frames.get(0)).contains("\"position\":\"" + epoch + ":3\"");
    assertThat(frames.get(1)).contains("n4");
    assertThat(frames.get(2)).contains("n5");
  }

  @Test
  void beyondRetentionTheRecoveryIsNotCalledOne() {
    world.retention = new dev.holdfast.feed.Retention(2, 1 << 20, Duration.ofHours(1));
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    ann.cut();
    for (int i = 1; i <= 5; i++) {
      world.say("a", "n" + i);
    }
    List<String> frames = back(world.first, "ann", session).take();
    assertThat(frames.get(0)).contains("\"recovered\":false");
    assertThat(frames).hasSize(3);
    assertThat(frames.get(1)).contains("n4").contains("\"offset\":4");
  }

  @Test
  void anotherUsersSessionIsAsUnknownAsNone() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.cut();
    String foreign = back(world.first, "bob", session).only();
    String unknown = back(world.first, "bob", "nonsense").only();
    assertThat(foreign).contains("\"resumed\":false").doesNotContain(session);
    assertThat(foreign.replaceAll("\"(connection|session)_id\":\"[^\"]*\"", ""))
        .isEqualTo(unknown.replaceAll("\"(connection|session)_id\":\"[^\"]*\"", ""));
  }

  @Test
  void theNewerConnectionTakesTheSessionOverAlsoFromAnotherLoop() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    ann.take();
    Client newer = back(world.second, "ann", session);
    assertThat(ann.closeCode).isEqualTo(CloseCode.TAKEN_OVER);
    assertThat(ann.closeReason).isEqualTo("taken_over");
    assertThat(newer.only()).contains("\"resumed\":true");
    world.say("a", "hi");
    world.run();
    assertThat(ann.take()).isEmpty();
    assertThat(newer.only()).contains("hi");
    ann.cut();
    assertThat(world.gateway.sessions()).isEqualTo(1);
    assertThat(world.members).hasSize(1);
  }

  @Test
  void aSessionEndsWithTheResumeWindow() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.cut();
    world.pass(Duration.ofMillis(119_500));
    assertThat(world.gateway.sessions()).isEqualTo(1);
    world.pass(Duration.ofMillis(750));
    assertThat(world.gateway.sessions()).isZero();
    assertThat(back(world.first, "ann", session).only()).contains("\"resumed\":false");
  }

  @Test
  void aSessionThatCameBackIsNotEndedByTheEarlierLeave() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.cut();
    world.pass(Duration.ofMinutes(1));
    Client again = back(world.first, "ann", session);
    world.pass(Duration.ofSeconds(61));
    assertThat(world.gateway.sessions()).isEqualTo(1);
    again.cut();
    world.pass(Duration.ofSeconds(100));
    assertThat(back(world.first, "ann", session).only()).contains("\"resumed\":true");
  }

  @Test
  void nobodyIsAMemberWhileAway() {
    Client ann = world.connect(world.first, "ann");
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\",\"presence\":true}");
    assertThat(world.members).hasSize(2);
    ann.cut();
    assertThat(world.members).isEmpty();
    assertThat(world.gateway.connections()).isZero();
  }

  @Test
  void aCommandThatComesAgainAfterTheCutIsAnsweredAndNotObeyedAgain() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.say("{\"type\":\"broadcast\",\"id\":\"x\",\"content\":1}");
    String answer = ann.only();
    ann.cut();
    Client again = back(world.second, "ann", session);
    again.take();
    again.say("{\"type\":\"broadcast\",\"id\":\"x\",\"content\":1}");
    assertThat(again.only())
        .isEqualTo(answer.substring(0, answer.length() - 1) + ",\"duplicate\":true}");
    assertThat(world.obeyed).hasSize(1);
  }

  @Test
  void aFeedThatIsForbiddenByThenIsLetGoAndTold() {
    Client ann = world.connect(world.first, "ann");
    String session = sessionOf(ann);
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    ann.cut();
    world.forbidden.add("ann a");
    List<String> frames = back(world.first, "ann", session).take();
    assertThat(frames).hasSize(2);
    assertThat(frames.get(0)).contains("\"type\":\"detached\"").contains("channel:a");
    assertThat(frames.get(1)).contains("\"feeds\":[]");
  }
}
