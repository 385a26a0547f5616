/**
 * Import of PyTorch checkpoints, the files that {@code torch.save} writes. Such a file is a zip archive of raw storages and a
 * pickle, which is a program: the decoder here knows the few instructions that build a dictionary of tensors, has nothing that
 * it could execute, and refuses every other instruction and every other name. Nothing is allocated because a file claims a
 * size, and a file can make its reader allocate no more than its own size and a constant.
 *
 * <p>Sources: CPython, Lib/pickletools.py (the instructions); PyTorch, torch/serialization.py and torch/_utils.py (what a
 * checkpoint holds); PKWARE, APPNOTE.TXT (zip and Zip64).
 */
package org.statecraft.model.pickle;
