/**
 * The services as processes: all of them in one ({@code berth serve}) or one each. {@link dev.berth.standalone.serve.Services}
 * is the only place that knows how gateway, scheduler and workers are built.
 */
@NullMarked
package dev.berth.standalone.serve;

import org.jspecify.annotations.NullMarked;
