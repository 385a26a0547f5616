/**
 * Reading and writing weights in the safetensors format: single files, and model folders with one file or several and an
 * index. Nothing here executes what a file says, and a file is validated as a whole before anything is allocated for it.
 *
 * <p>Source: the format description in huggingface/safetensors, README.md, and its reader, safetensors/src/tensor.rs.
 */
package org.statecraft.model.safetensors;
