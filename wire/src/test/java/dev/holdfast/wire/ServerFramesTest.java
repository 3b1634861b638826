package dev.holdfast.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.holdfast.wire.ServerFrame.FeedPlace;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact text of every frame that the server says. */
class ServerFramesTest {

  private static final FeedPlace LOBBY = new FeedPlace("channel:lobby", "a1:7", true);
  private static final FeedPlace RUN = new FeedPlace("run:r-1", "zz:0", false);

  /** 2026-01-31T23:59:59.007Z. */
  private static final long MILLIS = 1_769_903_999_007L;

  static Stream<Arguments> everyFrame() {
    return Stream.of(
        arguments(
            connected("c", List.of(LOBBY, RUN)),
            """
            {"type":"connected","id":"c","connection_id":"c-1","session_id":"s-1",\
            "user_id":"ann","resumed":true,"server_time":"2026-01-31T23:59:59.007Z",\
            "heartbeat_interval_ms":25000,"timeouts":{"tool_ms":120000,"gateway_ms":180000,\
            "proxy_ms":240000,"client_ms":300000},"limits":{"max_frame_bytes":65536,\
            "max_attachments":100,"history_page":1000},"feeds":[\
            {"feed":"channel:lobby","position":"a1:7","recovered":true},\
            {"feed":"run:r-1","position":"zz:0","recovered":false}]}\
            """),
        arguments(
            connected(null, List.of()),
            """
            {"type":"connected","connection_id":"c-1","session_id":"s-1",\
            "user_id":"ann","resumed":true,"server_time":"2026-01-31T23:59:59.007Z",\
            "heartbeat_interval_ms":25000,"timeouts":{"tool_ms":120000,"gateway_ms":180000,\
            "proxy_ms":240000,"client_ms":300000},"limits":{"max_frame_bytes":65536,\
            "max_attachments":100,"history_page":1000},"feeds":[]}\
            """),
        arguments(
            new ServerFrame.DeviceConnected("r", "cam-1", "ann", MILLIS, 30_000),
            """
            {"type":"connected","id":"r","device_id":"cam-1","user_id":"ann",\
            "server_time":"2026-01-31T23:59:59.007Z","heartbeat_interval_ms":30000}\
            """),
        arguments(
            new ServerFrame.Registered("r", "cam-1", "link:l1", MILLIS, "none"),
            """
            {"type":"registered","id":"r","device_id":"cam-1","feed":"link:l1",\
            "registered_at":"2026-01-31T23:59:59.007Z","last_command_id":"none"}\
            """),
        arguments(
            new ServerFrame.HeartbeatAck(null, MILLIS),
            """
            {"type":"heartbeat_ack","server_time":"2026-01-31T23:59:59.007Z"}\
            """),
        arguments(
            new ServerFrame.HeartbeatProbe(10_000),
            """
            {"type":"heartbeat_probe","answer_within_ms":10000}\
            """),
        arguments(
            new ServerFrame.DeviceResult(
                "d",
                "k9",
                "cam-1",
                "camera_snap",
                true,
                RawJson.of("{\"side\":1}"),
                null,
                RawJson.of("{\"url\":\"/x\"}")),
            """
            {"type":"device_result","id":"d","command_id":"k9","device_id":"cam-1",\
            "command":"camera_snap","success":true,"data":{"side":1},"media":{"url":"/x"}}\
            """),
        arguments(
            new ServerFrame.DeviceResult(
                null, "k9", "cam-1", "x", false, null, RawJson.of("{\"code\":\"timeout\"}"), null),
            """
            {"type":"device_result","command_id":"k9","device_id":"cam-1","command":"x",\
            "success":false,"error":{"code":"timeout"}}\
            """),
        arguments(
            new ServerFrame.Refreshed("r", MILLIS),
            """
            {"type":"refreshed","id":"r","expires_at":"2026-01-31T23:59:59.007Z"}\
            """),
        arguments(
            new ServerFrame.Refreshed(null, null),
            """
            {"type":"refreshed"}\
            """),
        arguments(
            new ServerFrame.TokenExpiring(30_000),
            """
            {"type":"token_expiring","expires_in_ms":30000}\
            """),
        arguments(
            new ServerFrame.Reconnect(1500),
            """
            {"type":"reconnect","reconnect_after_ms":1500}\
            """),
        arguments(
            new ServerFrame.Pong("p", RawJson.of("[1, 2.50]")),
            """
            {"type":"pong","id":"p","timestamp":[1, 2.50]}\
            """),
        arguments(
            new ServerFrame.Pong(null, null),
            """
            {"type":"pong"}\
            """),
        arguments(
            new ServerFrame.Error("e", ErrorCode.UNAUTHORIZED, "no \"entry\"\n", "expired", 5L),
            """
            {"type":"error","id":"e","code":"unauthorized","message":"no \\"entry\\"\\n",\
            "reason":"expired","retry_after_ms":5}\
            """),
        arguments(
            new ServerFrame.Error(null, ErrorCode.BAD_JSON, "not JSON: empty", null, null),
            """
            {"type":"error","code":"bad_json","message":"not JSON: empty"}\
            """),
        arguments(
            new ServerFrame.Ack("a", Map.of()),
            """
            {"type":"ack","id":"a"}\
            """),
        arguments(
            new ServerFrame.Ack("a", details()),
            """
            {"type":"ack","id":"a","recipients":3,"big":9007199254740993,"huge":\
            123456789012345678901234567890,"exact":1.10,"ratio":0.5,"delivered":true,\
            "to":"ann","raw":{"x" : 1},"list":["a",null,{"b":[]}],"map":{"k":1}}\
            """),
        arguments(
            new ServerFrame.Attached("a", LOBBY, null),
            """
            {"type":"attached","id":"a","feed":"channel:lobby","position":"a1:7",\
            "recovered":true}\
            """),
        arguments(
            new ServerFrame.Attached("a", RUN, snapshot()),
            """
            {"type":"attached","id":"a","feed":"run:r-1","position":"zz:0","recovered":false,\
            "snapshot":{"position":"zz:9","state":{"type":"progress","step":1,\
            "timestamp":"2026-01-31T23:59:59.007Z"}}}\
            """),
        arguments(
            new ServerFrame.Status(null),
            """
            {"type":"status","connected":true,"session_id":null}\
            """),
        arguments(
            new ServerFrame.Status(
                new ServerFrame.Watched(
                    "t", 24, 80, 1, new ServerFrame.FeedPlace("terminal:t", "a:0", true))),
            """
            {"type":"status","connected":true,"session_id":"t","terminal_id":"t","rows":24,"cols":80,\
            "viewers":1,"feed":"terminal:t","position":"a:0","recovered":true}\
            """),
        arguments(
            new ServerFrame.Detached("d", "channel:lobby"),
            """
            {"type":"detached","id":"d","feed":"channel:lobby"}\
            """),
        arguments(
            new ServerFrame.Subscribed("s", "lobby", LOBBY),
            """
            {"type":"subscribed","id":"s","channel":"lobby","feed":"channel:lobby",\
            "position":"a1:7","recovered":true}\
            """),
        arguments(
            new ServerFrame.Unsubscribed(null, "lobby"),
            """
            {"type":"unsubscribed","channel":"lobby"}\
            """),
        arguments(
            new ServerFrame.Gap("channel:lobby", 8, 9_007_199_254_740_993L, "slow"),
            """
            {"type":"gap","feed":"channel:lobby","from":8,"to":9007199254740993,\
            "reason":"slow"}\
            """),
        arguments(
            snapshot(),
            """
            {"type":"snapshot","feed":"run:r-1","position":"zz:9","state":{"type":"progress",\
            "step":1,"timestamp":"2026-01-31T23:59:59.007Z"}}\
            """),
        arguments(
            new ServerFrame.History(
                "h", "channel:lobby", List.of(event(1), event(2)), "a1:2", false),
            """
            {"type":"history","id":"h","feed":"channel:lobby","events":[\
            {"type":"message","timestamp":"2026-01-31T23:59:59.007Z","feed":"channel:lobby",\
            "offset":1},{"type":"message","timestamp":"2026-01-31T23:59:59.007Z",\
            "feed":"channel:lobby","offset":2}],"position":"a1:2","complete":false}\
            """),
        arguments(
            new ServerFrame.History(null, "channel:lobby", List.of(), "a1:0", true),
            """
            {"type":"history","feed":"channel:lobby","events":[],"position":"a1:0",\
            "complete":true}\
            """),
        arguments(
            new ServerFrame.Presence(
                "p",
                "lobby",
                List.of(new ServerFrame.Member("ann", 2), new ServerFrame.Member("bob", 1)),
                2),
            """
            {"type":"presence","id":"p","channel":"lobby","members":[{"user_id":"ann",\
            "connections":2},{"user_id":"bob","connections":1}],"total":2}\
            """),
        arguments(
            new ServerFrame.Stats("s", RawJson.of("{\"connections\": 1}")),
            """
            {"type":"stats","id":"s","data":{"connections": 1}}\
            """),
        arguments(
            new ServerFrame.Tools("t", RawJson.of("[]")),
            """
            {"type":"tools","id":"t","tools":[]}\
            """),
        arguments(
            new ServerFrame.CallAck("c", "echo", 120_000, "call:1", true),
            """
            {"type":"call_ack","id":"c","name":"echo","timeout_ms":120000,"feed":"call:1",\
            "duplicate":true}\
            """),
        arguments(
            new ServerFrame.CallRefused(
                "c", ErrorCode.NOT_FOUND, "TOOL_NOT_FOUND", "no such tool", null, 7L),
            """
            {"type":"error","id":"c","code":"not_found","message":"no such tool",\
            "reason":"TOOL_NOT_FOUND","retry_after_ms":7}\
            """),
        arguments(
            new ServerFrame.CallRefused(
                "c",
                ErrorCode.BAD_REQUEST,
                "VALIDATION_ERROR",
                "arguments: /n: is no number",
                RawJson.of("[\"/n: is no number\"]"),
                null),
            """
            {"type":"error","id":"c","code":"bad_request","message":"arguments: /n: is no number",\
            "reason":"VALIDATION_ERROR","details":["/n: is no number"]}\
            """),
        arguments(
            new ServerFrame.CallOver("c", RawJson.of("{\"ok\":true}")),
            """
            {"type":"call_over","id":"c","result":{"ok":true}}\
            """),
        arguments(
            new ServerFrame.CallCancelled("x", "c", true),
            """
            {"type":"cancelled","id":"x","request_id":"c","was_running":true}\
            """),
        arguments(
            new ServerFrame.Health("h", RawJson.of("{}")),
            """
            {"type":"health","id":"h","data":{}}\
            """),
        arguments(
            new ServerFrame.TokenRotated("r", "old: is not the token"),
            """
            {"type":"token_rotated","id":"r","error":"old: is not the token"}\
            """),
        arguments(
            new ServerFrame.HelloRefused("unauthorized", "the token is not valid", null),
            """
            {"type":"error","code":"unauthorized","message":"the token is not valid",\
            "reason":"unauthorized"}\
            """));
  }

  @ParameterizedTest
  @MethodSource("everyFrame")
  void everyFrameIsWrittenWithItsNonNullFieldsInOrder(ServerFrame frame, String text) {
    assertThat(encode(frame)).isEqualTo(text);
  }

  @Test
  void everyFrameThatThereIsIsInTheTable() {
    Set<Object> shown =
        everyFrame().map(row -> requireNonNull(row.get()[0]).getClass()).collect(toSet());
    assertThat(shown).isEqualTo(Set.of((Object[]) ServerFrame.class.getPermittedSubclasses()));
  }

  @Test
  void stringsOfEveryScriptPassAndHalfAPairBecomesTheReplacementCharacter() {
    assertThat(encode(new ServerFrame.Unsubscribed("\ud800", "é😀שלום\0\u2028\udc00x")))
        .isEqualTo(
            "{\"type\":\"unsubscribed\",\"id\":\"\ufffd\","
                + "\"channel\":\"é😀שלום\\u0000\u2028\ufffdx\"}");
  }

  @Test
  void valuesThatAreJsonAlreadyPassByteByByteWhateverTheirLength() {
    for (int size : new int[] {1, 3999, 4000, 7999, 8000, 8001, 100_000}) {
      String value = "\"" + "😀é".repeat(size) + "\"";
      assertThat(encode(new ServerFrame.Pong(null, RawJson.of(value))))
          .isEqualTo("{\"type\":\"pong\",\"timestamp\":" + value + "}");
    }
  }

  @Test
  void anAnswerGivenAgainIsMarkedAndTheFirstOneIsLeftAlone() {
    byte[] answer = TypeDialect.encode(new ServerFrame.Ack("a", Map.of("recipients", 3)));
    byte[] before = answer.clone();
    assertThat(new String(TypeDialect.duplicateOf(answer), UTF_8))
        .isEqualTo("{\"type\":\"ack\",\"id\":\"a\",\"recipients\":3,\"duplicate\":true}");
    assertThat(answer).isEqualTo(before);
  }

  @Test
  void detailsThatAreNotForJsonAreRefused() {
    var frame = new ServerFrame.Ack("a", Map.of("thread", new Object()));
    assertThatIllegalArgumentException().isThrownBy(() -> TypeDialect.encode(frame));
  }

  private static ServerFrame connected(@Nullable String id, List<FeedPlace> feeds) {
    return new ServerFrame.Connected(
        id,
        "c-1",
        "s-1",
        "ann",
        true,
        MILLIS,
        25_000,
        new ServerFrame.Timeouts(120_000, 180_000, 240_000, 300_000),
        new ServerFrame.Limits(65_536, 100, 1000),
        feeds);
  }

  private static Map<String, Object> details() {
    var details = new LinkedHashMap<String, Object>();
    details.put("recipients", 3);
    details.put("big", 9_007_199_254_740_993L);
    details.put("huge", new BigInteger("123456789012345678901234567890"));
    details.put("exact", new BigDecimal("1.10"));
    details.put("ratio", 0.5);
    details.put("delivered", true);
    details.put("to", "ann");
    details.put("raw", RawJson.of("{\"x\" : 1}"));
    details.put("list", Arrays.asList("a", null, Map.of("b", List.of())));
    details.put("map", Map.of("k", 1));
    return details;
  }

  private static ServerFrame.SnapshotFrame snapshot() {
    var state = new EventFrame("progress", "\"step\":1".getBytes(UTF_8), MILLIS, "run:r-1", 9);
    return new ServerFrame.SnapshotFrame("run:r-1", "zz:9", state);
  }

  private static EventFrame event(long offset) {
    return new EventFrame("message", new byte[0], MILLIS, "channel:lobby", offset);
  }

  private static String encode(ServerFrame frame) {
    return new String(TypeDialect.encode(frame), UTF_8);
  }
}
