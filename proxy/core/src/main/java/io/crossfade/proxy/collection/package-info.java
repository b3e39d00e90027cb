/** A collection as a front sees it: requests and replies in model terms, free of any wire format. */
@NullMarked
package io.crossfade.proxy.collection;

import org.jspecify.annotations.NullMarked;
