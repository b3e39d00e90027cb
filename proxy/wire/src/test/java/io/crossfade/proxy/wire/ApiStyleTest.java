package io.crossfade.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.QueryRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How the API is written, held against all of its files. */
final class ApiStyleTest {
    /** Enums whose value 0 means something, each with its reason. */
    private static final Map<String, String> MEANINGFUL_ZEROS = Map.of();

    /** Names of fields that say what something is like, or in which state it is. */
    private static final Set<String> STATES = Set.of(
            "state", "phase", "kind", "status", "outcome", "type", "code", "mode", "metric", "operator", "cause");

    /** Strings with such a name all the same, each with its reason. */
    private static final Map<String, String> STATES_AS_TEXT = Map.of();

    private static final Set<FileDescriptor> FILES = Stream.of(
                    CollectionStatus.getDescriptor(), QueryRequest.getDescriptor())
            .flatMap(message -> withImports(message.getFile()))
            .collect(Collectors.toSet());

    @Test
    void everyFile_isLookedAt() throws IOException {
        assertThat(FILES.stream()
                        .map(file -> Path.of(file.getName()).getFileName().toString()))
                .containsExactlyInAnyOrderElementsOf(ApiSource.files().stream()
                        .map(file -> file.getFileName().toString())
                        .toList());
    }

    @Test
    void everyEnumValue_beginsWithTheNameOfItsEnum() {
        assertThat(values()).isNotEmpty();
        assertThat(values().filter(value -> !value.getName().startsWith(ShortNames.prefix(value.getType()))))
                .extracting(EnumValueDescriptor::getFullName)
                .isEmpty();
    }

    @Test
    void everyZero_isUnspecified_unlessThereIsAReason() {
        assertThat(enums().filter(type -> !MEANINGFUL_ZEROS.containsKey(type.getFullName()))
                        .filter(type -> !isUnspecified(type.findValueByNumber(0))))
                .extracting(EnumDescriptor::getFullName)
                .isEmpty();
    }

    @Test
    void nothingElse_isUnspecified() {
        assertThat(values().filter(value -> value.getNumber() != 0 && isUnspecified(value)))
                .extracting(EnumValueDescriptor::getFullName)
                .isEmpty();
    }

    @Test
    void noState_isAString_unlessThereIsAReason() {
        assertThat(fields().filter(field -> field.getJavaType() == FieldDescriptor.JavaType.STRING)
                        .filter(field -> !STATES_AS_TEXT.containsKey(field.getFullName()))
                        .filter(field -> isState(field.getName())))
                .extracting(FieldDescriptor::getFullName)
                .isEmpty();
    }

    private static boolean isState(String name) {
        return STATES.stream()
                .anyMatch(state -> name.equals(state) || name.equals(state + "s") || name.endsWith("_" + state));
    }

    private static boolean isUnspecified(EnumValueDescriptor value) {
        return ShortNames.of(value.getType(), value.getName()).equals("UNSPECIFIED");
    }

    private static Stream<EnumValueDescriptor> values() {
        return enums().flatMap(type -> type.getValues().stream());
    }

    private static Stream<FieldDescriptor> fields() {
        return FILES.stream()
                .flatMap(file -> file.getMessageTypes().stream())
                .flatMap(ApiStyleTest::withNested)
                .flatMap(message -> message.getFields().stream());
    }

    private static Stream<EnumDescriptor> enums() {
        return Stream.concat(
                FILES.stream().flatMap(file -> file.getEnumTypes().stream()),
                FILES.stream()
                        .flatMap(file -> file.getMessageTypes().stream())
                        .flatMap(ApiStyleTest::withNested)
                        .flatMap(message -> message.getEnumTypes().stream()));
    }

    private static Stream<Descriptor> withNested(Descriptor message) {
        return Stream.concat(
                Stream.of(message), message.getNestedTypes().stream().flatMap(ApiStyleTest::withNested));
    }

    /** A file of this API, and those that it imports. */
    private static Stream<FileDescriptor> withImports(FileDescriptor file) {
        return file.getPackage().equals("crossfade.v1")
                ? Stream.concat(Stream.of(file), file.getDependencies().stream().flatMap(ApiStyleTest::withImports))
                : Stream.empty();
    }
}
