/**
 * Data files as records with named fields, texts made of them, and one report of everything that is wrong with them.
 *
 * <p>{@link org.statecraft.model.records.RecordSource} reads a file, {@link org.statecraft.model.records.FieldCheck} looks at the
 * fields that are going to be used, {@link org.statecraft.model.records.Template} writes them, and
 * {@link org.statecraft.model.records.Mistakes} collects what cannot be used.
 */
package org.statecraft.model.records;
