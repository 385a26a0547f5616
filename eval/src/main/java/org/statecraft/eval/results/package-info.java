/** Result files in the layout of lm-evaluation-harness. */
package org.statecraft.eval.results;
