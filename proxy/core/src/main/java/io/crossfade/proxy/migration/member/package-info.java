/** One sidecar's part in the migration of one collection: answers and takes the steps that the fleet agrees on. */
@NullMarked
package io.crossfade.proxy.migration.member;

import org.jspecify.annotations.NullMarked;
