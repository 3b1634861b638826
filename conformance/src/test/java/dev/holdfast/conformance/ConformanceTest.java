package dev.holdfast.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.conformance.Verifier.Score;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every case against gateways that run as processes of their own. */
class ConformanceTest {

  private static final long SEED = Long.getLong("holdfast.seed", System.nanoTime());
  private static final Gateways GATEWAYS = new ChildGateways();
  private static final Verifier VERIFIER = new Verifier(GATEWAYS, SEED);

  @BeforeAll
  static void tellTheSeed() {
    System.out.println("seed " + SEED + " (-Dholdfast.seed)");
  }

  @AfterAll
  static void tellTheCoverage() {
    GATEWAYS.close();
    VERIFIER.coverage().forEach((id, score) -> System.out.printf("%-6s %s%n", id, score));
    System.out.println(VERIFIER.summary());
    assertThat(GATEWAYS.errors()).as("errors that gateways logged").isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> scenarios() {
    return Catalogue.cases().stream()
        .map(one ->
            DynamicTest.dynamicTest(
                one.id() + " " + one.shows(),
                () -> {
                  Verifier.Result result = VERIFIER.run(one);
                  if (result.failure() != null) {
                    throw new AssertionError(result.why(), result.failure());
                  }
                  Assumptions.assumeTrue(
                      result.score() != Score.NOT_RUN || System.getenv("CI") != null, result.why());
                  assertThat(result.score()).as(result.why()).isEqualTo(Score.PASSED);
                }));
  }

  @Test
  void everyScenarioOfTheGatewayHasACase() {
    List<String> cases = Catalogue.cases().stream().map(Case::id).distinct().toList();
    Map<String, String> scenarios = Catalogue.scenarios();
    assertThat(scenarios.keySet()).containsAll(cases);
    assertThat(scenarios.keySet())
        .filteredOn(id -> !Catalogue.MEASURED.contains(id))
        .isSubsetOf(cases);
  }
}
