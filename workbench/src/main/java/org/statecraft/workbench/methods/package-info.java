/** Compares tuning methods: equal budgets, scores with intervals, table and chart. */
package org.statecraft.workbench.methods;
