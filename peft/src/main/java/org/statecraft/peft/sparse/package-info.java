/** Sparse dimension tuning (Galim et al. 2025): a short warm-up finds the entries that are then trained. */
package org.statecraft.peft.sparse;
