/** Remembers, through crashes, the documents whose state on the follower is not known to be right. */
@NullMarked
package io.crossfade.proxy.write.journal;

import org.jspecify.annotations.NullMarked;
