package dev.holdfast.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.holdfast.wire.ClientFrame.Begin;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every frame that a client says, from its full and from its shortest form. */
class ClientFramesTest {

  private static final Begin NOW = new Begin.Now();
  private static final Begin START = new Begin.Start();

  static Stream<Arguments> everyFrame() {
    return Stream.of(
        arguments(
            """
            {"type":"list_tools","id":"l"}\
            """,
            new ClientFrame.ListTools("l")),
        arguments(
            """
            {"type":"call_tool","id":"c","name":"echo","arguments":{"text":"hi"}}\
            """,
            new ClientFrame.CallTool("c", "echo", RawJson.of("{\"text\":\"hi\"}"))),
        arguments(
            """
            {"type":"call_tool","name":"echo"}\
            """,
            new ClientFrame.CallTool(null, "echo", null)),
        arguments(
            """
            {"type":"cancel","id":"x","request_id":"c"}\
            """,
            new ClientFrame.CancelCall("x", "c")),
        arguments(
            """
            {"type":"health"}\
            """,
            new ClientFrame.Health(null)),
        arguments(
            """
            {"type":"rotate_token","id":"r","old":"a","new":"b"}\
            """,
            new ClientFrame.RotateToken("r", "a", "b")),
        arguments(
            """
            {"type":"register","id":"r","device_id":"cam-1","device_info":{"name":"Cam"},
             "last_command_id":"k9"}\
            """,
            new ClientFrame.Register("r", "cam-1", RawJson.of("{\"name\":\"Cam\"}"), "k9")),
        arguments(
            """
            {"type":"register","device_id":"cam-1","device_info":{}}\
            """,
            new ClientFrame.Register(null, "cam-1", RawJson.of("{}"), null)),
        arguments(
            """
            {"type":"heartbeat","id":"h"}\
            """,
            new ClientFrame.Heartbeat("h")),
        arguments(
            """
            {"type":"result","id":"r","command_id":"k9","success":true,"data":[1],"error":"no"}\
            """,
            new ClientFrame.CommandResult(
                "r", "k9", true, RawJson.of("[1]"), RawJson.of("\"no\""))),
        arguments(
            """
            {"type":"result","command_id":"k9","success":false}\
            """,
            new ClientFrame.CommandResult(null, "k9", false, null, null)),
        arguments(
            """
            {"type":"progress","id":"p","command_id":"k9","progress":50,"message":"half",
             "data":{}}\
            """,
            new ClientFrame.CommandProgress("p", "k9", RawJson.of("50"), "half", RawJson.of("{}"))),
        arguments(
            """
            {"type":"progress","command_id":"k9"}\
            """,
            new ClientFrame.CommandProgress(null, "k9", null, null, null)),
        arguments(
            """
            {"type":"event","id":"e","name":"battery","data":0.5}\
            """,
            new ClientFrame.DeviceEvent("e", "battery", RawJson.of("0.5"))),
        arguments(
            """
            {"type":"event","name":"battery"}\
            """,
            new ClientFrame.DeviceEvent(null, "battery", null)),
        arguments(
            """
            {"type":"device_command","id":"d","device_id":"cam-1","user_id":"ann",
             "command":"camera_snap","params":{"side":"back"},"deadline_ms":5000}\
            """,
            new ClientFrame.DeviceCommand(
                "d", "cam-1", "ann", "camera_snap", RawJson.of("{\"side\":\"back\"}"), 5000)),
        arguments(
            """
            {"type":"device_command","device_id":"cam-1","command":"camera_snap"}\
            """,
            new ClientFrame.DeviceCommand(null, "cam-1", null, "camera_snap", null, null)),
        arguments(
            """
            {"type":"connect","id":"c","token":"a.b.c","session_id":"s-1","user_id":"ann",
             "positions":{"channel:lobby":"a1:7","user:ann":"b2:0"}}\
            """,
            new ClientFrame.Connect(
                "c", "a.b.c", "s-1", "ann", Map.of("channel:lobby", "a1:7", "user:ann", "b2:0"))),
        arguments(
            """
            {"type":"connect"}\
            """,
            new ClientFrame.Connect(null, null, null, null, Map.of())),
        arguments(
            """
            {"type":"refresh","id":"r","token":"a.b.c"}\
            """,
            new ClientFrame.Refresh("r", "a.b.c")),
        arguments(
            """
            {"type":"refresh","token":"t"}\
            """,
            new ClientFrame.Refresh(null, "t")),
        arguments(
            """
            {"type":"ping","id":"p","timestamp":1769903999007}\
            """,
            new ClientFrame.Ping("p", RawJson.of("1769903999007"))),
        arguments(
            """
            {"type":"ping"}\
            """,
            new ClientFrame.Ping(null, null)),
        arguments(
            """
            {"type":"attach","id":"a","feed":"run:r-1","from":{"after":"a1:7"}}\
            """,
            new ClientFrame.Attach("a", "run:r-1", new Begin.After("a1:7"))),
        arguments(
            """
            {"type":"attach","feed":"run:r-1"}\
            """,
            new ClientFrame.Attach(null, "run:r-1", NOW)),
        arguments(
            """
            {"type":"detach","id":"d","feed":"run:r-1"}\
            """,
            new ClientFrame.Detach("d", "run:r-1")),
        arguments(
            """
            {"type":"detach","feed":"run:r-1"}\
            """,
            new ClientFrame.Detach(null, "run:r-1")),
        arguments(
            """
            {"type":"history","id":"h","feed":"channel:a","after":"a1:7","limit":1000,
             "reverse":true}\
            """,
            new ClientFrame.History("h", "channel:a", "a1:7", 1000, true)),
        arguments(
            """
            {"type":"history","feed":"channel:a"}\
            """,
            new ClientFrame.History(null, "channel:a", null, null, false)),
        arguments(
            """
            {"type":"subscribe","id":"s","channel":"lobby","from":"start","presence":true}\
            """,
            new ClientFrame.Subscribe("s", "lobby", START, true)),
        arguments(
            """
            {"type":"subscribe","channel":"lobby"}\
            """,
            new ClientFrame.Subscribe(null, "lobby", NOW, false)),
        arguments(
            """
            {"type":"unsubscribe","id":"u","channel":"lobby"}\
            """,
            new ClientFrame.Unsubscribe("u", "lobby")),
        arguments(
            """
            {"type":"unsubscribe","channel":"lobby"}\
            """,
            new ClientFrame.Unsubscribe(null, "lobby")),
        arguments(
            """
            {"type":"message","id":"m","channel":"lobby","content":{"text" : "hi"}}\
            """,
            new ClientFrame.Message("m", "lobby", RawJson.of("{\"text\" : \"hi\"}"))),
        arguments(
            """
            {"type":"message","content":null}\
            """,
            new ClientFrame.Message(null, null, RawJson.NULL)),
        arguments(
            """
            {"type":"broadcast","id":"b","content":"hi"}\
            """,
            new ClientFrame.Broadcast("b", RawJson.of("\"hi\""))),
        arguments(
            """
            {"type":"broadcast","content":1}\
            """,
            new ClientFrame.Broadcast(null, RawJson.of("1"))),
        arguments(
            """
            {"type":"direct","id":"d","to":"bob","content":[]}\
            """,
            new ClientFrame.Direct("d", "bob", RawJson.of("[]"))),
        arguments(
            """
            {"type":"direct","to":"bob","content":true}\
            """,
            new ClientFrame.Direct(null, "bob", RawJson.of("true"))),
        arguments(
            """
            {"type":"presence","id":"p","channel":"lobby"}\
            """,
            new ClientFrame.Presence("p", "lobby")),
        arguments(
            """
            {"type":"presence","channel":"lobby"}\
            """,
            new ClientFrame.Presence(null, "lobby")),
        arguments(
            """
            {"type":"publish","id":"p","channel":"lobby","event":"canvas:update","data":{},
             "idempotency_key":"key of mine"}\
            """,
            new ClientFrame.Publish(
                "p", "lobby", "canvas:update", RawJson.of("{}"), "key of mine")),
        arguments(
            """
            {"type":"publish","channel":"lobby","event":"a:b","data":null}\
            """,
            new ClientFrame.Publish(null, "lobby", "a:b", RawJson.NULL, null)),
        arguments(
            """
            {"type":"run","id":"r","agent_id":"a","prompt":"say it","action":"act","params":{"x":1},"deadline_ms":5,"cancel_after_ms":9,"conversation_id":"c","publish_to":"lobby","guidance":true}\
            """,
            new ClientFrame.Run(
                "r", "a", "say it", "act", RawJson.of("{\"x\":1}"), 5, 9, "c", "lobby", true)),
        arguments(
            """
            {"type":"run","agent_id":"a"}\
            """,
            new ClientFrame.Run(null, "a", null, null, null, null, null, null, null, false)),
        arguments(
            """
            {"type":"serve","id":"s","agents":[{"agent_id":"a"}]}\
            """,
            new ClientFrame.Serve("s", RawJson.of("[{\"agent_id\":\"a\"}]"))),
        arguments(
            """
            {"type":"report","run_id":"r","data":{"token":"x"}}\
            """,
            new ClientFrame.Report(null, "r", RawJson.of("{\"token\":\"x\"}"))),
        arguments(
            """
            {"type":"serve","id":"s","provider":"p","tools":[{"name":"a"}]}\
            """,
            new ClientFrame.ServeTools("s", "p", RawJson.of("[{\"name\":\"a\"}]"))),
        arguments(
            """
            {"type":"report","call_id":"c","data":{"chunk":"x"}}\
            """,
            new ClientFrame.ReportCall(null, "c", RawJson.of("{\"chunk\":\"x\"}"))),
        arguments(
            """
            {"type":"cancel","id":"c","run_id":"r"}\
            """,
            new ClientFrame.Cancel("c", "r")),
        arguments(
            """
            {"type":"approve","id":"d","run_id":"r","approval_id":"a1","decision":"reject"}\
            """,
            new ClientFrame.Approve("d", "r", "a1", "reject")),
        arguments(
            """
            {"type":"approve","run_id":"r","approval_id":"a1"}\
            """,
            new ClientFrame.Approve(null, "r", "a1", "approve")),
        arguments(
            """
            {"type":"input","id":"i","run_id":"r","content":[1]}\
            """,
            new ClientFrame.Input("i", "r", RawJson.of("[1]"))),
        arguments(
            """
            {"type":"open_terminal","id":"t","command":["ls"],"cwd":"/tmp","rows":24,"cols":80}\
            """,
            new ClientFrame.OpenTerminal("t", RawJson.of("[\"ls\"]"), "/tmp", 24, 80)),
        arguments(
            """
            {"type":"open_terminal"}\
            """,
            new ClientFrame.OpenTerminal(null, null, null, null, null)),
        arguments(
            """
            {"type":"input","id":"i","terminal_id":"t","data":"ls"}\
            """,
            new ClientFrame.TerminalInput("i", "t", RawJson.of("\"ls\""))),
        arguments(
            """
            {"type":"resize","terminal_id":"t","rows":1,"cols":500}\
            """,
            new ClientFrame.Resize(null, "t", 1, 500)),
        arguments(
            """
            {"type":"show","id":"s","terminal_id":"t","visible":false}\
            """,
            new ClientFrame.Show("s", "t", false)),
        arguments(
            """
            {"type":"ack","terminal_id":"t","offset":17}\
            """,
            new ClientFrame.AckOutput(null, "t", 17)),
        arguments(
            """
            {"type":"close"}\
            """,
            new ClientFrame.CloseTerminal(null, null)),
        arguments(
            """
            {"type":"signal","terminal_id":"t","signal":"SIGINT"}\
            """,
            new ClientFrame.Signal(null, "t", "SIGINT")),
        arguments(
            """
            {"type":"close_terminal","id":"c","terminal_id":"t"}\
            """,
            new ClientFrame.CloseTerminal("c", "t")),
        arguments(
            """
            {"type":"get_stats","id":"g"}\
            """,
            new ClientFrame.GetStats("g")),
        arguments(
            """
            {"type":"get_stats"}\
            """,
            new ClientFrame.GetStats(null)));
  }

  @ParameterizedTest
  @MethodSource("everyFrame")
  void everyFrameIsReadFromItsFullAndItsShortestForm(String text, ClientFrame frame) {
    assertThat(decode(text)).isEqualTo(frame);
  }

  @Test
  void everyFrameThatThereIsIsInTheTable() {
    Set<Object> shown =
        everyFrame().map(row -> requireNonNull(row.get()[1]).getClass()).collect(toSet());
    assertThat(shown).isEqualTo(Set.of((Object[]) ClientFrame.class.getPermittedSubclasses()));
  }

  @Test
  void fieldsComeInAnyOrderAndUnknownOnesAreIgnored() {
    assertThat(
            decode(
                """
                { "x" : [ { "type" : "no" } ] , "content" : "hi" , "y" : "\\u0041" ,
                  "id" : "m" , "z" : 1e5 , "channel" : "lobby" , "type" : "message" , "w" : {} }
                """))
        .isEqualTo(new ClientFrame.Message("m", "lobby", RawJson.of("\"hi\"")));
  }

  @Test
  void fieldsOfOtherFramesAreIgnoredWhateverTheyHold() {
    assertThat(decode("{\"type\":\"get_stats\",\"limit\":\"x\",\"from\":7,\"channel\":[]}"))
        .isEqualTo(new ClientFrame.GetStats(null));
  }

  @Test
  void unknownFieldsMayBeGivenTwice() {
    assertThat(decode("{\"x\":1,\"type\":\"get_stats\",\"x\":2}"))
        .isEqualTo(new ClientFrame.GetStats(null));
  }

  @Test
  void nullIsTheSameAsNoField() {
    assertThat(
            decode(
                """
                {"type":"history","id":null,"feed":"channel:a","after":null,"limit":null,
                 "reverse":null}\
                """))
        .isEqualTo(new ClientFrame.History(null, "channel:a", null, null, false));
    assertThat(decode("{\"type\":\"connect\",\"token\":null,\"positions\":null}"))
        .isEqualTo(new ClientFrame.Connect(null, null, null, null, Map.of()));
    assertThat(decode("{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":null}"))
        .isEqualTo(new ClientFrame.Attach(null, "a:b", NOW));
  }

  @Test
  void namesAndValuesMayBeWrittenWithEscapes() {
    assertThat(
            decode(
                "{\"\\u0074ype\":\"m\\u0065ssage\",\"chann\\u0065l\":\"\\ud83d\\ude00\\/\","
                    + "\"content\":\"\\u0000\"}"))
        .isEqualTo(new ClientFrame.Message(null, "😀/", RawJson.of("\"\\u0000\"")));
  }

  @Test
  void namesMayBeOfAnyScriptAndAsLongAsAllowed() {
    String name = "é😀שלום" + "x".repeat(193);
    assertThat(name).hasSize(200);
    assertThat(decode("{\"type\":\"presence\",\"channel\":\"" + name + "\"}"))
        .isEqualTo(new ClientFrame.Presence(null, name));
    String id = "i".repeat(128);
    String feed = "f".repeat(217);
    String position = "1".repeat(40);
    assertThat(
            decode(
                "{\"type\":\"attach\",\"id\":\"%s\",\"feed\":\"%s\",\"from\":{\"after\":\"%s\"}}"
                    .formatted(id, feed, position)))
        .isEqualTo(new ClientFrame.Attach(id, feed, new Begin.After(position)));
  }

  @Test
  void aPlaceToBeginIgnoresWhatItDoesNotKnow() {
    assertThat(
            decode(
                """
                {"type":"attach","feed":"a:b","from": {"x":[{}], "after" : "a1:7" , "y":1} }\
                """))
        .isEqualTo(new ClientFrame.Attach(null, "a:b", new Begin.After("a1:7")));
    assertThat(decode("{\"type\":\"attach\",\"feed\":\"a:b\",\"from\":\"now\"}"))
        .isEqualTo(new ClientFrame.Attach(null, "a:b", NOW));
  }

  @Test
  void aThousandPositionsAreTaken() {
    var positions = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      positions
          .append(i == 0 ? "" : ",")
          .append("\"channel:")
          .append(i)
          .append("\":\"1:")
          .append(i)
          .append('"');
    }
    var frame = decode("{\"type\":\"connect\",\"positions\":{" + positions + "}}");
    assertThat(frame)
        .isInstanceOfSatisfying(
            ClientFrame.Connect.class,
            connect ->
                assertThat(connect.positions())
                    .hasSize(1000)
                    .containsEntry("channel:999", "1:999"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "1E+2",
        "1e999999",
        "0.1",
        "9007199254740993",
        "-1e-7",
        "123456789012345678901234567890.123456789012345678901234567890",
        "\"\"",
        "\"\\ud83d\\ude00\"",
        "\"\\\\ud800\\\\udc00\"",
        "\"\\u0000\"",
        "\"\u007f\"",
        "\"שלום\"",
        "\"😀\"",
        "\"\u2028\"",
        "\"\\\"\"",
        "\"\\\\\"",
        "\",\"",
        "\" \"",
        "\"}\"",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[1 , 2]",
        "{\"a\" : {\"a\":1,\"a\":2}}",
        "[\"\\n\",{}]"
      })
  void contentPassesAsItCame(String content) {
    for (String around : new String[] {"", " ", "\r\n\t ", "      "}) {
      for (String after : new String[] {"", ",\"x\":1", " ,\"id\":null"}) {
        String text =
            "{\"type\":\"message\",\"content\":" + around + content + around + after + "}";
        assertThat(decode(text))
            .isEqualTo(new ClientFrame.Message(null, null, RawJson.of(content)));
      }
    }
  }

  @Test
  void theLongestNumberThatIsAllowedPassesAsItCame() {
    String number = "9".repeat(1000);
    assertThat(decode("{\"type\":\"broadcast\",\"content\":" + number + "}"))
        .isEqualTo(new ClientFrame.Broadcast(null, RawJson.of(number)));
  }

  @Test
  void longStringsAndLongNamesPassAsTheyCame() {
    String content = "{\"" + "n".repeat(200_000) + "\":\"" + "é\\n".repeat(200_000) + "\"}";
    assertThat(decode("{\"type\":\"broadcast\",\"content\":" + content + "}"))
        .isEqualTo(new ClientFrame.Broadcast(null, RawJson.of(content)));
  }

  @Test
  void aFrameWithoutATypeIsOfTheDefaultType() {
    assertThat(decode("{\"content\":1}", "broadcast"))
        .isEqualTo(new ClientFrame.Broadcast(null, RawJson.of("1")));
    assertThat(decode("{\"type\":null,\"content\":1}", "broadcast"))
        .isEqualTo(new ClientFrame.Broadcast(null, RawJson.of("1")));
    assertThat(decode("{\"type\":\"ping\",\"content\":1}", "broadcast"))
        .isEqualTo(new ClientFrame.Ping(null, null));
    assertThat(decode("{\"type\":5,\"content\":1}", "broadcast"))
        .isEqualTo(new Inbound.Malformed(null, ErrorCode.BAD_REQUEST, "type: must be a string"));
  }

  private static Inbound decode(String text) {
    return decode(text, null);
  }

  private static Inbound decode(String text, @Nullable String defaultType) {
    return TypeDialect.decode(text.getBytes(UTF_8), defaultType);
  }
}
