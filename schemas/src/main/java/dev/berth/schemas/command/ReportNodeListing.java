package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node says it holds, a slice in shard order: everything after {@code after} up to the last entry, or to the end
 * when {@code last}. With an error the listing failed and nothing is known. With {@code unchanged} the listing had the digest expected and
 * carries no entries. */
public record ReportNodeListing(
        NodeId node,
        long listing,
        @Nullable TenantShardId after,
        List<ListedLocation> entries,
        boolean last,
        boolean unchanged,
        @Nullable String error)
        implements NodeCommand {}
