package dev.berth.workflows.host;

import dev.berth.workflows.common.OperationAttributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.util.Set;

/** Makes the attributes by which operations are found known to Temporal; cells share them. */
final class SearchAttributeSetup {
    private SearchAttributeSetup() {}

    static void ensure(String target, String namespace) {
        OperatorServiceStubs operator = OperatorServiceStubs.newServiceStubs(
                OperatorServiceStubsOptions.newBuilder().setTarget(target).validateAndBuildWithDefaults());
        try {
            var stub = operator.blockingStub();
            Set<String> known = known(stub, namespace);
            AddSearchAttributesRequest.Builder missing =
                    AddSearchAttributesRequest.newBuilder().setNamespace(namespace);
            for (SearchAttributeKey<String> key : OperationAttributes.ALL) {
                if (!known.contains(key.getName())) {
                    missing.putSearchAttributes(key.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD);
                }
            }
            if (missing.getSearchAttributesCount() > 0) {
                stub.addSearchAttributes(missing.build());
            }
        } catch (StatusRuntimeException e) {
            // Another process was faster.
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
        } finally {
            operator.shutdownNow();
        }
    }

    /** The server in memory cannot list them; it is told all. */
    private static Set<String> known(OperatorServiceBlockingStub stub, String namespace) {
        try {
            return stub.listSearchAttributes(ListSearchAttributesRequest.newBuilder()
                            .setNamespace(namespace)
                            .build())
                    .getCustomAttributesMap()
                    .keySet();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
                return Set.of();
            }
            throw e;
        }
    }
}
