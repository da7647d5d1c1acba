#include "CMarkup.h"

#include <cmark.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct chunk {
    struct chunk *next;
};

struct markup_arena {
    struct chunk *chunks;
    char *next;
    char *end;
    size_t chunk_size;
};

/// Stands in front of each piece; its size keeps what follows aligned for anything.
union piece {
    size_t size;
    _Alignas(16) char bytes[16];
};

static const size_t smallest_chunk = 16 * 1024;
static const size_t largest_chunk = 4 * 1024 * 1024;

/// The arena of the document that is being parsed; libcmark gives its allocator no context.
static _Thread_local markup_arena *current;

/// As in libcmark itself, there is no going on without memory.
static void *owned(void *memory) {
    if (!memory) abort();
    return memory;
}

static size_t rounded(size_t size) { return (size + 15) & ~(size_t)15; }

static void grow(markup_arena *arena, size_t least) {
    size_t size = arena->chunk_size;
    if (arena->chunk_size < largest_chunk) arena->chunk_size *= 2;
    if (size < least) size = least;
    struct chunk *chunk = owned(malloc(sizeof(union piece) + size));
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    arena->next = (char *)chunk + sizeof(union piece);
    arena->end = arena->next + size;
}

static void *take(size_t size) {
    if (size > SIZE_MAX / 2) abort();
    size_t whole = sizeof(union piece) + rounded(size);
    if ((size_t)(current->end - current->next) < whole) grow(current, whole);
    union piece *piece = (union piece *)current->next;
    current->next += whole;
    piece->size = size;
    return piece + 1;
}

static int is_last(const void *memory) {
    return (const char *)memory + rounded(((const union piece *)memory)[-1].size) == current->next;
}

static void *arena_calloc(size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) abort();
    return memset(take(count * size), 0, count * size);
}

static void *arena_realloc(void *memory, size_t size) {
    if (!memory) return take(size);
    union piece *piece = (union piece *)memory - 1;
    if (size <= piece->size) return memory;
    if (is_last(memory) && size <= SIZE_MAX / 2 && rounded(size) <= (size_t)(current->end - (char *)memory)) {
        current->next = (char *)memory + rounded(size);
        piece->size = size;
        return memory;
    }
    return memcpy(take(size), memory, piece->size);
}

static void arena_free(void *memory) {
    if (memory && is_last(memory)) current->next = (char *)((union piece *)memory - 1);
}

void *markup_parse(const char *bytes, size_t count, int options, markup_arena **arena) {
    static cmark_mem memory = {arena_calloc, arena_realloc, arena_free};
    markup_arena *mine = owned(calloc(1, sizeof(*mine)));
    // A tree takes about ten times the text.
    mine->chunk_size = count * 8 < smallest_chunk ? smallest_chunk
        : count * 8 > largest_chunk ? largest_chunk : count * 8;
    current = mine;
    cmark_parser *parser = cmark_parser_new_with_mem(options, &memory);
    cmark_parser_feed(parser, bytes, count);
    cmark_node *root = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    current = NULL;
    *arena = mine;
    return root;
}

void markup_free(markup_arena *arena) {
    struct chunk *chunk = arena->chunks;
    while (chunk) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(arena);
}
