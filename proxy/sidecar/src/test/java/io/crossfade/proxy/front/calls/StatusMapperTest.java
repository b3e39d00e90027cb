package io.crossfade.proxy.front.calls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.rpc.BadRequest;
import com.google.rpc.PreconditionFailure;
import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.CallException.Kind;
import io.crossfade.proxy.collection.Violation;
import io.crossfade.v1.StepBlocked;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatusMapperTest {
    private static final int HEADERS_OF_A_DEFAULT_CLIENT = 8192;

    private static final Violation VIOLATION = new Violation("documents[3].id", "0 bytes (expected: 1 to 512)");

    private final StatusMapper mapper = new StatusMapper();

    @ParameterizedTest
    @CsvSource({
        "INVALID, INVALID_ARGUMENT",
        "NOT_FOUND, NOT_FOUND",
        "PRECONDITION, FAILED_PRECONDITION",
        "ABORTED, ABORTED",
        "EXHAUSTED, RESOURCE_EXHAUSTED",
        "UNAVAILABLE, UNAVAILABLE",
        "DEADLINE, DEADLINE_EXCEEDED",
        "UNKNOWN, UNKNOWN"
    })
    void kind_hasItsStatusAndKeepsItsMessage(Kind kind, Status.Code code) {
        StatusRuntimeException status = mapper.map(new CompletionException(new CallException(kind, "thing: 1")));

        assertThat(status.getStatus().getCode()).isEqualTo(code);
        assertThat(status.getStatus().getDescription()).isEqualTo("thing: 1");
    }

    @Test
    void everyKind_isMapped() {
        for (Kind kind : Kind.values()) {
            assertThat(mapper.map(new CallException(kind, "thing")).getStatus().getCode())
                    .isNotEqualTo(Status.Code.OK);
        }
    }

    @Test
    void unforeseenFailure_tellsOnlyItsNumber() {
        StatusRuntimeException status = mapper.map(new IllegalStateException("password: hunter2"));

        assertThat(status.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getMessage())
                .isEqualTo("INTERNAL: internal error 1 (the sidecar's log has the details)")
                .doesNotContain("hunter2");
        assertThat(mapper.map(new CallException(Kind.INTERNAL, "hunter2")).getMessage())
                .contains("internal error 2")
                .doesNotContain("hunter2");
    }

    @Test
    void violations_areDetailsOfABadRequest() throws Exception {
        StatusRuntimeException status = mapper.map(CallException.invalid(List.of(VIOLATION)));

        BadRequest details = StatusProto.fromThrowable(status).getDetails(0).unpack(BadRequest.class);
        assertThat(details.getFieldViolations(0).getField()).isEqualTo("documents[3].id");
        assertThat(details.getFieldViolations(0).getDescription()).isEqualTo("0 bytes (expected: 1 to 512)");
    }

    @Test
    void blockers_areDetailsOfABlockedStep() throws Exception {
        StatusRuntimeException status = mapper.map(blocked());

        StepBlocked details = StatusProto.fromThrowable(status).getDetails(0).unpack(StepBlocked.class);
        assertThat(details.getBlockersList())
                .containsExactly(io.crossfade.v1.Blocker.newBuilder()
                        .setCode(io.crossfade.v1.Blocker.Code.CODE_BACKFILL_INCOMPLETE)
                        .setDetail("10 of 20")
                        .setMember("pod-1")
                        .build());
    }

    @Test
    void unmetParts_areDetailsOfAPreconditionFailure() throws Exception {
        StatusRuntimeException status = mapper.map(unmet());

        PreconditionFailure details =
                StatusProto.fromThrowable(status).getDetails(0).unpack(PreconditionFailure.class);
        assertThat(details.getViolations(0).getSubject()).isEqualTo("documents[4]");
        assertThat(details.getViolations(0).getDescription()).isEqualTo("no vector of space bge");
    }

    @Test
    void everyDetail_isAmongThoseThatReflectionKnows() {
        List<String> known =
                ErrorDetails.TYPES.stream().map(Descriptor::getFullName).toList();

        for (CallException failure : List.of(CallException.invalid(List.of(VIOLATION)), unmet(), blocked())) {
            assertThat(StatusProto.fromThrowable(mapper.map(failure)).getDetailsList())
                    .extracting(detail -> detail.getTypeUrl().replace("type.googleapis.com/", ""))
                    .hasSize(1)
                    .isSubsetOf(known);
        }
    }

    private static CallException unmet() {
        return CallException.unmet(List.of(new Violation("documents[4]", "no vector of space bge")));
    }

    private static CallException blocked() {
        return CallException.blocked(List.of(new Blocker(Blocker.Code.BACKFILL_INCOMPLETE, "10 of 20", "pod-1")));
    }

    @Test
    void anyNumberOfViolations_fitsIntoTheHeadersOfADefaultClient() {
        for (String problem : List.of("x".repeat(300), "ü".repeat(300), "%".repeat(300), "日本語".repeat(100))) {
            StatusRuntimeException status = mapper.map(CallException.invalid(IntStream.range(0, 1000)
                    .mapToObj(i -> new Violation("documents[" + i + "]", problem))
                    .toList()));

            assertThat(headerBytes(status)).isLessThan(HEADERS_OF_A_DEFAULT_CLIENT - 500);
        }
    }

    /** The message percent-encoded, and the details in Base64. */
    private static int headerBytes(StatusRuntimeException status) {
        int message = 0;
        for (byte b : String.valueOf(status.getStatus().getDescription()).getBytes(UTF_8)) {
            message += b >= ' ' && b < 0x7f && b != '%' ? 1 : 3;
        }
        byte[] details =
                status.getTrailers().get(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER));
        return message + (details.length + 2) / 3 * 4;
    }
}
