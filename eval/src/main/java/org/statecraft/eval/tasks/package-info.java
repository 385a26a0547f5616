/** Tasks: where documents come from and which request each of them becomes. */
package org.statecraft.eval.tasks;
