/** Recipes bound to plans, run directories and the command line. */
package org.statecraft.workbench;
