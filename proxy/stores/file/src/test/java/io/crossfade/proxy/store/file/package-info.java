/** Tests of the control store in files. */
@NullMarked
package io.crossfade.proxy.store.file;

import org.jspecify.annotations.NullMarked;
