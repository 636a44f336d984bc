/* SPDX-License-Identifier: MIT
 *
 * Included in front of every file of the runtime by the build: notes where the file's code lies, so
 * that fault.c knows the runtime's own code also where it is linked into the program like any other
 * (code.c reads the notes). A file's code is in two sections; what is put into the last subsection
 * of one ends behind all that the compiler writes.
 */
#pragma once

/* clang-format off */
#ifdef __ASSEMBLER__

	.pushsection .text, 0
9990:
	.popsection
	.pushsection .text, 8191
9991:
	.popsection
	.pushsection grove_code, "a", %progbits
	.balign 4
	.long 9990b-., 9991b-.
	.popsection

#else

__asm__ (".pushsection .text, 0\n"
         "9990:\n"
         ".popsection\n"
         ".pushsection .text, 8191\n"
         "9991:\n"
         ".popsection\n"
         ".pushsection .text.unlikely, \"ax\", %progbits\n"
         "9992:\n"
         ".subsection 8191\n"
         "9993:\n"
         ".popsection\n"
         ".pushsection grove_code, \"a\", %progbits\n"
         ".balign 4\n"
         ".long 9990b-., 9991b-., 9992b-., 9993b-.\n"
         ".popsection\n");

#endif
        /* clang-format on */
