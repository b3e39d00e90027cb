/** Which index leads, follows and serves a collection, and how calls hold on to the answer. */
@NullMarked
package io.crossfade.proxy.route;

import org.jspecify.annotations.NullMarked;
