package io.crossfade.proxy.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.time.Cause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What ARCHITECTURE.md says of the packages, held against the code. */
final class ArchitectureTest {
    private static final String ROOT = "io.crossfade.proxy";

    /** A package knows those before it, and none after it. A new package gets its place here. */
    private static final List<String> FROM_THE_GROUND_UP = List.of(
            "time",
            "settings",
            "model",
            "index",
            "control",
            "kit",
            "local",
            "rocks",
            "wire",
            "store",
            "driver",
            "embed",
            "collection",
            "route",
            "write",
            "read",
            "migration",
            "serve",
            "observe",
            "assembly",
            "front",
            "plugin",
            "terminal",
            "config",
            "cli",
            "demo");

    private static final JavaClasses MAIN = compiled("classes");

    /** Benchmarks of whole processes are there too when they are built, and what JMH generates. */
    private static final String[] MEASURE = {in("load"), "..jmh_generated.."};

    private static final JavaClasses MAIN_AND_TESTS = compiled("classes", "test-classes");

    private static final Map<Class<?>, Set<String>> CLOCKS = Map.of(
            System.class, Set.of("currentTimeMillis", "nanoTime"),
            Thread.class, Set.of("sleep"),
            Instant.class, Set.of("now"),
            Clock.class, Set.of("systemUTC", "systemDefaultZone", "system"));

    /** What the modules have been compiled to, wherever they lie below the folder of all of them. */
    private static JavaClasses compiled(String... folders) {
        try (Stream<Path> all = Files.find(Path.of(".."), 4, (path, file) -> file.isDirectory())) {
            List<Path> found = all.filter(
                            path -> path.getParent() != null && path.getParent().endsWith("target"))
                    .filter(path -> Arrays.stream(folders).anyMatch(path::endsWith))
                    .toList();
            return new ClassFileImporter().importPaths(found);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPackageKnowsOnlyThoseBelowIt() {
        LayeredArchitecture layers = layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .ensureAllClassesAreContainedInArchitectureIgnoring(ROOT);
        for (String each : FROM_THE_GROUND_UP) {
            layers = layers.layer(each).definedBy(in(each));
        }
        for (int i = 1; i < FROM_THE_GROUND_UP.size(); i++) {
            layers = layers.whereLayer(FROM_THE_GROUND_UP.get(i))
                    .mayOnlyAccessLayers(FROM_THE_GROUND_UP.subList(0, i).toArray(String[]::new));
        }
        layers.whereLayer(FROM_THE_GROUND_UP.get(0))
                .mayNotAccessAnyLayer()
                .because("a write travels downstream only, and a cycle would let it come back")
                .check(MAIN);
    }

    /** The stages of a migration, each of which knows those before it only. */
    private static final List<String> WING = List.of(
            "state",
            "step",
            "identity",
            "reconcile",
            "mirroring",
            "member",
            "backfill",
            "verify",
            "recover",
            "flip",
            "admin");

    @Test
    void aMigrationGoesOneWay() {
        LayeredArchitecture wing = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String each : WING) {
            wing = wing.layer(each).definedBy(in("migration." + each));
        }
        for (int i = 1; i < WING.size(); i++) {
            wing = wing.whereLayer(WING.get(i))
                    .mayOnlyAccessLayers(WING.subList(0, i).toArray(String[]::new));
        }
        wing.whereLayer(WING.get(0))
                .mayNotAccessAnyLayer()
                .because("what is agreed on must not depend on who agrees")
                .check(MAIN);
    }

    @Test
    void packagesHaveNoCircles_atAnyDepth() {
        slices().assignedFrom(new EachPackage())
                .should()
                .beFreeOfCycles()
                .because("what is in a circle can be understood, tested and moved only as a whole")
                .check(MAIN);
    }

    /** A package with all its classes is one slice, whatever lies below it. */
    private static final class EachPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            return SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    /** A method with a default would not reach the index within, and nobody would notice. */
    @Test
    void whoWrapsAnIndex_handsOnEveryMethod() {
        Set<String> all = MAIN.get(VectorIndex.class).getMethods().stream()
                .map(method -> method.getName())
                .collect(Collectors.toSet());
        assertThat(MAIN.stream()
                        .filter(each -> each.isAssignableTo(VectorIndex.class))
                        .filter(each -> each.getFields().stream()
                                .anyMatch(field -> field.getRawType().isEquivalentTo(VectorIndex.class))))
                .hasSizeGreaterThan(3)
                .allSatisfy(wrapper -> assertThat(wrapper.getMethods().stream()
                                .map(method -> method.getName())
                                .toList())
                        .as(wrapper.getName())
                        .containsAll(all));
    }

    /** Each stage that takes options keeps them beside itself; a configuration only composes them. */
    @Test
    void settingsLiveWithTheirStage() {
        classes()
                .that()
                .haveSimpleNameEndingWith("Config")
                .should()
                .haveFullyQualifiedName(ROOT + ".config.CrossfadeConfig")
                .because("a new key touches its stage, the documentation and a test, nothing else")
                .check(MAIN);
    }

    @Test
    void nobodyKnowsTheCompositionRoot() {
        noClasses()
                .that(resideOutsideOfPackages(ROOT))
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT))
                .because("only the root puts parts together, so every part can be put together otherwise in a test")
                .check(MAIN);
    }

    @Test
    void onlyTheRootAndTheCommandLineKnowTheConfiguration() {
        onlyIn(List.of(ROOT, in("config"), in("cli")), in("config"))
                .because("parts are given what they need, so a test never has to write a file")
                .check(MAIN);
    }

    @Test
    void theWireFormatStaysAtTheEdges() {
        onlyIn(
                        List.of(
                                in("front"),
                                in("wire"),
                                in("driver.crossfade"),
                                in("driver.qdrant"),
                                in("cli"),
                                in("demo"),
                                in("kit.index")),
                        "io.crossfade.v1..",
                        "io.grpc..",
                        "com.google.protobuf..")
                .because("the core speaks model types, so that another front can stand beside this one")
                .check(MAIN);
    }

    @Test
    void protocolsDoNotKnowEachOther() {
        for (String protocol : List.of("crossfade", "admin", "ops")) {
            onlyIn(List.of(ROOT, ROOT + ".front", in("front." + protocol)), in("front." + protocol))
                    .because(
                            "a protocol comes or goes beside the others; what two of them need is in listen, calls or api")
                    .check(MAIN);
        }
    }

    @Test
    void theClientIsUsedByWhatIsAClient() {
        onlyIn(List.of(in("driver.crossfade"), in("cli"), in("demo")), "io.crossfade.client..")
                .because("a server that calls itself through its own client has lost its way")
                .check(MAIN);
    }

    @Test
    void librariesStayBehindTheirPackage() {
        onlyIn(List.of(in("driver.lucene")), "org.apache.lucene..")
                .because("the core knows the driver interface, never an engine")
                .check(MAIN);
        onlyIn(List.of(in("driver.pgvector")), "org.postgresql..", "com.pgvector..", "com.zaxxer..")
                .because("the core knows the driver interface, never an engine")
                .check(MAIN);
        onlyIn(List.of(in("driver.pgvector"), in("local"), in("demo")), "java.sql..")
                .because("the core knows the driver interface, never an engine; the demo is its user, too")
                .check(MAIN);
        onlyIn(List.of(in("driver.qdrant")), "io.qdrant..")
                .because("the core knows the driver interface, never an engine")
                .check(MAIN);
        onlyIn(List.of(in("rocks"), in("write.journal"), in("driver.lucene")), "org.rocksdb..")
                .because("storage is behind JournalStore and behind the driver interface")
                .check(MAIN);
        onlyIn(List.of(in("embed"), in("demo")), "dev.langchain4j..")
                .because("it is not in the sidecar's jar: one class that links it would fail to load there")
                .check(MAIN);
        onlyIn(List.of(in("write.mirror"), in("embed"), in("migration")), "io.github.resilience4j..")
                .because("a breaker guards the follower or a model, and migration reports on it; never the leader")
                .check(MAIN);
        onlyIn(List.of(in("observe")), "io.micrometer..", "io.prometheus..")
                .because("what is measured does not know how it is published")
                .check(MAIN);
        onlyIn(List.of(in("cli"), in("demo")), "picocli..")
                .because("a sidecar can be started without a command line")
                .check(MAIN);
    }

    @Test
    void timeComesFromTime() {
        noClasses()
                .that(resideOutsideOfPackages(ROOT + ".time", ROOT + ".kit.time")
                        .and(resideOutsideOfPackages(MEASURE)))
                .should()
                .callMethodWhere(readsClockOrSleeps())
                .because("time is given, so that tests can let it pass")
                .check(MAIN_AND_TESTS);
    }

    private static DescribedPredicate<JavaCall<?>> readsClockOrSleeps() {
        return describe("a clock is read or a thread sleeps", call -> {
            AccessTarget target = call.getTarget();
            return CLOCKS.entrySet().stream()
                    .anyMatch(clock -> target.getOwner().isEquivalentTo(clock.getKey())
                            && clock.getValue().contains(target.getName()));
        });
    }

    @Test
    void whatAChainOfFuturesWrapsIsUnwrappedInOnePlace() {
        codeUnits()
                .that(lookIntoACompletionException())
                .should()
                .beDeclaredIn(Cause.class)
                .because("whoever unwraps one layer only takes a wrapped refusal for a fault")
                .check(MAIN);
    }

    private static DescribedPredicate<JavaCodeUnit> lookIntoACompletionException() {
        return describe(
                "look into a CompletionException",
                unit -> unit.getInstanceofChecks().stream()
                                .anyMatch(check -> check.getRawType().isEquivalentTo(CompletionException.class))
                        || unit.getMethodCallsFromSelf().stream()
                                .map(JavaCall::getTarget)
                                .anyMatch(target -> target.getOwner().isEquivalentTo(CompletionException.class)
                                        && target.getName().equals("getCause")));
    }

    private static ArchRule onlyIn(List<String> packages, String... guarded) {
        return noClasses()
                .that(resideOutsideOfPackages(packages.toArray(String[]::new)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(guarded));
    }

    private static String in(String name) {
        return ROOT + "." + name + "..";
    }
}
