/**
 * Bodies the controller reads from pageservers. Reading is tolerant: unknown fields are ignored or kept, optional ones have
 * the defaults of the contract, and only what makes a body useless is refused, as
 * {@link dev.berth.schemas.pageserver.UnreadableBody}.
 */
@NullMarked
package dev.berth.schemas.pageserver;

import org.jspecify.annotations.NullMarked;
