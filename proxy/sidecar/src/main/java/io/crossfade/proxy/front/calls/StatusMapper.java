package io.crossfade.proxy.front.calls;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.PreconditionFailure;
import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Failures;
import io.crossfade.proxy.collection.Violation;
import io.crossfade.proxy.front.api.BlockerWriter;
import io.crossfade.proxy.time.Cause;
import io.crossfade.v1.StepBlocked;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where a failure becomes a gRPC status. Violations and blockers travel twice: in the message, for
 * people, and in details of the types that {@link ErrorDetails} lists, for programs. What was not foreseen is logged
 * under a number and answered as a plain INTERNAL that names it.
 *
 * <p>A status travels in HTTP/2 headers, of which a client takes 8 KiB by default; so messages and details are cut to a
 * size that fits, and say how many violations were left out.
 */
public final class StatusMapper {
    private static final Logger log = LoggerFactory.getLogger(StatusMapper.class);

    /**
     * The most bytes of a message as encoded in a header. The message is there twice: on its own, and again inside the
     * details.
     */
    private static final int MESSAGE_BUDGET = 1500;

    private static final int DETAILS_BUDGET = 1800;

    private final AtomicLong faults = new AtomicLong();

    StatusRuntimeException map(Throwable failure) {
        Throwable cause = Cause.of(failure);
        if (cause instanceof StatusRuntimeException status) {
            return status;
        }
        CallException call = Failures.toCall(cause);
        return call.kind() == CallException.Kind.INTERNAL ? unexpected(cause) : expected(call);
    }

    private StatusRuntimeException unexpected(Throwable cause) {
        long fault = faults.incrementAndGet();
        log.error("internal error {}", fault, cause);
        return Status.INTERNAL
                .withDescription("internal error " + fault + " (the sidecar's log has the details)")
                .asRuntimeException();
    }

    private static StatusRuntimeException expected(CallException failure) {
        Status status = status(failure.kind())
                .withDescription(HeaderBudget.cut(String.valueOf(failure.getMessage()), MESSAGE_BUDGET));
        if (failure.violations().isEmpty() && failure.blockers().isEmpty()) {
            return status.asRuntimeException();
        }
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessage(status.getDescription())
                .addDetails(details(failure))
                .build());
    }

    private static Status status(CallException.Kind kind) {
        return switch (kind) {
            case INVALID -> Status.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.NOT_FOUND;
            case PRECONDITION -> Status.FAILED_PRECONDITION;
            case ABORTED -> Status.ABORTED;
            case EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> Status.UNAVAILABLE;
            case DEADLINE -> Status.DEADLINE_EXCEEDED;
            case UNKNOWN -> Status.UNKNOWN;
            case INTERNAL -> Status.INTERNAL;
        };
    }

    private static Any details(CallException failure) {
        if (failure.kind() == CallException.Kind.INVALID) {
            return Any.pack(badRequest(failure));
        }
        return Any.pack(failure.blockers().isEmpty() ? preconditionFailure(failure) : stepBlocked(failure));
    }

    private static BadRequest badRequest(CallException failure) {
        BadRequest.Builder details = BadRequest.newBuilder();
        HeaderBudget budget = new HeaderBudget(DETAILS_BUDGET);
        for (Violation violation : failure.violations()) {
            if (!budget.take(violation.path(), violation.problem())) {
                break;
            }
            details.addFieldViolationsBuilder().setField(violation.path()).setDescription(violation.problem());
        }
        return details.build();
    }

    private static PreconditionFailure preconditionFailure(CallException failure) {
        PreconditionFailure.Builder details = PreconditionFailure.newBuilder();
        HeaderBudget budget = new HeaderBudget(DETAILS_BUDGET);
        for (Violation violation : failure.violations()) {
            if (!budget.take(violation.path(), violation.problem())) {
                break;
            }
            details.addViolationsBuilder().setSubject(violation.path()).setDescription(violation.problem());
        }
        return details.build();
    }

    private static StepBlocked stepBlocked(CallException failure) {
        StepBlocked.Builder details = StepBlocked.newBuilder();
        HeaderBudget budget = new HeaderBudget(DETAILS_BUDGET);
        for (Blocker blocker : failure.blockers()) {
            if (!budget.take(blocker.member(), blocker.detail())) {
                break;
            }
            details.addBlockers(BlockerWriter.write(blocker));
        }
        return details.build();
    }
}
