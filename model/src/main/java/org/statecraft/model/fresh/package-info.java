/** Models that have not been trained: sizes in, an ordinary model folder out. */
package org.statecraft.model.fresh;
