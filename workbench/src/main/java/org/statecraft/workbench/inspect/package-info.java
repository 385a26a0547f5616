/** What is in a model, an adapter or a safetensors file. */
package org.statecraft.workbench.inspect;
