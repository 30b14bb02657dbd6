package dev.berth.standalone.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.event.Event;
import io.temporal.activity.Activity;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.UUID;
import org.slf4j.LoggerFactory;

/** The load-bearing walls: what may know what. */
@AnalyzeClasses(packages = "dev.berth", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule schemasDependOnNothingOfOurs = noClasses()
            .that()
            .resideInAPackage("dev.berth.schemas..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.berth.scheduler..",
                    "dev.berth.ledger..",
                    "dev.berth.log..",
                    "dev.berth.workers..",
                    "dev.berth.workflows..",
                    "dev.berth.gateway..",
                    "dev.berth.standalone..");

    @ArchTest
    static final ArchRule theCoreKnowsOnlyTheLanguage = classes()
            .that()
            .resideInAPackage("dev.berth.scheduler.core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "dev.berth.schemas..",
                    "dev.berth.scheduler.core..",
                    "org.jspecify..",
                    "com.fasterxml.jackson.annotation..");

    @ArchTest
    static final ArchRule theCoreHasNoClockNoChanceAndNoThreads = noClasses()
            .that()
            .resideInAPackage("dev.berth.scheduler.core..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Clock.class, Instant.class, Random.class, UUID.class, Thread.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule planningReadsOnly = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.berth.scheduler.core.placement..",
                    "dev.berth.scheduler.core.plan..",
                    "dev.berth.scheduler.core.invariant..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ControllerState.class);

    /** A draft folds its own events into an overlay of the state, so that a decision sees what it has decided so far. */
    @ArchTest
    static final ArchRule decidingReadsOnlyAndFoldsInDraftsAlone = noClasses()
            .that()
            .resideInAPackage("dev.berth.scheduler.core.decide..")
            .and()
            .doNotHaveSimpleName("Draft")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ControllerState.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("dev.berth.scheduler.core.evolve..");

    @ArchTest
    static final ArchRule sqlIsKnownToTheLedgerAndTheProjectionOnly = noClasses()
            .that()
            .resideOutsideOfPackages("dev.berth.ledger..", "dev.berth.scheduler.projection..", "dev.berth.standalone..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..");

    @ArchTest
    static final ArchRule kafkaIsKnownToAdaptersOnly = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.berth.log..",
                    "dev.berth.scheduler.stream..",
                    "dev.berth.scheduler.app..",
                    "dev.berth.standalone..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule temporalIsKnownToWorkflowsOnly = noClasses()
            .that()
            .resideOutsideOfPackages("dev.berth.workflows..", "dev.berth.standalone..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.temporal..");

    private static final DescribedPredicate<JavaClass> RUN_IN_A_WORKFLOW =
            new DescribedPredicate<>("run in a workflow, since they do not use the context of an activity") {
                @Override
                public boolean test(JavaClass type) {
                    return type.getDirectDependenciesFromSelf().stream()
                            .noneMatch(use -> use.getTargetClass().isEquivalentTo(Activity.class));
                }
            };

    /** Replayed, workflow code has to come to the same commands; time and all else from outside reach it through Temporal. */
    @ArchTest
    static final ArchRule workflowCodeHasNoClockNoChanceNoThreadsAndNoOutside = noClasses()
            .that()
            .resideInAPackage("dev.berth.workflows..")
            .and()
            .resideOutsideOfPackages("dev.berth.workflows.host..", "dev.berth.workflows.port..")
            .and(RUN_IN_A_WORKFLOW)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    Clock.class,
                    Instant.class,
                    LocalDateTime.class,
                    ZonedDateTime.class,
                    Random.class,
                    UUID.class,
                    Thread.class,
                    ProcessHandle.class,
                    LoggerFactory.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..",
                    "java.net..",
                    "java.nio..",
                    "java.sql..",
                    "java.util.concurrent..",
                    "dev.berth.workflows.host..",
                    "dev.berth.workflows.port..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(System.class)
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule micronautIsTheGatewaysOwn = noClasses()
            .that()
            .resideOutsideOfPackages("dev.berth.gateway..", "dev.berth.standalone..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micronaut..");

    @ArchTest
    static final ArchRule commandsAreRecords = classes()
            .that()
            .implement(Command.class)
            .and()
            .areNotInterfaces()
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule eventsAreRecords = classes()
            .that()
            .implement(Event.class)
            .and()
            .areNotInterfaces()
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule modulesHaveNoCycles =
            slices().matching("dev.berth.(*)..").should().beFreeOfCycles();
}
