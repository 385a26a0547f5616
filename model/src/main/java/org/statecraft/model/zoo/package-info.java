/** A loaded model as an ordinary model of DJL: see {@code docs/embedding.md}. */
package org.statecraft.model.zoo;
