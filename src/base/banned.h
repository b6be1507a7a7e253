// Functions that do not compile here, because they write without a limit, keep hidden state or cannot report failure.
//
// Forced into every source by the build. The headers that declare them come first, so that only our own calls meet the
// macros.
#pragma once

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name) banned_##name##_see_base_banned_h

#undef strcpy
#define strcpy(...) BANNED(strcpy) // str_copy
#undef strcat
#define strcat(...) BANNED(strcat) // struct buffer
#undef strncpy
#define strncpy(...) BANNED(strncpy) // str_copy, str_ndup
#undef strncat
#define strncat(...) BANNED(strncat) // struct buffer
#undef stpcpy
#define stpcpy(...) BANNED(stpcpy) // struct buffer
#undef sprintf
#define sprintf(...) BANNED(sprintf) // snprintf, buffer_addf
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf) // vsnprintf, buffer_addv
#undef gets
#define gets(...) BANNED(gets) // getline
#undef strtok
#define strtok(...) BANNED(strtok) // strcspn, strsep
#undef atoi
#define atoi(...) BANNED(atoi) // str_to_int64
#undef atol
#define atol(...) BANNED(atol) // str_to_int64
#undef atoll
#define atoll(...) BANNED(atoll) // str_to_int64
#undef atof
#define atof(...) BANNED(atof) // str_to_double
#undef asctime
#define asctime(...) BANNED(asctime) // clock_iso
#undef ctime
#define ctime(...) BANNED(ctime) // clock_iso
#undef gmtime
#define gmtime(...) BANNED(gmtime) // clock_iso
#undef localtime
#define localtime(...) BANNED(localtime) // clock_iso
#undef alloca
#define alloca(...) BANNED(alloca) // malloc
#undef system
#define system(...) BANNED(system) // nothing here needs a shell
#undef popen
#define popen(...) BANNED(popen) // nor another program
