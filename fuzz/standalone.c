/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * standalone.c - runs a fuzz target on files, without a fuzzer: replay-NAME FILE-OR-FOLDER...
 *
 * A crash comes with the name of its input. Exits with 1 if an input cannot be read or there is
 * none.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long replayed;

static void fail(const char *path) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(1);
}

/* The input goes into memory of exactly its size, so that a sanitizer sees a read past its end. */
static void replay_file(const char *path, FILE *file) {
    if (fseek(file, 0, SEEK_END) != 0)
        fail(path);
    const long end = ftell(file);
    if (end < 0)
        fail(path);
    rewind(file);
    const size_t size = (size_t)end;
    uint8_t *data = malloc(size + (size == 0));
    if (!data || fread(data, 1, size, file) != size)
        fail(path);
    fprintf(stderr, "%s\n", path);
    (void)LLVMFuzzerTestOneInput(data, size);
    replayed++;
    free(data);
}

static void replay(const char *path);

static void replay_folder(const char *path, DIR *folder) {
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char inside[4096];
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name) >= (int)sizeof inside) {
            errno = ENAMETOOLONG;
            fail(path);
        }
        replay(inside);
    }
}

static void replay(const char *path) {
    DIR *folder = opendir(path);
    if (folder) {
        replay_folder(path, folder);
        (void)closedir(folder);
        return;
    }
    FILE *file = fopen(path, "rb");
    if (!file)
        fail(path);
    replay_file(path, file);
    (void)fclose(file);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("%lu inputs\n", replayed);
    return replayed == 0;
}
