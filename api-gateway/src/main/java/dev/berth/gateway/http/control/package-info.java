/**
 * What operators and automation ask under /control/v1: nodes, tenants as the controller sees them, migrations.
 */
@NullMarked
package dev.berth.gateway.http.control;

import org.jspecify.annotations.NullMarked;
