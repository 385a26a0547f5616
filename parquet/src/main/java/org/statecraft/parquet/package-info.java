/**
 * Rows of Parquet files, which is what data sets of the hub are stored as. A module of its own, since its libraries are many: without
 * it everything works but this format.
 */
package org.statecraft.parquet;
