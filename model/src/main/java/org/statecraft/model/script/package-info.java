/**
 * TorchScript that the project writes itself: a script is a readable resource, {@link ScriptArchive} wraps it into the ZIP that
 * PyTorch loads, {@link ScriptModule} calls its methods.
 *
 * <p>A script is one class, one method for each stage, stored as it stands. Methods that several scripts have stand in a
 * file of their own without a class line, indented as in one, and are pasted behind each class that asks for them: {@code
 * ScriptModule.load("mamba2", "linear")}. The loader of archives takes nearly the whole
 * dialect of {@code torch.jit.script}, not only the one that PyTorch itself writes. Tried with PyTorch 2.7.1:
 *
 * <ul>
 *   <li>Works: {@code x * y}, {@code a @ b}, {@code x[:, 1:]}, {@code x[:, None]}, {@code y[:, i] = x}, {@code x += y},
 *       {@code x.view(4, 3)}, {@code x.mT}, {@code b, n = x.shape}, keyword arguments and defaults, {@code for}, {@code while},
 *       {@code if}, early {@code return}, {@code assert}, conditional expressions, list comprehensions, {@code List},
 *       {@code Optional} (after {@code if h is None}), {@code Tuple}, {@code a, b = list}, {@code self.stage(...)} in any order,
 *       comments, doc strings, any letter in comments, {@code torch.add_(x, y)}, {@code out=}, {@code torch.einsum(s, a, b)},
 *       {@code ops.mkldnn.name(...)}, {@code inf}. An argument without a type is a tensor; a result type may be left out.
 *   <li>A function or a named tuple beside the class is called by its full name, {@code __torch__.Front(x, y)}.
 *   <li>Refused: {@code import}, statements and doc strings outside of the class, {@code torch.float32} (write the number:
 *       bfloat16 is 15, float32 6, int8 1, uint8 0), {@code torch.nn.functional} (the same operators are in {@code torch}),
 *       {@code torch.no_grad}, {@code x.bfloat16()}, {@code a, *rest = list}, constants of the class.
 *   <li>The class may declare fields ({@code weights : List[Tensor]}) that a method sets, but the archive would have to carry a
 *       first value. Scripts here have none: passing 200 tensors costs about 30 µs, and a script without state serves every
 *       model and every thread.
 * </ul>
 */
package org.statecraft.model.script;
