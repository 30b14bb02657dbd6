package dev.berth.workers.operations;

import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.query.CellView;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.OperationSteered;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.MigrationOrder;
import dev.berth.workflows.port.OpenOperations;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Open operations, from the view. */
final class FoldedOperations implements OpenOperations {
    private final CellView view;

    FoldedOperations(CellView view) {
        this.view = view;
    }

    @Override
    public List<OpenOperation> open() {
        long now = view.now();
        return view.state().operations().values().stream()
                .map(operation -> open(operation, now))
                .toList();
    }

    @Override
    public AutoCloseable onNews(Consumer<OpenOperation> accepted, Consumer<OpenOperation> steered) {
        return view.subscribe(record -> {
            for (Event event : record.events()) {
                if (event instanceof OperationAccepted news) {
                    tell(accepted, news.operation());
                } else if (event instanceof OperationSteered news) {
                    tell(steered, news.operation());
                }
            }
        });
    }

    private void tell(Consumer<OpenOperation> consumer, OperationId id) {
        Operation operation = view.state().operation(id);
        if (operation != null) {
            consumer.accept(open(operation, view.now()));
        }
    }

    private static OpenOperation open(Operation operation, long nowMs) {
        MigrationOrder order = operation.order();
        return new OpenOperation(
                operation.id(),
                operation.kind(),
                operation.tenant(),
                operation.shard(),
                order == null ? null : order.origin(),
                order == null ? null : order.destination(),
                operation.run() != null,
                operation.preempted() != null,
                Duration.ofMillis(Math.max(0, nowMs - operation.progressAtMs())),
                operation.node(),
                operation.untold());
    }
}
