/** The contract with a model: requests of text, their token form, and the answers. */
package org.statecraft.eval.scoring;
