/** Runs a recipe: its steps, one after the other, over one workspace, told as events. */
package org.statecraft.workbench.execute;
