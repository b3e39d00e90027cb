/** What runs on this machine for a while, and leaves nothing there: ports, folders, a PostgreSQL server. */
@NullMarked
package io.crossfade.proxy.local;

import org.jspecify.annotations.NullMarked;
