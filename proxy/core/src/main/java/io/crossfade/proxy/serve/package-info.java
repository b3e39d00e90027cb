/** Collections as they are served: the write path and the read path behind one contract. */
@NullMarked
package io.crossfade.proxy.serve;

import org.jspecify.annotations.NullMarked;
