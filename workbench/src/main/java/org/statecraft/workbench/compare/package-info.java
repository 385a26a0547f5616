/** Runs side by side: how their recipes differ, what they scored, what they cost. */
package org.statecraft.workbench.compare;
