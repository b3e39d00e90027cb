@NullMarked
package io.crossfade.proxy.migration.state;

import org.jspecify.annotations.NullMarked;
