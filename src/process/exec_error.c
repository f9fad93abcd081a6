/* exec_error.c - see exec_error.h. The errors are those of execve(2). */
#include "process/exec_error.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "process/path.h"
#include "process/status.h"

/* What is known of the file that was to be run. */
struct suspect {
    char path[PATH_MAX];
    struct stat stat;
    ssize_t length; /* of the head, -1 if it cannot be read */
    char head[PATH_MAX];
};

static void look_into(struct suspect *file)
{
    file->length = file_head(file->path, file->head, sizeof file->head);
}

/* ---- the words of a #! line ---- */

static bool is_script(const struct suspect *file)
{
    return file->length > 2 && memcmp(file->head, "#!", 2) == 0;
}

/* Ends the head behind the interpreter's path, which is returned. *has_cr tells of a line that ends in CR. */
static const char *script_interpreter(struct suspect *file, bool *has_cr)
{
    static const char blanks[] = " \t";
    char *line = file->head + 2;
    line[strcspn(line, "\n")] = '\0';
    size_t length = strlen(line);
    *has_cr = length > 0 && line[length - 1] == '\r';
    line += strspn(line, blanks);
    line[strcspn(line, " \t\r")] = '\0';
    return line;
}

/* ---- the headers of an ELF file ---- */

static bool is_elf(const struct suspect *file)
{
    return file->length >= (ssize_t)sizeof(Elf32_Ehdr) && memcmp(file->head, ELFMAG, SELFMAG) == 0;
}

/* The interpreter named by a header of that kind, if all of it lies in the head, where linkers put it. */
#define DEFINE_ELF_LOADER(bits)                                                                                        \
    static const char *elf##bits##_loader(const struct suspect *file)                                                  \
    {                                                                                                                  \
        Elf##bits##_Ehdr header;                                                                                       \
        Elf##bits##_Phdr segment;                                                                                      \
        memcpy(&header, file->head, sizeof header);                                                                    \
        for (size_t i = 0; i < header.e_phnum; i++) {                                                                  \
            size_t offset = (size_t)header.e_phoff + i * sizeof segment;                                               \
            if (offset > (size_t)file->length - sizeof segment)                                                        \
                break;                                                                                                 \
            memcpy(&segment, file->head + offset, sizeof segment);                                                     \
            if (segment.p_type == PT_INTERP && segment.p_offset < (size_t)file->length)                                \
                return file->head + segment.p_offset;                                                                  \
        }                                                                                                              \
        return NULL;                                                                                                   \
    }
DEFINE_ELF_LOADER(32)
DEFINE_ELF_LOADER(64)

static const char *elf_loader(const struct suspect *file)
{
    bool wide = file->head[EI_CLASS] == ELFCLASS64 && file->length > (ssize_t)sizeof(Elf64_Phdr);
    return wide ? elf64_loader(file) : elf32_loader(file);
}

/* As uname -m begins to spell them: arm is armv7l there, riscv riscv64. */
static const struct machine {
    unsigned number;
    const char *name;
} machines[] = {
    {EM_X86_64, "x86_64"}, {EM_386, "i686"},   {EM_AARCH64, "aarch64"}, {EM_ARM, "arm"},    {EM_RISCV, "riscv"},
    {EM_PPC64, "ppc64"},   {EM_S390, "s390x"}, {EM_MIPS, "mips"},       {258, "loongarch"},
};

static const char *elf_machine(const struct suspect *file)
{
    const unsigned char *bytes = (const unsigned char *)file->head + offsetof(Elf32_Ehdr, e_machine);
    bool big = file->head[EI_DATA] == ELFDATA2MSB;
    unsigned number = big ? bytes[0] << CHAR_BIT | bytes[1] : bytes[1] << CHAR_BIT | bytes[0];
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].number == number)
            return machines[i].name;
    return "an unknown machine";
}

/* ---- one explanation per error ---- */

static void explain_missing_part(struct text *text, struct suspect *file)
{
    enum { NESTED_MOST = 5 }; /* scripts that interpret scripts, as the kernel allows (execve(2)) */
    for (int depth = 0; depth < NESTED_MOST && is_script(file); depth++) {
        bool has_cr;
        const char *interpreter = script_interpreter(file, &has_cr);
        if (has_cr) {
            text_add(text, "its #! line ends in CR (Windows line ends, CRLF); convert the file, e.g. with dos2unix");
            return;
        }
        if (access(interpreter, F_OK) == -1) {
            text_add(text, "the interpreter of its #! line is missing: %s", interpreter);
            return;
        }
        text_add(text, "its interpreter %s does not start: ", interpreter);
        strcpy(file->path, interpreter); /* shorter than the head, which is as long as the path may be */
        look_into(file);
    }
    const char *loader = is_elf(file) ? elf_loader(file) : NULL;
    if (loader != NULL)
        text_add(text,
                 "its ELF loader is missing: %s (a dynamic program needs its libc in the image; add that, or link it "
                 "statically)",
                 loader);
    else
        text_add(text, "a file that it needs is missing");
}

static void explain_refusal(struct text *text, struct suspect *file)
{
    enum { PERMISSIONS = 07777, ANY_EXECUTE = 0111 };
    struct statvfs volume;
    bool has_cr;
    const char *interpreter = is_script(file) ? script_interpreter(file, &has_cr) : NULL;
    if ((file->stat.st_mode & ANY_EXECUTE) == 0)
        text_add(text, "it is not executable; chmod +x it");
    else if (statvfs(file->path, &volume) == 0 && (volume.f_flag & ST_NOEXEC) != 0)
        text_add(text, "its file system is mounted noexec");
    else if (interpreter != NULL && access(interpreter, X_OK) == -1)
        text_add(text, "the interpreter of its #! line cannot be executed: %s", interpreter);
    else
        text_add(text, "permission denied to uid %u", geteuid());
}

static void explain_format(struct text *text, struct suspect *file)
{
    struct utsname here;
    if (!is_elf(file)) {
        text_add(text, "it has no #! line, and there is no /bin/sh to run it");
        return;
    }
    uname(&here);
    const char *machine = elf_machine(file);
    if (strncmp(machine, here.machine, strlen(machine)) == 0)
        text_add(text, "the program file is damaged");
    else
        text_add(text, "it was built for %s, and this machine is %s", machine, here.machine);
}

static void explain_found(struct text *text, struct suspect *file, int error)
{
    if (S_ISDIR(file->stat.st_mode))
        text_add(text, "it is a directory");
    else if (error == ENOENT)
        explain_missing_part(text, file);
    else if (error == EACCES)
        explain_refusal(text, file);
    else if (error == ENOEXEC)
        explain_format(text, file);
    else
        text_add(text, "%s", strerror(error));
}

static void explain_not_found(struct text *text, const char *name)
{
    if (strchr(name, '/') != NULL) {
        text_add(text, "not found");
        return;
    }
    text_add(text, "not found in %s%s", getenv("PATH") != NULL ? "PATH=" : "the default PATH=", path_list());
    if (*name != '\0' && access(name, F_OK) == 0)
        text_add(text, "; it is in the working directory: write ./%s", name);
}

/* The file that was meant: the first that exists, but an executable one before others, as exec chose. */
static bool find(const char *name, struct suspect *file)
{
    char candidate[path_room(name)];
    struct path_walk walk = {0};
    struct stat status;
    bool found = false;
    while (path_next(&walk, name, candidate)) {
        if (strlen(candidate) >= sizeof file->path || stat(candidate, &status) == -1)
            continue;
        bool runnable = S_ISREG(status.st_mode) && access(candidate, X_OK) == 0;
        if (!found || runnable) {
            strcpy(file->path, candidate);
            file->stat = status;
            found = true;
        }
        if (runnable)
            break;
    }
    return found;
}

/* A name as long as a page must not push the reason out of the line. */
static void add_name(struct text *text, const char *name)
{
    enum { SHOWN = 256 };
    char shown[SHOWN + 1];
    size_t length = strnlen(name, SHOWN);
    memcpy(shown, name, length);
    shown[length] = '\0';
    text_add(text, "%s%s", *name != '\0' ? shown : "''", name[length] != '\0' ? "...: " : ": ");
}

int exec_explain(struct text *text, const char *name, int error)
{
    struct suspect file;
    if (!find(name, &file)) {
        bool absent = error == ENOENT || strchr(name, '/') == NULL;
        add_name(text, name);
        if (absent)
            explain_not_found(text, name);
        else
            text_add(text, "%s", strerror(error));
        return error == EACCES ? EXIT_NOT_RUNNABLE : EXIT_NOT_FOUND;
    }
    look_into(&file);
    add_name(text, file.path);
    explain_found(text, &file, error);
    return EXIT_NOT_RUNNABLE;
}
