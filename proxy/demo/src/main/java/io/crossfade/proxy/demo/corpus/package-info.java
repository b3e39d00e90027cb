/** Real text for the demo: the definitions of WordNet 3.1 and the sentences that go with them. */
@NullMarked
package io.crossfade.proxy.demo.corpus;

import org.jspecify.annotations.NullMarked;
