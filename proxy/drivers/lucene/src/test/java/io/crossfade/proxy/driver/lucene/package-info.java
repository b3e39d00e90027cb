/** Tests and measurements of the embedded driver. */
@NullMarked
package io.crossfade.proxy.driver.lucene;

import org.jspecify.annotations.NullMarked;
