/** Answers of finished requests, kept over runs. */
package org.statecraft.eval.cache;
