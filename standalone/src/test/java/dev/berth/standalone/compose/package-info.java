/** What can be checked of docker-compose.yml without pulling an image. */
@NullMarked
package dev.berth.standalone.compose;

import org.jspecify.annotations.NullMarked;
