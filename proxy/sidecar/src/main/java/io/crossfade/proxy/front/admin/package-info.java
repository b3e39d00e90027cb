/** The admin calls, for operators. */
@NullMarked
package io.crossfade.proxy.front.admin;

import org.jspecify.annotations.NullMarked;
