package dev.holdfast.kinds.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/n\"}},\"$defs\":{\"n\":{}}}",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}"
      })
  void aSchemaIsTaken(String schema) {
    assertThat(Arguments.fault(schema)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "{\"type\":\"nonsense\"}",
        "{\"properties\":7}",
        "{\"pattern\":\"(\"}",
        "{\"$schema\":\"http://127.0.0.1:1/unknown\"}",
        "{\"$schema\":\"nonsense\"}",
        "{\"$ref\":\"#/nowhere\"}"
      })
  void whatIsNoSchemaIsRefused(String schema) {
    assertThat(Arguments.fault(schema)).isNotNull();
  }

  @Test
  void nothingThatASchemaRefersToIsFetched() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      String there = "http://127.0.0.1:" + server.getAddress().getPort() + "/schema";
      assertThat(Arguments.fault("{\"$ref\":\"" + there + "\"}")).isNotNull();
      assertThat(Arguments.fault("{\"$schema\":\"" + there + "\"}")).isNotNull();
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
  }
}
