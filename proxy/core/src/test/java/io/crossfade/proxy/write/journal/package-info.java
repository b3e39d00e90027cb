/** Tests of the journal. */
@NullMarked
package io.crossfade.proxy.write.journal;

import org.jspecify.annotations.NullMarked;
