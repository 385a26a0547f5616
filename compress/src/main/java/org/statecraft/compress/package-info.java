/** Pruning, token reduction and quantisation. Nothing here yet. */
package org.statecraft.compress;
