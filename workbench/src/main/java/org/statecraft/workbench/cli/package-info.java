/**
 * The command line: one class for each verb.
 *
 * <p>A verb is added by one line in {@link org.statecraft.workbench.cli.Statecraft#VERBS}. A verb's class must not
 * touch the tensor library before its {@code call} does, since every verb is loaded to print the help.
 */
package org.statecraft.workbench.cli;
