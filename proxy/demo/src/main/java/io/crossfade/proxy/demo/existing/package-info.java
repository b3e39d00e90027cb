/** What was there before Crossfade: documents that another program has written, and where it has. */
@NullMarked
package io.crossfade.proxy.demo.existing;

import org.jspecify.annotations.NullMarked;
