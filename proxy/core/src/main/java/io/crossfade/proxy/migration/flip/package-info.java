/** Takes the steps of a migration, together with all members. */
@NullMarked
package io.crossfade.proxy.migration.flip;

import org.jspecify.annotations.NullMarked;
