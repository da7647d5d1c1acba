// libFuzzer's entry point for programs that have a main of their own. Source: https://llvm.org/docs/LibFuzzer.html.
#ifndef FUZZER_H
#define FUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t size));

#endif
