/** What a member holds while a collection is mirrored. */
@NullMarked
package io.crossfade.proxy.migration.mirroring;

import org.jspecify.annotations.NullMarked;
