/** What CPython does and scores depend on: its random generator, its whitespace, its JSON text. */
package org.statecraft.eval.python;
