/** Compares both indexes while writes go on. */
@NullMarked
package io.crossfade.proxy.migration.verify;

import org.jspecify.annotations.NullMarked;
