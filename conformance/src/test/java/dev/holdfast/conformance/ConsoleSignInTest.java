package dev.holdfast.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.holdfast.conformance.Browsers.button;
import static dev.holdfast.conformance.Browsers.field;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signing in to the console at a real OpenID Connect provider, in a real browser. */
@Timeout(180)
class ConsoleSignInTest {

  private static final Pattern AT_PROVIDER = Pattern.compile(".*/interaction/.*");

  private static @Nullable OpenIdProvider started;
  private static @Nullable Browsers shared;

  private final BrowserContext person = browsers().person();

  @BeforeAll
  static void start() throws IOException {
    started = OpenIdProvider.start();
    shared = Browsers.start(false, settings());
    provider().set("gateway", browsers().gateway().base().toString());
  }

  private static Map<String, String> settings() {
    return Map.of(
        "auth.oidc_issuer", provider().issuer(),
        "auth.oidc_client", "holdfast",
        "auth.oidc_name", "Our Login",
        "auth.oidc_roles", "realm_access.roles",
        "session.token_warning", "1s",
        "channels.namespaces", "[{pattern: talk, subscribe: everyone, publish: everyone}]");
  }

  @AfterAll
  static void stop() {
    if (shared != null) {
      shared.close();
    }
    if (started != null) {
      started.close();
    }
  }

  private static Browsers browsers() {
    return java.util.Objects.requireNonNull(shared);
  }

  private static OpenIdProvider provider() {
    return java.util.Objects.requireNonNull(started);
  }

  @BeforeEach
  void asUsual() {
    provider().set("life", "3600");
    provider().set("refresh", "yes");
    browsers().complaints();
    // Its pages ask for a font from far away.
    person.route("https://**", Route::abort);
  }

  @AfterEach
  void nothingWasComplainedOf() {
    person.close();
    assertThat(browsers().complaints()).isEmpty();
  }

  private Page open(String page) {
    return browsers().open(person, page);
  }

  /** From the button to where one was. */
  private static void signIn(Page tab, String name) {
    button(tab, "Sign in with Our Login").click();
    tab.waitForURL(AT_PROVIDER);
    tab.locator("input[name=login]").fill(name);
    tab.locator("input[name=password]").fill("any");
    tab.locator("button[type=submit]").click();
    tab.waitForURL(AT_PROVIDER);
    tab.locator("button[type=submit]:has-text('Continue')").click();
  }

  /** Has the provider asked with another value than the page asks with. */
  private void change(String parameter) {
    person.route(
        provider().issuer() + "/auth?*",
        route ->
            route.fulfill(
                new Route.FulfillOptions()
                    .setStatus(302)
                    .setHeaders(
                        Map.of(
                            "location",
                            route
                                .request()
                                .url()
                                .replaceAll(parameter + "=[^&]*", parameter + "=another")))),
        new BrowserContext.RouteOptions().setTimes(1));
  }

  private static Object kept(Page tab) {
    return tab.evaluate("() => JSON.parse(sessionStorage.getItem('holdfast.openid'))");
  }

  private static Object bearer(Page tab) {
    return tab.evaluate("() => JSON.parse(sessionStorage.getItem('holdfast.openid')).bearer");
  }

  @Test
  void oneSignsInComesBackToWhereOneWasAndTalks() {
    Page tab = open("chat/talk");
    assertThat(tab.locator("h1")).hasText("Sign in");
    assertThat(button(tab, "Sign in with Our Login")).isVisible();
    Browsers.picture(tab, "sign-in-openid");
    List<String> addresses = new ArrayList<>();
    tab.onRequest(request -> addresses.add(request.url()));
    signIn(tab, "ann");
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
    assertThat(tab).hasURL(browsers().gateway().base() + "/#/chat/talk");
    field(tab, "Message").fill("hi from Ann");
    tab.keyboard().press("Enter");
    assertThat(tab.locator(".said.own .what")).hasText("hi from Ann");
    tab.reload();
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
    assertThat(tab.evaluate("() => localStorage.length + document.cookie.length")).isEqualTo(0);
    String bearer = (String) bearer(tab);
    assertThat(addresses).isNotEmpty().noneMatch(address -> address.contains(bearer));
    assertThat(addresses)
        .filteredOn(address -> address.contains("/auth?"))
        .singleElement()
        .satisfies(asked ->
            assertThat(asked)
                .contains("code_challenge_method=S256", "response_type=code", "nonce=", "state="));
    tab.navigate(browsers().gateway().base() + "/#/sessions");
    assertThat(tab.locator("tbody").first()).containsText("this tab");
  }

  @Test
  void whoHasNoRoleSeesNoPagesOfAdministrators() {
    Page tab = open("sessions");
    signIn(tab, "bob");
    assertThat(tab.locator(".me .name")).hasText("Bob Example");
    assertThat(tab.locator("main")).containsText("Sessions are for administrators");
    tab.navigate(browsers().gateway().base() + "/#/overview");
    assertThat(tab.locator("main")).containsText("for administrators");
    assertThat(browsers().complaints()).isNotEmpty().allMatch(one -> one.contains("403"));
  }

  @ParameterizedTest
  @EnumSource(names = {"LIGHT", "DARK"})
  void everyTextStandsOutEnoughAndFitsOntoAPhone(ColorScheme colors) {
    BrowserContext small = browsers().person(360, 740, colors);
    String base = browsers().gateway().base().toString();
    Page tab = browsers().open(small, base + "/?code=stolen&state=guessed", "chat");
    assertThat(tab.locator(".problem")).isVisible();
    tab.locator("summary").click();
    assertThat(field(tab, "Token")).isVisible();
    Map<?, ?> found = (Map<?, ?>) tab.evaluate(ConsoleLooksTest.CONTRAST);
    assertThat((List<?>) found.get("bad")).isEmpty();
    assertThat((Integer) found.get("seen")).isGreaterThan(6);
    assertThat((Integer) tab.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
        .isZero();
    Browsers.picture(tab, "sign-in-openid-" + colors.name().toLowerCase(Locale.ROOT));
    small.close();
  }

  @Test
  void theKeyboardIsEnough() {
    Page tab = open("chat/talk");
    assertThat(button(tab, "Sign in with Our Login")).isVisible();
    button(tab, "Sign in with Our Login").focus();
    tab.keyboard().press("Tab");
    assertThat(tab.locator("summary")).isFocused();
    tab.keyboard().press("Enter");
    assertThat(field(tab, "Token")).isVisible();
    Browsers.picture(tab, "sign-in-openid-token");
    tab.keyboard().press("Shift+Tab");
    assertThat(button(tab, "Sign in with Our Login")).isFocused();
    tab.keyboard().press("Enter");
    tab.waitForURL(AT_PROVIDER);
  }

  @Test
  void aTokenCanBePastedBesideIt() {
    Page tab = open("chat/talk");
    tab.locator("summary").click();
    field(tab, "Token").fill("nonsense");
    button(tab, "Sign in").click();
    assertThat(tab.locator(".problem")).containsText("not taken");
    field(tab, "Token").fill(Jwt.hs256(Gateways.SECRET, "{\"sub\":\"eve\",\"exp\":4102444800}"));
    button(tab, "Sign in").click();
    assertThat(tab.locator(".me .name")).hasText("eve");
    button(tab, "Sign out").click();
    assertThat(tab.locator("h1")).hasText("Sign in");
  }

  @Test
  void anAnswerThatWasNotAskedForIsRefused() {
    String base = browsers().gateway().base().toString();
    Page tab = open("chat/talk");
    tab.navigate(base + "/?code=stolen&state=guessed#/chat/talk");
    assertThat(tab.locator(".problem")).containsText("belongs to no sign-in");
    assertThat(tab).hasURL(base + "/#/chat/talk");
    tab.navigate(base + "/?error=x&error_description=Call+this+number&state=guessed");
    assertThat(tab.locator(".problem")).containsText("belongs to no sign-in");
    assertThat(tab.locator("body")).not().containsText("Call this number");
    // One that was begun here, whose answer is to something else.
    change("state");
    signIn(tab, "ann");
    assertThat(tab.locator(".problem")).containsText("belongs to no sign-in");
    assertThat(kept(tab)).isNull();
  }

  @Test
  void anAnswerWithAnotherNonceIsRefused() {
    Page tab = open("chat/talk");
    change("nonce");
    signIn(tab, "ann");
    assertThat(tab.locator(".problem")).containsText("its ID token is not of this sign-in");
    assertThat(kept(tab)).isNull();
  }

  @Test
  void whatTheProviderRefusesIsShownAsText() {
    Page tab = open("chat/talk");
    button(tab, "Sign in with Our Login").click();
    tab.waitForURL(AT_PROVIDER);
    tab.getByText("Cancel").click();
    assertThat(tab.locator(".problem"))
        .hasText("Our Login says: End-User aborted interaction (access_denied)");
    assertThat(tab).hasURL(browsers().gateway().base() + "/#/chat/talk");
    Browsers.picture(tab, "sign-in-openid-refused");
    signIn(tab, "ann");
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
  }

  @Test
  void aTokenIsRenewedBeforeItEndsAndNobodyNotices() {
    provider().set("life", "8");
    Page tab = open("chat/talk");
    signIn(tab, "ann");
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
    Object first = bearer(tab);
    tab.evaluate(
        "() => new MutationObserver(() => { window.cut ??="
            + " document.querySelector('.banner')?.textContent; }).observe(document.body, {subtree:"
            + " true, childList: true})");
    tab.waitForFunction(
        "() => { const { endsAt } = JSON.parse(sessionStorage.getItem('holdfast.openid'));"
            + " return Date.now() > (window.first ??= endsAt); }");
    assertThat(bearer(tab)).isNotEqualTo(first);
    field(tab, "Message").fill("still here");
    tab.keyboard().press("Enter");
    assertThat(tab.locator(".said.own .what").last()).hasText("still here");
    assertThat(tab.evaluate("() => window.cut ?? null")).isNull();
  }

  @Test
  void aRenewalThatFailsIsTriedAgainAndThePageGoesOn() {
    provider().set("life", "4");
    Page tab = open("chat/talk");
    signIn(tab, "ann");
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
    Object first = bearer(tab);
    person.route(
        provider().issuer() + "/token",
        Route::abort,
        new BrowserContext.RouteOptions().setTimes(1));
    tab.waitForFunction(
        "before => JSON.parse(sessionStorage.getItem('holdfast.openid')).bearer !== before", first);
    assertThat(tab.locator(".status")).hasClass("status connected");
    field(tab, "Message").fill("still here");
    tab.keyboard().press("Enter");
    assertThat(tab.locator(".said.own .what").last()).hasText("still here");
  }

  @Test
  void withoutRenewalOneIsAskedAgainAndComesBackToWhereOneWas() {
    provider().set("life", "6");
    provider().set("refresh", "no");
    Page tab = open("chat/talk");
    signIn(tab, "ann");
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
    assertThat(tab.locator("h1")).hasText("Sign in");
    assertThat(tab.locator(".problem")).containsText("Your sign-in has ended");
    Browsers.picture(tab, "sign-in-openid-ended");
    provider().set("life", "3600");
    // The provider still knows her.
    button(tab, "Sign in with Our Login").click();
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
    assertThat(tab).hasURL(browsers().gateway().base() + "/#/chat/talk");
  }

  @Test
  void signingOutEndsItHereAndThere() {
    Page tab = open("chat/talk");
    signIn(tab, "ann");
    assertThat(tab.locator(".me .name")).hasText("Ann Example");
    List<String> addresses = new ArrayList<>();
    tab.onRequest(request -> addresses.add(request.url()));
    button(tab, "Sign out").click();
    tab.getByText("Yes, sign me out").click();
    assertThat(tab.locator("h1")).hasText("Sign in");
    assertThat(tab).hasURL(browsers().gateway().base() + "/");
    assertThat(kept(tab)).isNull();
    assertThat(addresses)
        .anyMatch(address -> address.contains("/session/end?"))
        .contains(provider().issuer() + "/token/revocation")
        .noneMatch(address -> address.contains("id_token_hint"));
    button(tab, "Sign in with Our Login").click();
    assertThat(tab.locator("input[name=login]")).isVisible();
  }

  @Test
  void accessTokensAreUsedWhereTheGatewayHasAnAudience() throws IOException {
    Map<String, String> settings = new java.util.HashMap<>(settings());
    settings.put("auth.oidc_audience", "holdfast-api");
    try (Browsers own = Browsers.start(false, settings)) {
      provider().set("gateway", own.gateway().base().toString());
      Page tab = own.open(own.person(), "sessions");
      tab.context().route("https://**", Route::abort);
      signIn(tab, "ann");
      assertThat(tab.locator("tbody").first()).containsText("this tab");
      assertThat(
              tab.evaluate(
                  "() =>"
                      + " JSON.parse(atob(JSON.parse(sessionStorage.getItem('holdfast.openid')).bearer.split('.')[1].replaceAll('-',"
                      + " '+').replaceAll('_', '/'))).aud"))
          .isEqualTo("holdfast-api");
      assertThat(own.complaints()).isEmpty();
    } finally {
      provider().set("gateway", browsers().gateway().base().toString());
    }
  }

  @Test
  void whatIsWrongWithTheProviderIsSaidAndItIsAskedAgain() throws IOException {
    Map<String, String> settings = new java.util.HashMap<>(settings());
    settings.put("auth.oidc_issuer", provider().issuer() + "/nowhere");
    try (Browsers own = Browsers.start(false, settings)) {
      Page tab = own.open(own.person(), "chat");
      assertThat(tab.locator(".problem"))
          .containsText("Signing in with Our Login does not work right now");
      assertThat(tab.locator(".problem")).containsText("HTTP status 404");
      button(tab, "Try again").click();
      assertThat(button(tab, "Try again")).isEnabled();
      Browsers.picture(tab, "sign-in-openid-down");
      assertThat(own.complaints()).isEmpty();
    }
  }
}
