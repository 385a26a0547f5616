/** Benchmarks; not part of the product. */
package org.statecraft.bench;
