/** Tests of the control store in files. */
@NullMarked
package io.crossfade.proxy.control.file;

import org.jspecify.annotations.NullMarked;
