#ifndef C_MARKUP_H
#define C_MARKUP_H

#include <stddef.h>

/// The memory of one document that libcmark parsed.
typedef struct markup_arena markup_arena;

/// Has libcmark parse `count` bytes, and stores the memory of the tree in `arena`.
///
/// A guide's tree is thousands of small pieces that all go at once. libcmark takes them from memory that it need not give
/// back piece by piece, which makes parsing a third faster. The tree may be read by one thread at a time, and not changed.
/// Returns the tree's root, a `cmark_node *`, which is good until `markup_free`.
void *markup_parse(const char *bytes, size_t count, int options, markup_arena **arena);

/// Frees a tree with all its memory.
void markup_free(markup_arena *arena);

#endif
