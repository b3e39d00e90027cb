/** The records of a migration in the control store, and the rules by which they may change. */
@NullMarked
package io.crossfade.proxy.migration.state;

import org.jspecify.annotations.NullMarked;
