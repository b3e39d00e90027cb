package io.crossfade.proxy.front.calls;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.rpc.BadRequest;
import com.google.rpc.PreconditionFailure;
import io.crossfade.v1.StepBlocked;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The messages that an error can carry as details, made known to server reflection, so that a client that has no
 * generated code can read them. Reflection shows the files of the services and all that these import. No service
 * refers to the details of its errors, and an import in the source would force every user who generates code to
 * fetch {@code google/rpc}; so each service's file is shown as if it imported theirs.
 */
public final class ErrorDetails {
    /** Every type that {@link StatusMapper} attaches. */
    public static final List<Descriptor> TYPES =
            List.of(BadRequest.getDescriptor(), PreconditionFailure.getDescriptor(), StepBlocked.getDescriptor());

    private ErrorDetails() {}

    /** The same service, whose reflected file imports the details. */
    public static ServerServiceDefinition reflected(ServerServiceDefinition service) {
        ServiceDescriptor plain = service.getServiceDescriptor();
        if (!(plain.getSchemaDescriptor() instanceof ProtoFileDescriptorSupplier schema)) {
            return service;
        }
        FileDescriptor file = importingDetails(schema.getFileDescriptor());
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(plain.getName())
                .setSchemaDescriptor((ProtoFileDescriptorSupplier) () -> file);
        plain.getMethods().forEach(descriptor::addMethod);
        ServerServiceDefinition.Builder reflected = ServerServiceDefinition.builder(descriptor.build());
        service.getMethods().forEach(reflected::addMethod);
        return reflected.build();
    }

    private static FileDescriptor importingDetails(FileDescriptor file) {
        Set<FileDescriptor> imports = new LinkedHashSet<>(file.getDependencies());
        TYPES.forEach(type -> imports.add(type.getFile()));
        FileDescriptorProto.Builder importing = file.toProto().toBuilder().clearDependency();
        imports.forEach(each -> importing.addDependency(each.getName()));
        try {
            return FileDescriptor.buildFrom(importing.build(), imports.toArray(FileDescriptor[]::new));
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException("a valid file stays valid with one more import", e);
        }
    }
}
