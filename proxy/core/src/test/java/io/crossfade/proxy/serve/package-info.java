@NullMarked
package io.crossfade.proxy.serve;

import org.jspecify.annotations.NullMarked;
