/**
 * The shell of the HTTP server: requests and answers, the table of routes, errors, JSON in and out. The routing rules of the API (one
 * optional trailing slash, decoding before matching, plain 404 for wrong methods, ignored content types) live here and nowhere else.
 */
@NullMarked
package dev.berth.gateway.http;

import org.jspecify.annotations.NullMarked;
