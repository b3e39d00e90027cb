/**
 * Driver {@code crossfade}: a collection of another Crossfade as an index, over its data API. It makes an index that is
 * embedded in one process reachable over the network, and lets one sidecar stand behind another.
 *
 * <p>Hidden state travels in the stamps of the API's messages, vectors as the bytes they are. Each call is one attempt
 * with a deadline: what repeats it stands above, and knows what to do with an unknown outcome.
 */
@NullMarked
package io.crossfade.proxy.driver.crossfade;

import org.jspecify.annotations.NullMarked;
