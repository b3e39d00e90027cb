/** Tests and measurements of the embedded driver. */
@NullMarked
package io.crossfade.proxy.index.lucene;

import org.jspecify.annotations.NullMarked;
