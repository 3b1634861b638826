package dev.holdfast.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.wire.ClientFrame.Begin;
import dev.holdfast.wire.ServerFrame.FeedPlace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The dialect of tools: what it reads, and the exact text of what it writes. */
class OpDialectTest {

  private static Inbound decode(String text) {
    return Dialect.OP.decode(text.getBytes(UTF_8), null);
  }

  private static String encode(ServerFrame frame) {
    return new String(Dialect.OP.encode(frame), UTF_8);
  }

  @Test
  void everyOpIsReadAsTheFrameThatTheOtherDialectHas() {
    assertThat(decode("{\"op\":\"hello\",\"session_id\":\"abc\",\"token\":\"t\"}"))
        .isEqualTo(new ClientFrame.Connect(null, "t", "abc", null, Map.of()));
    assertThat(decode("{\"op\":\"list_tools\",\"request_id\":\"r\"}"))
        .isEqualTo(new ClientFrame.ListTools("r"));
    ClientFrame call = new ClientFrame.CallTool("r", "echo", RawJson.of("{\"a\":1}"));
    assertThat(
            decode(
                "{\"op\":\"call_tool\",\"request_id\":\"r\",\"name\":\"echo\",\"arguments\":{\"a\":1}}"))
        .isEqualTo(call);
    assertThat(
            decode(
                "{\"op\":\"tool_call\",\"request_id\":\"r\",\"tool\":\"echo\",\"arguments\":{\"a\":1}}"))
        .isEqualTo(call);
    assertThat(decode("{\"op\":\"cancel\",\"request_id\":\"r\"}"))
        .isEqualTo(new ClientFrame.CancelCall("r", "r"));
    assertThat(decode("{\"op\":\"attach_call\",\"call_feed\":\"call:1\"}"))
        .isEqualTo(new ClientFrame.Attach(null, "call:1", new Begin.Start()));
    assertThat(
            decode(
                "{\"op\":\"attach_call\",\"call_feed\":\"call:1\",\"from\":{\"after\":\"a:2\"}}"))
        .isEqualTo(new ClientFrame.Attach(null, "call:1", new Begin.After("a:2")));
    assertThat(decode("{\"op\":\"ping\"}")).isEqualTo(new ClientFrame.Ping(null, null));
    assertThat(decode("{\"op\":\"health\"}")).isEqualTo(new ClientFrame.Health(null));
    assertThat(decode("{\"op\":\"rotate_token\",\"old\":\"a\",\"new\":\"b\"}"))
        .isEqualTo(new ClientFrame.RotateToken(null, "a", "b"));
  }

  @Test
  void argumentsThatAreNullAreNone() {
    ClientFrame none = new ClientFrame.CallTool("r", "echo", null);
    for (String op : List.of("\"call_tool\",\"name\"", "\"tool_call\",\"tool\"")) {
      assertThat(decode("{\"op\":" + op + ":\"echo\",\"request_id\":\"r\",\"arguments\":null}"))
          .isEqualTo(none);
    }
    assertThat(
            TypeDialect.decode(
                "{\"type\":\"call_tool\",\"id\":\"r\",\"name\":\"echo\",\"arguments\":null}"
                    .getBytes(UTF_8)))
        .isEqualTo(none);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThat(decode("{")).isInstanceOf(Inbound.Malformed.class);
    assertThat(decode("{\"op\":\"nonsense\",\"request_id\":\"r\"}"))
        .isEqualTo(new Inbound.Malformed("r", ErrorCode.UNKNOWN_TYPE, "unknown op \"nonsense\""));
    assertThat(decode("{\"name\":\"echo\"}"))
        .isEqualTo(new Inbound.Malformed(null, ErrorCode.BAD_REQUEST, "op: missing"));
    assertThat(decode("{\"op\":\"call_tool\",\"request_id\":\"r\"}"))
        .isEqualTo(new Inbound.Malformed("r", ErrorCode.BAD_REQUEST, "name: missing"));
    assertThat(decode("{\"op\":\"cancel\"}"))
        .isEqualTo(new Inbound.Malformed(null, ErrorCode.BAD_REQUEST, "request_id: missing"));
    assertThat(decode("{\"op\":\"attach_call\",\"call_feed\":\"channel:lobby\"}"))
        .isEqualTo(
            new Inbound.Malformed(
                null, ErrorCode.BAD_REQUEST, "call_feed: must be the feed of a call"));
  }

  @Test
  void theFirstFrameIsAHelloOrCountsAsNone() {
    for (String other :
        List.of(
            "{}",
            "{\"op\":7}",
            "{\"op\":\"ping\"}",
            "{\"op\":\"call_tool\"}",
            "{\"op\":\"cancel\",\"request_id\":5}")) {
      assertThat(first(other))
          .as(other)
          .isEqualTo(new Inbound.Malformed(null, ErrorCode.UNKNOWN_TYPE, "say hello first"));
    }
    assertThat(first("nonsense"))
        .isInstanceOfSatisfying(
            Inbound.Malformed.class, no -> assertThat(no.code()).isEqualTo(ErrorCode.BAD_JSON));
    assertThat(first("{\"op\":\"hello\",\"token\":7}"))
        .isEqualTo(new Inbound.Malformed(null, ErrorCode.BAD_REQUEST, "token: must be a string"));
    assertThat(first("{\"op\":\"hello\"}")).isInstanceOf(ClientFrame.Connect.class);
  }

  private static Inbound first(String text) {
    return Dialect.OP.decodeFirst(text.getBytes(UTF_8), null);
  }

  @Test
  void answersAreWrittenWithTheirOp() {
    assertThat(
            encode(
                new ServerFrame.Connected(
                    null,
                    "c",
                    "abc",
                    "ann",
                    false,
                    0,
                    1,
                    new ServerFrame.Timeouts(1, 2, 3, 4),
                    new ServerFrame.Limits(1, 1, 1),
                    List.of())))
        .isEqualTo(
            "{\"op\":\"hello_ack\",\"ok\":true,\"session_id\":\"abc\",\"resumed\":false,\"timeouts\":"
                + "{\"tool_ms\":1,\"gateway_ms\":2,\"proxy_ms\":3,\"client_ms\":4}}");
    assertThat(encode(new ServerFrame.HelloRefused("unauthorized", "no", 5L)))
        .isEqualTo(
            "{\"op\":\"hello_ack\",\"ok\":false,\"error\":\"unauthorized\",\"message\":\"no\","
                + "\"retry_after_ms\":5}");
    assertThat(encode(new ServerFrame.CallAck("r", "echo", 9, "call:1", false)))
        .isEqualTo(
            "{\"op\":\"call_tool_ack\",\"request_id\":\"r\",\"accepted\":true,\"name\":\"echo\","
                + "\"timeout_ms\":9,\"call_feed\":\"call:1\"}");
    assertThat(
            encode(
                new ServerFrame.CallRefused(
                    "r", ErrorCode.OVER_CAPACITY, "OVER_CAPACITY", "full", RawJson.of("[1]"), 5L)))
        .isEqualTo(
            "{\"op\":\"call_tool_res\",\"request_id\":\"r\",\"ok\":false,\"error\":{\"code\":"
                + "\"OVER_CAPACITY\",\"message\":\"full\",\"details\":[1],\"retry_after_ms\":5}}");
    assertThat(
            encode(
                new ServerFrame.CallOver(
                    "r", RawJson.of("{\"request_id\":\"r\",\"ok\":true,\"outputs\":[]}"))))
        .isEqualTo("{\"op\":\"call_tool_res\",\"request_id\":\"r\",\"ok\":true,\"outputs\":[]}");
    assertThat(encode(new ServerFrame.CallCancelled("x", "r", false)))
        .isEqualTo("{\"op\":\"cancelled\",\"request_id\":\"r\",\"was_running\":false}");
    assertThat(encode(new ServerFrame.Attached("r", new FeedPlace("call:1", "a:0", true), null)))
        .isEqualTo(
            "{\"op\":\"attach_call_ack\",\"request_id\":\"r\",\"call_feed\":\"call:1\","
                + "\"position\":\"a:0\",\"recovered\":true}");
    assertThat(encode(new ServerFrame.Health("r", RawJson.of("{}"))))
        .isEqualTo("{\"op\":\"health_res\",\"request_id\":\"r\",\"ok\":true,\"health\":{}}");
    assertThat(encode(new ServerFrame.TokenRotated("r", null)))
        .isEqualTo("{\"op\":\"rotate_token_res\",\"request_id\":\"r\",\"ok\":true}");
    assertThat(encode(new ServerFrame.Pong("r", null)))
        .isEqualTo("{\"op\":\"pong\",\"request_id\":\"r\"}");
    assertThat(encode(new ServerFrame.Error(null, ErrorCode.BAD_JSON, "not JSON", null, null)))
        .isEqualTo(
            "{\"op\":\"error\",\"error\":{\"code\":\"PROTOCOL_ERROR\",\"message\":\"not JSON\"}}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encode(new ServerFrame.Unsubscribed(null, "lobby")));
  }

  @Test
  void eventsOfACallHaveTheNamesOfTheDialect() {
    byte[] body = "\"request_id\":\"r\"".getBytes(UTF_8);
    for (var names :
        Map.of(
                "result", "call_tool_res",
                "chunk", "stream_chunk",
                "complete", "stream_complete",
                "progress", "progress")
            .entrySet()) {
      assertThat(
              new String(
                  Dialect.OP.encode(new EventFrame(names.getKey(), body, 0, "call:1", 3)), UTF_8))
          .isEqualTo(
              "{\"op\":\""
                  + names.getValue()
                  + "\",\"request_id\":\"r\",\"timestamp\":\"1970-01-01T00:00:00.000Z\","
                  + "\"feed\":\"call:1\",\"offset\":3}");
    }
  }
}
