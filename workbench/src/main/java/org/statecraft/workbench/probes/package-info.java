/** What a probe step shows beside its scores. */
package org.statecraft.workbench.probes;
