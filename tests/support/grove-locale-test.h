/* SPDX-License-Identifier: MIT
 *
 * A language with a decimal comma, for tests of what must look the same in any language. Made in a
 * directory of its own with localedef (Debian: locales), since most machines have none.
 */
#pragma once

#include <stdbool.h>

/* false: none can be made here. Takes the whole process into it. */
bool grove_locale_test_enter (void);
/* Back to "C"; removes what was made. Also after enter said false. */
void grove_locale_test_leave (void);
