#include "CLinkage.h"

// Weak: null where nothing that is linked has them.
extern char crypt_rn[] __attribute__((weak));
extern char crypt_gensalt_rn[] __attribute__((weak));

void *linkage_crypt_rn(void) { return crypt_rn; }

void *linkage_crypt_gensalt_rn(void) { return crypt_gensalt_rn; }

// What starts a static executable registers its unwinding information, for systems whose linker makes no index of it: the first
// thread to be unwound, which is where a command's main thread ends, would make one of its own, of 145,000 entries, in a
// twentieth of a second. The linker has these called instead (--wrap), and the index that it made is used.
void __wrap___register_frame_info(const void *information, void *object) {
    (void)information;
    (void)object;
}

void *__wrap___deregister_frame_info(const void *information) {
    (void)information;
    return 0;
}

#ifdef __GLIBC__
#include <nss.h>
#include <sys/auxv.h>

void linkage_look_names_up_without_libraries(void) {
    // Only an executable without a loader has its own C library.
    if (getauxval(AT_BASE) != 0) return;
    __nss_configure_lookup("hosts", "files dns");
    __nss_configure_lookup("passwd", "files");
    __nss_configure_lookup("group", "files");
}
#else
void linkage_look_names_up_without_libraries(void) {}
#endif
