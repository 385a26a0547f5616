/** What end-to-end tests share: the program as a process, a small recipe, and what two runs have in common. */
package org.statecraft.workbench.testing;
