package dev.holdfast.conformance;

import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs cases and keeps the score. One thread. */
final class Verifier {

  /** What became of a scenario: of several cases, the worst. */
  enum Score {
    PASSED("passed"),
    NOT_RUN("not run"),
    FAILED("FAILED"),
    /** No case: {@code holdfast bench} measures it. */
    MEASURED("measured"),
    NOT_TRIED("not tried");

    private final String text;

    Score(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * What became of a case.
   *
   * @param why it failed or was not run; null where it passed
   */
  record Result(Score score, @Nullable String why, @Nullable Throwable failure) {}

  private final Gateways gateways;
  private final long seed;
  private final Map<String, Score> scores = new LinkedHashMap<>();

  Verifier(Gateways gateways, long seed) {
    this.gateways = gateways;
    this.seed = seed;
  }

  Result run(Case one) {
    Result result = tried(one);
    scores.merge(one.id(), result.score(), (a, b) -> a.compareTo(b) > 0 ? a : b);
    return result;
  }

  private Result tried(Case one) {
    String lacking = lacking(one.need());
    if (lacking != null) {
      return new Result(Score.NOT_RUN, lacking, null);
    }
    boolean dev = one.need() == Case.Need.DEV || !gateways.has(false);
    try (Trial trial = new Trial(gateways, gateways.shared(dev), seed)) {
      one.body().run(trial);
      return new Result(Score.PASSED, null, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(Score.FAILED, "interrupted", e);
    } catch (Exception | AssertionError e) {
      return new Result(Score.FAILED, why(e), e);
    }
  }

  private static String why(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof AssertionError || failure instanceof IOException
        ? message
        : failure.getClass().getSimpleName() + ": " + message;
  }

  private @Nullable String lacking(Case.Need need) {
    boolean met =
        switch (need) {
          case USERS -> gateways.has(false) || gateways.has(true);
          case DEV -> gateways.has(true);
          case TOKENS -> gateways.has(false);
          case OWN -> gateways.startsOwn();
          case UPSTREAM -> gateways.startsOwn() && Upstream.folder() != null;
          case EMULATOR ->
              gateways.startsOwn() && Emulator.folder() != null && ScreenCases.programs();
          case BROWSER -> gateways.startsOwn() && Chromium.program() != null;
        };
    return met
        ? null
        : switch (need) {
          case USERS, TOKENS -> "needs the secret of the gateway's tokens: --secret-env";
          case DEV -> "needs a gateway in development mode";
          case OWN -> "needs gateways of its own: verify without a URL";
          case UPSTREAM -> "needs gateways of its own, node, and npm ci in conformance/upstream";
          case EMULATOR ->
              "needs gateways of its own, node, npm ci in conformance/emulator, and vim, less, htop"
                  + " and tmux";
          case BROWSER ->
              "needs gateways of its own, and Chromium: chromium, chromium-browser or"
                  + " google-chrome";
        };
  }

  /** What became of every scenario of the catalogue, in its order. */
  Map<String, Score> coverage() {
    Map<String, Score> coverage = new LinkedHashMap<>();
    for (String id : Catalogue.scenarios().keySet()) {
      Score untried = Catalogue.MEASURED.contains(id) ? Score.MEASURED : Score.NOT_TRIED;
      coverage.put(id, scores.getOrDefault(id, untried));
    }
    return coverage;
  }

  /** The figures in one line. */
  String summary() {
    Map<Score, Integer> counts = new EnumMap<>(Score.class);
    coverage().values().forEach(score -> counts.merge(score, 1, Integer::sum));
    StringBuilder line = new StringBuilder(coverage().size() + " scenarios:");
    counts.forEach(
        (score, count) -> line.append(' ').append(count).append(' ').append(score).append(','));
    return line.substring(0, line.length() - 1);
  }
}
