/** What the kit says of an engine: which of its tests have passed, and which were excused by what. */
@NullMarked
package io.crossfade.proxy.kit.report;

import org.jspecify.annotations.NullMarked;
