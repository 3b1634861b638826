package dev.holdfast.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the arrows between the rooms of the house. */
class HouseTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.holdfast");

  /**
   * A room, and all the packages its code may name; the JDK's harmless part goes without saying.
   */
  @ParameterizedTest
  @CsvSource({
    "console, dev.holdfast.console..",
    "feed, dev.holdfast.feed..",
    "wire, dev.holdfast.wire.. tools.jackson.core..",
    "session, dev.holdfast.session.. dev.holdfast.feed.. dev.holdfast.wire..",
  })
  void theInnerRoomsKnowNoNetworkAndNoVendor(String room, String mayName) {
    var harmless =
        Stream.of(
            "java.lang..",
            "java.util..",
            "java.time..",
            "java.io..",
            "java.math..",
            "java.nio",
            "java.nio.charset..",
            "java.security..",
            "org.jspecify.annotations..");
    classes()
        .that()
        .resideInAPackage("dev.holdfast." + room + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(harmless, Stream.of(mayName.split(" "))).toArray(String[]::new))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @ParameterizedTest
  @CsvSource({
    "feed, wire session kinds transport console server client conformance bench",
    "wire, feed session kinds transport console server client conformance bench",
    "session, kinds transport console server client conformance bench",
    "kinds, wire session transport console server client conformance bench",
    "transport, feed kinds console server client conformance bench",
    "console, feed wire session kinds transport server client conformance bench",
    "server, client conformance bench",
  })
  void arrowsPointInwards(String room, String others) {
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            Stream.of(others.split(" "))
                .map(other -> "dev.holdfast." + other + "..")
                .toArray(String[]::new))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void onlyTheTransportAndTheServerKnowNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.holdfast.transport..", "dev.holdfast.server..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(HOUSE);
  }

  @Test
  void noKindImportsAnother() {
    slices()
        .matching("dev.holdfast.kinds.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            JavaClass.Predicates.resideInAPackage("dev.holdfast.kinds.."),
            JavaClass.Predicates.resideInAPackage("dev.holdfast.kinds.common"))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void noPackagesFormACycle() {
    slices().matching("dev.holdfast.(**)").should().beFreeOfCycles().check(HOUSE);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(HOUSE.stream().map(JavaClass::getPackage).distinct())
        .isNotEmpty()
        .allSatisfy(room -> assertThat(room.isAnnotatedWith(NullMarked.class)).isTrue());
  }

  @Test
  void publicNamesSayWhatAThingIs() {
    noClasses()
        .that()
        .arePublic()
        .should()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .check(HOUSE);
  }
}
