/** What Crossfade does with an engine, in figures, beside what the engine's own client does in the same run. */
@NullMarked
package io.crossfade.proxy.migrations.measure;

import org.jspecify.annotations.NullMarked;
