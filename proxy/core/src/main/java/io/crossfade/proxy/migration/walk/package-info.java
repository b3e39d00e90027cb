/** Going through all documents of an index, at a pace. */
@org.jspecify.annotations.NullMarked
package io.crossfade.proxy.migration.walk;
