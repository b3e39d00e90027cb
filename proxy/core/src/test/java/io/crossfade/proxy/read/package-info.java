@NullMarked
package io.crossfade.proxy.read;

import org.jspecify.annotations.NullMarked;
