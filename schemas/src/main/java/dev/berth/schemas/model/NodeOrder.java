package dev.berth.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What an operation on a node was asked to do.
 *
 * @param before the node's policy when it was accepted; it is put back when the operation is cancelled
 * @param removal of a deletion; null for the other kinds
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record NodeOrder(
        NodeSchedulingPolicy before, @Nullable NodeRemoval removal) {}
