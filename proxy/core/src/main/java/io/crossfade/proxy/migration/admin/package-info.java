/** What operators can do with the migration of a collection. */
@NullMarked
package io.crossfade.proxy.migration.admin;

import org.jspecify.annotations.NullMarked;
