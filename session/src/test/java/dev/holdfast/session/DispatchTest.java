package dev.holdfast.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchTest {

  private final Stepped world = new Stepped();

  private Client ann() {
    Client ann = world.connect(world.first, "ann");
    ann.take();
    return ann;
  }

  @Test
  void subscribingTwiceIsTheSameAsOnce() {
    Client ann = ann();
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    assertThat(ann.take()).hasSize(2).allMatch(f -> f.contains("\"type\":\"subscribed\""));
    world.say("a", "hi");
    world.run();
    assertThat(ann.take()).hasSize(1);
    assertThat(world.members).hasSize(1);
  }

  @Test
  void unsubscribingFromWhatIsNotReadIsHarmless() {
    Client ann = ann();
    ann.say("{\"type\":\"unsubscribe\",\"id\":\"u\",\"channel\":\"never\"}");
    assertThat(ann.only())
        .isEqualTo("{\"type\":\"unsubscribed\",\"id\":\"u\",\"channel\":\"never\"}");
  }

  @Test
  void aPositionOfAnotherLifeOfTheFeedIsNotCalledRecovered() {
    Client ann = ann();
    world.say("a", "one");
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\",\"from\":{\"after\":\"zzz:1\"}}");
    List<String> frames = ann.take();
    assertThat(frames.get(0)).contains("\"recovered\":false");
    assertThat(frames.get(1)).contains("one");
  }

  @Test
  void historyIsGivenPageByPage() {
    Client ann = ann();
    for (int i = 1; i <= 5; i++) {
      world.say("a", "n" + i);
    }
    ann.say("{\"type\":\"history\",\"id\":\"h\",\"feed\":\"channel:a\",\"limit\":3}");
    String page = ann.only();
    assertThat(page).contains("n1").contains("n3").doesNotContain("n4");
    String next = Client.text(page, "position");
    ann.say("{\"type\":\"history\",\"feed\":\"channel:a\",\"limit\":3,\"after\":\"" + next + "\"}");
    assertThat(ann.only()).contains("n4").contains("n5").contains("\"complete\":true");
    ann.say("{\"type\":\"history\",\"feed\":\"channel:a\",\"limit\":2,\"reverse\":true}");
    String newest = ann.only();
    assertThat(newest).contains("n5").contains("n4").doesNotContain("n3");
    assertThat(newest.indexOf("n5")).isLessThan(newest.indexOf("n4"));
  }

  @Test
  void whatCannotBeObeyedIsRefusedAndTheNextFrameIsObeyed() {
    Client ann = ann();
    ann.say("{nonsense").say("{\"type\":\"nonsense\"}").say("{\"type\":\"message\"}");
    assertThat(ann.take())
        .satisfiesExactly(
            f -> assertThat(f).contains("bad_json"),
            f -> assertThat(f).contains("unknown_type"),
            f -> assertThat(f).contains("bad_request").contains("content"));
    ann.say("{\"type\":\"ping\",\"timestamp\":\"t\"}");
    assertThat(ann.only()).contains("pong");
    assertThat(ann.closeCode).isZero();
  }

  @Test
  void aFaultIsAnsweredWithAnErrorIdAndNothingElse() {
    Client ann = ann();
    world.failCommands = true;
    ann.say("{\"type\":\"broadcast\",\"id\":\"b\",\"content\":1}");
    assertThat(ann.only())
        .contains("\"code\":\"internal\"")
        .contains("error_id")
        .doesNotContain("on purpose");
  }

  @Test
  void binaryFramesAreRefusedAndTheConnectionStays() {
    Client ann = ann();
    ann.connection().binary();
    assertThat(ann.only()).contains("bad_request");
    assertThat(ann.closeCode).isZero();
  }

  @Test
  void aClientThatSaysTooMuchIsToldWhenToTryAgain() {
    Stepped strict = new Stepped(Stepped.settings(s -> s.commandsPerSecond = 2));
    Client ann = strict.connect(strict.first, "ann");
    ann.take();
    for (int i = 0; i < 3; i++) {
      ann.say("{\"type\":\"ping\",\"id\":\"p" + i + "\"}");
    }
    List<String> frames = ann.take();
    assertThat(frames.get(1)).contains("pong");
    assertThat(frames.get(2))
        .contains("rate_limited")
        .contains("\"id\":\"p2\"")
        .contains("\"retry_after_ms\":500");
    strict.pass(Duration.ofSeconds(1));
    ann.say("{\"type\":\"ping\"}");
    assertThat(ann.only()).contains("pong");
  }

  @Test
  void moreFeedsThanAllowedAreRefused() {
    Stepped strict = new Stepped(Stepped.settings(s -> s.maxAttachments = 1));
    Client ann = strict.connect(strict.first, "ann");
    ann.take();
    ann.say("{\"type\":\"subscribe\",\"channel\":\"a\"}");
    ann.say("{\"type\":\"attach\",\"feed\":\"channel:b\"}");
    assertThat(ann.take().getLast()).contains("over_capacity");
  }

  @Test
  void rememberedAnswersAreBounded() {
    Stepped strict = new Stepped(Stepped.settings(s -> s.rememberedAnswers = 2));
    Client ann = strict.connect(strict.first, "ann");
    for (String id : List.of("1", "2", "3", "1", "3")) {
      ann.say("{\"type\":\"broadcast\",\"id\":\"" + id + "\",\"content\":1}");
    }
    assertThat(strict.obeyed).hasSize(4);
  }

  @Test
  void whoSpeaksWithoutNamingAChannelHearsItselfInTheDefaultOne() {
    Client ann = ann();
    ann.say("{\"type\":\"message\",\"content\":1}");
    world.say("lobby", "echo");
    world.run();
    assertThat(ann.only()).contains("channel:lobby");
  }

  @Test
  void anAdministratorEndsASessionForGood() {
    Client ann = world.connect(world.first, "ann");
    String session = Client.text(ann.only(), "session_id");
    assertThat(world.gateway.disconnect(session)).isTrue();
    world.run();
    assertThat(ann.closeCode).isEqualTo(CloseCode.DISCONNECTED);
    assertThat(world.gateway.sessions()).isZero();
    assertThat(world.gateway.disconnect(session)).isFalse();
  }
}
