package io.crossfade.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.front.admin.AdminGrpc;
import io.crossfade.proxy.front.calls.ErrorDetails;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.v1.AdminServiceGrpc;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.Document;
import io.crossfade.v1.ReconcileRequest;
import io.crossfade.v1.UpsertRequest;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ErrorDetailsTest {
    private final SystemTime time = new SystemTime();
    private final ScriptedAdmin script = new ScriptedAdmin();
    private Fixture fixture;
    private ManagedChannel admin;

    @BeforeEach
    void listen() throws Exception {
        fixture = new Fixture("127.0.0.1:0", 64, List.of(new AdminGrpc(script, time)));
        admin = NettyChannelBuilder.forAddress("127.0.0.1", fixture.listeners.adminPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void close() {
        admin.shutdownNow();
        fixture.close();
        time.close();
    }

    @Test
    void everyDetail_isKnownToReflectionOnBothListeners() throws Exception {
        for (Channel channel : List.of(fixture.channel, admin)) {
            for (Descriptor type : ErrorDetails.TYPES) {
                assertThat(new Reflection(channel).type(type.getFullName()).toProto())
                        .isEqualTo(type.toProto());
            }
        }
    }

    @Test
    void services_areStillKnownToReflection() throws Exception {
        assertThat(new Reflection(fixture.channel)
                        .type("crossfade.v1.UpsertRequest")
                        .toProto())
                .isEqualTo(UpsertRequest.getDescriptor().toProto());
        assertThat(new Reflection(admin).type("crossfade.v1.ReconcileRequest").toProto())
                .isEqualTo(ReconcileRequest.getDescriptor().toProto());
    }

    @Test
    void violationsOfADataCall_areReadByReflectionAlone() throws Exception {
        UpsertRequest noId = upsert("products", "").build();

        DynamicMessage detail = detail(fixture.channel, () -> fixture.vectors().upsert(noId));

        assertThat(detail.getDescriptorForType().getFullName()).isEqualTo("google.rpc.BadRequest");
        assertThat(detail.toString()).contains("documents[0].id").contains("0 bytes (expected: 1 to 512)");
    }

    @Test
    void unmetConditionsOfADataCall_areReadByReflectionAlone() throws Exception {
        UpsertRequest noVector = upsert("raw", "a").build();

        DynamicMessage detail = detail(fixture.channel, () -> fixture.vectors().upsert(noVector));

        assertThat(detail.getDescriptorForType().getFullName()).isEqualTo("google.rpc.PreconditionFailure");
        assertThat(detail.toString()).contains("documents[0]").contains("raw-bge");
    }

    @Test
    void violationsOfAnAdminCall_areReadByReflectionAlone() throws Exception {
        ReconcileRequest noKeys =
                ReconcileRequest.newBuilder().setCollection("products").build();

        DynamicMessage detail =
                detail(admin, () -> AdminServiceGrpc.newBlockingStub(admin).reconcile(noKeys));

        assertThat(detail.getDescriptorForType().getFullName()).isEqualTo("google.rpc.BadRequest");
        assertThat(detail.toString()).contains("keys").contains("0 (expected: 1 to 1000)");
    }

    @Test
    void blockersOfAnAdminCall_areReadByReflectionAlone() throws Exception {
        script.refusal =
                Optional.of(CallException.blocked(List.of(new Blocker(Blocker.Code.PARKED, "3 documents", "me"))));
        CompleteRequest request =
                CompleteRequest.newBuilder().setCollection("products").build();

        DynamicMessage detail =
                detail(admin, () -> AdminServiceGrpc.newBlockingStub(admin).complete(request));

        assertThat(detail.getDescriptorForType().getFullName()).isEqualTo("crossfade.v1.StepBlocked");
        assertThat(detail.toString())
                .contains("CODE_PARKED")
                .contains("3 documents")
                .contains("me");
    }

    private static UpsertRequest.Builder upsert(String collection, String id) {
        return UpsertRequest.newBuilder()
                .setCollection(collection)
                .addDocuments(Document.newBuilder().setId(id).setText("shoes"));
    }

    private static DynamicMessage detail(Channel channel, ThrowingCallable call) throws Exception {
        StatusRuntimeException refusal = catchThrowableOfType(StatusRuntimeException.class, call);
        List<Any> details = StatusProto.fromThrowable(refusal).getDetailsList();
        assertThat(details).hasSize(1);
        return new Reflection(channel).read(details.get(0));
    }
}
