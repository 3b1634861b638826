package dev.holdfast.kinds.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AgentSessionTest {

  private static final String INIT =
      "{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s-1\",\"tools\":[]}\r\n";

  @Test
  void theSessionIsFoundWhereverItsLineIsCut() {
    for (int at = 0; at <= INIT.length(); at++) {
      AgentSession session = new AgentSession();
      session.take("$ agent\r\nnothing {\r\n" + INIT.substring(0, at));
      session.take(INIT.substring(at) + "{\"type\":\"assistant\"}\r\n");
      assertThat(session.id()).as("cut at %s", at).isEqualTo("s-1");
    }
  }

  @Test
  void whatOnlyLooksLikeItIsNone() {
    AgentSession session = new AgentSession();
    session.take("{\"subtype\":\"init\",\"session_id\":\"x\"}\n");
    session.take("{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":7}\n");
    session.take("{\"type\":\"system\",\"subtype\":\"init\",\n{" + "x".repeat(20_000) + "\n");
    assertThat(session.id()).isNull();
  }
}
