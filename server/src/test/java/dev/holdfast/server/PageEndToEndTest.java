package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console's files over HTTP. */
class PageEndToEndTest {

  private Running running;

  @BeforeEach
  void start() throws Exception {
    running = Running.dev();
  }

  @AfterEach
  void stop() {
    running.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8, no-cache",
    "/index.html, text/html; charset=utf-8, no-cache",
    "/holdfast.js, text/javascript; charset=utf-8, no-cache",
    "/holdfast.d.ts, text/plain; charset=utf-8, no-cache",
    "/console/style.css, text/css; charset=utf-8, no-cache",
    "/console/icon.svg, image/svg+xml, no-cache",
  })
  void eachFileHasItsTypeAndItsTime(String path, String type, String cache) throws Exception {
    HttpResponse<String> response = running.request("GET", path, null);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isNotEmpty();
    assertThat(response.headers().firstValue("content-type")).hasValue(type);
    assertThat(response.headers().firstValue("cache-control")).hasValue(cache);
    assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
  }

  /** The version is in its path, so a browser need never ask again. */
  @ParameterizedTest
  @ValueSource(strings = {"/console/ui.js", "/console/terminal.js", "/console/chart.js"})
  void aLibraryIsKeptForGood(String module) throws Exception {
    List<String> libraries =
        Pattern.compile("from '\\./(lib/[^']+)'")
            .matcher(running.request("GET", module, null).body())
            .results()
            .map(found -> "/console/" + found.group(1))
            .toList();
    assertThat(libraries).isNotEmpty();
    for (String path : libraries) {
      HttpResponse<String> response = running.request("GET", path, null);
      assertThat(response.statusCode()).as(path).isEqualTo(200);
      assertThat(response.headers().firstValue("content-type"))
          .hasValue("text/javascript; charset=utf-8");
      assertThat(response.headers().firstValue("cache-control"))
          .hasValue("public, max-age=31536000, immutable");
    }
  }

  @Test
  void thePolicyAllowsNothingThatStandsInThePage() throws Exception {
    HttpResponse<String> response = running.request("GET", "/", null);
    assertThat(response.headers().firstValue("content-security-policy"))
        .hasValueSatisfying(policy ->
            assertThat(policy)
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "*", "http:"));
    assertThat(response.body())
        .doesNotContain("<style", "style=", "onclick")
        .contains("/console/app.js");
  }

  @Test
  void whatHasNotChangedIsNotSentAgain() throws Exception {
    String etag =
        running.request("GET", "/holdfast.js", null).headers().firstValue("etag").orElseThrow();
    HttpResponse<String> again =
        running.request("GET", "/holdfast.js", null, "if-none-match", etag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(again.headers().firstValue("etag")).hasValue(etag);
    assertThat(
            running
                .request("GET", "/holdfast.js", null, "if-none-match", "W/\"other\"")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void whoTakesGzipIsSentLess() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + running.base() + "/holdfast.js"))
            .header("accept-encoding", "br, gzip")
            .build();
    HttpResponse<byte[]> response =
        running.http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
    String plain = running.request("GET", "/holdfast.js", null).body();
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain);
    }
    assertThat(response.body().length).isLessThan(plain.length() / 2);
    assertThat(
            running
                .request("GET", "/holdfast.js", null, "accept-encoding", "gzip;q=0")
                .headers()
                .firstValue("content-encoding"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing.js",
        "/console/",
        "/console/../index.html",
        "/console/%2e%2e/%2e%2e/Page.class",
        "/..%2fPage.class",
        "/Page.class",
        "//index.html",
        "/console/lib/xterm-6.0.0/LICENSE",
        "/index.html%00.js",
        "/META-INF/MANIFEST.MF",
      })
  void nothingElseIsThere(String path) throws Exception {
    assertThat(running.request("GET", path, null).statusCode()).isEqualTo(404);
  }
}
