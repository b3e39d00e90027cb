/** Tests of comparisons. */
@NullMarked
package io.crossfade.proxy.migration.verify;

import org.jspecify.annotations.NullMarked;
