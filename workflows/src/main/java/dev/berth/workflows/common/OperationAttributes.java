package dev.berth.workflows.common;

import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.workflow.Workflow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operations are found by in Temporal's pages and API. All are keywords. */
public final class OperationAttributes {
    public static final SearchAttributeKey<String> CELL = SearchAttributeKey.forKeyword("BerthCell");
    public static final SearchAttributeKey<String> KIND = SearchAttributeKey.forKeyword("BerthKind");
    public static final SearchAttributeKey<String> TENANT = SearchAttributeKey.forKeyword("BerthTenant");
    public static final SearchAttributeKey<String> SHARD = SearchAttributeKey.forKeyword("BerthShard");
    public static final SearchAttributeKey<String> NODE = SearchAttributeKey.forKeyword("BerthNode");
    public static final SearchAttributeKey<String> STATE = SearchAttributeKey.forKeyword("BerthState");
    public static final List<SearchAttributeKey<String>> ALL = List.of(CELL, KIND, TENANT, SHARD, NODE, STATE);

    private OperationAttributes() {}

    /** Of a new run. */
    public static SearchAttributes of(String cell, OperationInput input) {
        SearchAttributes.Builder attributes = SearchAttributes.newBuilder()
                .set(CELL, cell)
                .set(KIND, input.kind().name())
                .set(STATE, "RUNNING");
        set(attributes, TENANT, input.tenant());
        set(attributes, SHARD, input.shard());
        set(attributes, NODE, input.node() == null ? input.destination() : input.node());
        return attributes.build();
    }

    private static void set(SearchAttributes.Builder to, SearchAttributeKey<String> key, @Nullable Object value) {
        if (value != null) {
            to.set(key, value.toString());
        }
    }

    /** Called by a workflow: RUNNING, PAUSED, ABORTING, COMPLETED, ABORTED or NOT_OPEN. */
    public static void state(String state) {
        Workflow.upsertTypedSearchAttributes(STATE.valueSet(state));
    }
}
