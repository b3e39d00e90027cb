@NullMarked
package io.crossfade.proxy.migration.claim;

import org.jspecify.annotations.NullMarked;
