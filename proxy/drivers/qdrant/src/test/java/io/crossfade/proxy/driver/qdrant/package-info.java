@NullMarked
package io.crossfade.proxy.driver.qdrant;

import org.jspecify.annotations.NullMarked;
