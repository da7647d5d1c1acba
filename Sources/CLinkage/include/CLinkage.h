#ifndef CLINKAGE_H
#define CLINKAGE_H

/// What the executable does by how it was linked: a release on Linux is linked with all that it needs, a debug build looks it up.

/// The addresses of libcrypt's `crypt_rn` and `crypt_gensalt_rn`, see crypt(3) and crypt_gensalt(3); null where the executable
/// was linked without them.
void *linkage_crypt_rn(void);
void *linkage_crypt_gensalt_rn(void);

/// Has an executable that brings its own C library look names of hosts up in /etc/hosts and in DNS, and those of users and
/// groups in /etc/passwd and /etc/group, as Go's programs do. Any other service of /etc/nsswitch.conf is a shared library that
/// was made for the system's C library, perhaps of another version, and ends the process that it does not fit. Does nothing
/// where the system's C library is used.
void linkage_look_names_up_without_libraries(void);

#endif
