/** Text generation with a carried state. */
package org.statecraft.model.generate;
