/** What holds for the whole code. Here, because this module is built after all others. */
@NullMarked
package io.crossfade.proxy.architecture;

import org.jspecify.annotations.NullMarked;
