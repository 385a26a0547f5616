/** One model of a table, and its four renderings: aligned text, Markdown, CSV and JSON. */
package org.statecraft.workbench.table;
