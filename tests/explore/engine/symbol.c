/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The weir authors
 *
 * symbol.c - from addresses to the words of the source: file:line, functions, variables.
 *
 * Code goes through llvm-symbolizer or addr2line, which know what was inlined; both are started
 * only to tell a failure, once for all sites wanted. Variables come from the executable's symbol
 * table.
 */
#include "engine.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES = 1 << 12, CHAIN = 5 };

typedef struct site_name {
    site at;
    bool known;
    char text[96], functions[192], path[256];
} site_name;

static site_name names[NAMES];
static unsigned name_count;

static site_name *name_of(site at) {
    for (unsigned i = 0; i < name_count; i++)
        if (names[i].at == at)
            return &names[i];
    if (name_count == NAMES)
        return &names[0];
    names[name_count] = (site_name){.at = at};
    snprintf(names[name_count].text, sizeof names->text, "0x%x", at);
    return &names[name_count++];
}

void symbols_want(site at) {
    (void)name_of(at);
}

/* A path's last two parts say enough. */
static const char *short_path(const char *path) {
    const char *end = strrchr(path, '/');
    while (end && end > path && end[-1] != '/')
        end--;
    return end ? end : path;
}

/* The output per address: the address, then pairs of lines, function and file:line, the innermost
 * first. */
static void read_answers(FILE *in) {
    site_name *name = NULL;
    char line[1024];
    unsigned lines = 0;
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "0x", 2) == 0) {
            name = name_of((site)strtoul(line, NULL, 16) + 1);
            name->known = true;
            name->functions[0] = 0;
            lines = 0;
        } else if (name && lines++ % 2 == 0) {
            const size_t used = strlen(name->functions);
            if (lines / 2 < CHAIN)
                snprintf(name->functions + used, sizeof name->functions - used, "%s%s",
                         used ? " < " : "", line);
        } else if (name && lines == 2) {
            line[strcspn(line, " ")] = 0; /* "(discriminator 2)" */
            snprintf(name->path, sizeof name->path, "%.250s", line);
            snprintf(name->text, sizeof name->text, "%.90s", short_path(line));
        }
    }
}

static const char *executable(void) {
    static char path[1024];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    return path;
}

/* Asks for all that are wanted and unknown. A return address is one beyond its call. */
static void look_up(void) {
    const char *tool = "{ llvm-symbolizer --output-style=GNU -a -i -f -C -e '%s' 2>/dev/null || "
                       "addr2line -a -i -f -C -e '%s'; } < %s";
    char file[] = "/tmp/explore-XXXXXX", command[4096];
    const int fd = mkstemp(file);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!out)
        return;
    for (unsigned i = 0; i < name_count; i++)
        if (!names[i].known)
            fprintf(out, "0x%x\n", names[i].at - 1);
    fclose(out);
    snprintf(command, sizeof command, tool, executable(), executable(), file);
    FILE *in = popen(command, "r");
    if (in) {
        read_answers(in);
        pclose(in);
    }
    unlink(file);
    for (unsigned i = 0; i < name_count; i++)
        names[i].known = true;
}

const char *site_text(site at) {
    if (!at)
        return "";
    if (!name_of(at)->known)
        look_up();
    return name_of(at)->text;
}

const char *site_functions(site at) {
    (void)site_text(at);
    return at ? name_of(at)->functions : "";
}

/* The line of the source itself, if the file is where the compiler saw it. */
bool site_source(site at, char *text, size_t size) {
    char path[256];
    (void)site_text(at);
    snprintf(path, sizeof path, "%s", at ? name_of(at)->path : "");
    char *colon = strrchr(path, ':');
    if (!colon)
        return false;
    *colon = 0;
    FILE *in = fopen(path, "r");
    bool found = in != NULL;
    for (long line = strtol(colon + 1, NULL, 10); found && line > 0; line--)
        found = fgets(text, (int)size, in) != NULL;
    if (in)
        fclose(in);
    if (found)
        text[strcspn(text, "\n")] = 0;
    return found;
}

/* -- variables -------------------------------------------------------------------------------- */

static const char *image; /* the executable file */

static bool image_map(void) {
    struct stat info;
    const int fd = open("/proc/self/exe", O_RDONLY);
    if (fd < 0 || fstat(fd, &info) != 0)
        return false;
    void *p = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    image = p == MAP_FAILED ? NULL : p;
    return image != NULL;
}

static const Elf64_Sym *symbol_at(const Elf64_Shdr *table, uintptr_t address) {
    const Elf64_Sym *symbols = (const void *)(image + table->sh_offset);
    for (size_t i = 0; i < table->sh_size / sizeof *symbols; i++)
        if (ELF64_ST_TYPE(symbols[i].st_info) == STT_OBJECT && address >= symbols[i].st_value &&
            address < symbols[i].st_value + symbols[i].st_size)
            return &symbols[i];
    return NULL;
}

bool symbol_of_data(uintptr_t address, char *text, size_t size) {
    if (!image && !image_map())
        return false;
    const Elf64_Ehdr *head = (const void *)image;
    const Elf64_Shdr *sections = (const void *)(image + head->e_shoff);
    for (unsigned i = 0; i < head->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB)
            continue;
        const Elf64_Sym *s = symbol_at(&sections[i], address);
        if (!s)
            return false;
        const char *strings = image + sections[sections[i].sh_link].sh_offset;
        if (address == s->st_value)
            snprintf(text, size, "%s", strings + s->st_name);
        else
            snprintf(text, size, "%s+%zu", strings + s->st_name, (size_t)(address - s->st_value));
        return true;
    }
    return false;
}
