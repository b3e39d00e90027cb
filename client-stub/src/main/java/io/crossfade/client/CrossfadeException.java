package io.crossfade.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.PreconditionFailure;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.StepBlocked;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Why a call failed. For a write, {@link #mayBeApplied} tells whether it may have had an effect. */
public final class CrossfadeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status.Code code;
    private final transient List<Violation> violations;
    private final transient List<Blocker> blockers;

    private CrossfadeException(Status status, List<Violation> violations, List<Blocker> blockers) {
        super(message(status), status.getCause());
        this.code = status.getCode();
        this.violations = violations;
        this.blockers = blockers;
    }

    /**
     * One part of a request that is wrong, or that asks for something the collection does not offer now.
     *
     * @param path such as {@code documents[3].vectors[0]}
     * @param problem value and expectation
     */
    public record Violation(String path, String problem) {}

    static CrossfadeException of(Status status) {
        return new CrossfadeException(status, List.of(), List.of());
    }

    /** With the details that the server sent along. */
    static CrossfadeException of(Throwable failure) {
        com.google.rpc.Status details = StatusProto.fromThrowable(failure);
        List<Any> parts = details == null ? List.of() : details.getDetailsList();
        List<Violation> violations = Stream.concat(wrong(parts), unmet(parts)).toList();
        List<Blocker> blockers = unpack(parts, StepBlocked.class)
                .flatMap(blocked -> blocked.getBlockersList().stream())
                .toList();
        return new CrossfadeException(Status.fromThrowable(failure).withCause(failure), violations, blockers);
    }

    public Status.Code code() {
        return code;
    }

    /** Every part of the request that was refused; nothing was applied. */
    public List<Violation> violations() {
        return violations;
    }

    /** Everything that stands in the way of a step. */
    public List<Blocker> blockers() {
        return blockers;
    }

    /** The outcome is not known: a write may have been applied, or may yet be. */
    public boolean mayBeApplied() {
        return switch (code) {
            case UNAVAILABLE, UNKNOWN, DEADLINE_EXCEEDED, CANCELLED, INTERNAL -> true;
            default -> false;
        };
    }

    private static String message(Status status) {
        String description = status.getDescription();
        return description == null ? status.getCode().name() : status.getCode() + ": " + description;
    }

    private static Stream<Violation> wrong(List<Any> parts) {
        return unpack(parts, BadRequest.class)
                .flatMap(request -> request.getFieldViolationsList().stream())
                .map(each -> new Violation(each.getField(), each.getDescription()));
    }

    private static Stream<Violation> unmet(List<Any> parts) {
        return unpack(parts, PreconditionFailure.class)
                .flatMap(failed -> failed.getViolationsList().stream())
                .map(each -> new Violation(each.getSubject(), each.getDescription()));
    }

    private static <T extends Message> Stream<T> unpack(List<Any> parts, Class<T> type) {
        return parts.stream()
                .filter(part -> part.is(type))
                .map(part -> parse(part, type))
                .flatMap(Optional::stream);
    }

    /** Details are an extra: broken ones must not hide the status. */
    private static <T extends Message> Optional<T> parse(Any part, Class<T> type) {
        try {
            return Optional.of(part.unpack(type));
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }
}
